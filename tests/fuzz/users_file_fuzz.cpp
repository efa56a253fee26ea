// The users file on arbitrary bytes: it must not crash, and whatever it accepts must be whole.
#include "cli/users_file.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace imapferry;

namespace {

void require(bool is_true, const char* what) {
  if (is_true) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const cli::ExpectedHosts& expected : {cli::ExpectedHosts{}, cli::ExpectedHosts{"h1", "h2"}}) {
    const cli::UsersFile users = cli::parse_users(text, expected);
    require(users.bad_lines.size() == std::min(users.bad_line_count, cli::max_bad_lines), "bad lines are miscounted");
    require(users.accounts.size() + users.bad_line_count <= lines, "more accounts than lines");
    require(!users.accounts.empty() || users.bad_line_count > 0, "neither an account nor a reason");
    require(users.host1.empty() == users.host2.empty() || users.bad_line_count > 0, "one host without the other");
    for (const config::AccountSpec& account : users.accounts) {
      require(account.line >= 1 && account.line <= lines, "an account from nowhere");
      for (const config::Login* login : {&account.source, &account.destination}) {
        require(!login->user.empty() && !login->password.empty(), "an empty field");
        require(is_one_line(login->user) && is_one_line(login->password.reveal()), "a line end in a field");
      }
    }
    if (users.bad_line_count > 0) {
      const std::string told = cli::describe_bad_lines(users, "users.csv").message;
      for (const char c : told) require(static_cast<unsigned char>(c) >= 0x20 || c == '\n', "a control character");
    }
  }
  return 0;
}
