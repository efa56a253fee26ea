#include "cli/password_prompt.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <string>

namespace imapferry::cli {

namespace {

/// A child process on a terminal of its own that asks for a password and says on it what it got.
class Asker {
 public:
  Asker() {
    child_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (child_ == 0) ask();
    REQUIRE(child_ > 0);
  }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;
  ~Asker() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    close(terminal_);
  }

  /// Reads what the terminal shows until it shows `text`, or 20 seconds pass without a sign.
  bool shows(std::string_view text) {
    while (shown_.find(text) == std::string::npos) {
      pollfd wait{terminal_, POLLIN, 0};
      char buffer[256];
      if (poll(&wait, 1, 20'000) <= 0) return false;
      const ssize_t got = read(terminal_, buffer, sizeof buffer);
      if (got <= 0) return false;
      shown_.append(buffer, static_cast<std::size_t>(got));
    }
    return true;
  }

  void type(std::string_view text) {
    REQUIRE(write(terminal_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }

  [[nodiscard]] bool echoes() const {
    termios state{};
    REQUIRE(tcgetattr(terminal_, &state) == 0);
    return (state.c_lflag & ECHO) != 0;
  }

  [[nodiscard]] const std::string& shown() const { return shown_; }
  [[nodiscard]] pid_t child() const { return child_; }

  /// How the child ended.
  int wait() {
    int status = 0;
    REQUIRE(waitpid(child_, &status, 0) == child_);
    child_ = -1;
    return status;
  }

 private:
  [[noreturn]] static void ask() {
    const auto answer = ask_password("Password? ");
    const std::string report = answer ? "<" + std::to_string(answer->reveal().size()) +
                                            (answer->reveal() == "s3cret pass" ? " right" : " other") + ">"
                                      : "<" + std::string(core::name_of(answer.error().fault)) + ">";
    const bool is_written = write(STDOUT_FILENO, report.data(), report.size()) == static_cast<ssize_t>(report.size());
    _exit(is_written ? 0 : 1);
  }

  pid_t child_ = -1;
  int terminal_ = -1;
  std::string shown_;
};

}  // namespace

TEST_CASE("password prompt: what is typed is read and not shown, and the echo comes back") {
  Asker asker;
  REQUIRE(asker.shows("Password? "));
  CHECK_FALSE(asker.echoes());
  asker.type("s3cret pass\n");
  CHECK(asker.shows("<11 right>"));
  CHECK(asker.shown().find("s3cret") == std::string::npos);
  CHECK(asker.shown().find("Password? \r\n<") == 0);
  CHECK(asker.echoes());
  CHECK(asker.wait() == 0);
}

TEST_CASE("password prompt: corrections are the terminal's business") {
  Asker asker;
  REQUIRE(asker.shows("Password? "));
  asker.type("s3cret pasX\x7fs\n");
  CHECK(asker.shows("<11 right>"));
}

TEST_CASE("password prompt: nothing typed, or the end of input, is no password") {
  for (const std::string_view keys : {"\n", "\x04"}) {
    Asker asker;
    REQUIRE(asker.shows("Password? "));
    asker.type(keys);
    CHECK(asker.shows("<cancelled>"));
    CHECK(asker.echoes());
  }
}

TEST_CASE("password prompt: a signal ends the process as it would have, with the echo back") {
  for (const int number : {SIGINT, SIGTERM}) {
    Asker asker;
    REQUIRE(asker.shows("Password? "));
    CHECK_FALSE(asker.echoes());
    if (number == SIGINT) {
      asker.type("s3c\x03");
    } else {
      REQUIRE(kill(asker.child(), number) == 0);
    }
    const int status = asker.wait();
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == number);
    CHECK(asker.echoes());
  }
}

TEST_CASE("password prompt: without a terminal there is nobody to ask") {
  const pid_t child = fork();
  if (child == 0) {
    setsid();  // gives the terminal up
    const auto answer = ask_password("Password? ");
    _exit(!answer && answer.error().fault == core::Fault::usage ? 0 : 1);
  }
  REQUIRE(child > 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

}  // namespace imapferry::cli
