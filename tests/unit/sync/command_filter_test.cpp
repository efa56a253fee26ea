#include "sync/command_filter.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>

using namespace imapferry;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> take(std::string command, std::string input, sync::FilterLimits limits,
                           std::optional<core::Result<std::string>>& out) {
  core::Result<std::string> result = co_await sync::filter(command, input, limits);
  out = std::move(result);
}

core::Result<std::string> filtered(const std::string& command, const std::string& input = "text\n",
                                   sync::FilterLimits limits = {}) {
  // As the program does: a command that does not read its input is no reason to die.
  std::signal(SIGPIPE, SIG_IGN);
  asio::io_context loop(1);
  std::optional<core::Result<std::string>> out;
  asio::co_spawn(loop, take(command, input, limits, out), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
  REQUIRE(out.has_value());
  return std::move(*out);
}

std::string why(const core::Result<std::string>& result) {
  REQUIRE(result.has_error());
  CHECK(result.error().fault == core::Fault::append);
  return result.error().message;
}

}  // namespace

TEST_CASE("filter: what a command makes of a text") {
  CHECK(*filtered("cat") == "text\n");
  CHECK(*filtered("(cat|cat)") == "text\n");
  CHECK(*filtered("sed s/t/T/g; echo more >&2") == "TexT\n");
  CHECK(*filtered("echo nothing read") == "nothing read\n");
  CHECK(*filtered("cat", std::string("\0\xFF\r\n", 4)) == std::string("\0\xFF\r\n", 4));
}

TEST_CASE("filter: far more than a pipe holds, both ways") {
  const std::string text(3 << 20, 'x');
  CHECK(*filtered("cat", text) == text);
  CHECK(*filtered("head -c 10", text) == text.substr(0, 10));
  CHECK(*filtered("cat; head -c 100000 /dev/zero >&2", "a") == "a");
}

TEST_CASE("filter: a command that fails says why") {
  CHECK(why(filtered("false")) == "the command \"false\" has failed: it ended with status 1");
  CHECK(why(filtered("true")) == "the command \"true\" has failed: it wrote nothing");
  CHECK(why(filtered("cat; exit 3")) == "the command \"cat; exit 3\" has failed: it ended with status 3");
  CHECK(why(filtered("kill -TERM $$")) == "the command \"kill -TERM $$\" has failed: it was ended by signal 15");
  const core::Result<std::string> unknown = filtered("no-such-command-at-all");
  CHECK(why(unknown).find("it ended with status 127") != std::string::npos);
  CHECK(unknown.error().server_text.find("no-such-command-at-all") != std::string::npos);
  CHECK(filtered("head -c 100000 /dev/zero >&2; exit 1").error().server_text.size() <= 2048);
}

TEST_CASE("filter: a command that takes too long, or writes too much, is ended with all it has started") {
  sync::FilterLimits limits;
  limits.time = 200ms;
  CHECK(why(filtered("sleep 600", "a", limits)) == "the command \"sleep 600\" has failed: it takes longer than 200 ms");
  CHECK(why(filtered("sleep 600 | cat", "a", limits)).find("it takes longer") != std::string::npos);
  CHECK(why(filtered("exec >&- 2>&-; sleep 600", "a", limits)).find("it takes longer") != std::string::npos);
  // What has left the group keeps the pipes open, and is not waited for.
  CHECK(why(filtered("setsid sleep 3", "a", limits)).find("it takes longer") != std::string::npos);
  limits = {};
  limits.output = 1000;
  CHECK(why(filtered("yes", "a", limits)) == "the command \"yes\" has failed: it writes too much");
}

TEST_CASE("filter: a command sees no descriptor and no password of ours, and its signals are its own") {
  const int ours = ::open("/dev/null", O_RDONLY);
  REQUIRE(ours > 2);
  CHECK(*filtered("test -e /proc/self/fd/" + std::to_string(ours) + " && echo open || echo closed") == "closed\n");
  ::close(ours);
  for (const std::string variable : {"IMAPFERRY_PASSWORD2", "IMAPSYNC_PASSWORD1"}) {
    ::setenv(variable.c_str(), "secret", 1);
    CHECK(*filtered("echo \"<$" + variable + ">\"") == "<>\n");
    ::unsetenv(variable.c_str());
  }
  CHECK(*filtered("(yes; echo not ended by the signal >&2) | head -n 1") == "y\n");
  CHECK(filtered("kill -PIPE $$; echo lives").has_error());
}
