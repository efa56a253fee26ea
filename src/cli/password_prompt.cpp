#include "cli/password_prompt.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string>
#include <utility>

namespace imapferry::cli {

namespace {

constexpr std::array ending_signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
constexpr std::size_t longest_password = 4096;

volatile std::sig_atomic_t caught_signal = 0;

extern "C" void remember_signal(int number) { caught_signal = number; }

/// Keeps signals back except while waiting for a key, so that none can end the process with its terminal silent.
class SignalGuard {
 public:
  SignalGuard() {
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int number : ending_signals) sigaddset(&blocked, number);
    sigprocmask(SIG_BLOCK, &blocked, &mask_before_);
    struct sigaction action {};
    action.sa_handler = &remember_signal;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < ending_signals.size(); ++i) {
      sigaction(ending_signals[i], nullptr, &before_[i]);
      // What the caller had ignored (nohup) stays ignored.
      if (before_[i].sa_handler != SIG_IGN) sigaction(ending_signals[i], &action, nullptr);
    }
    caught_signal = 0;
  }
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
  ~SignalGuard() {
    for (std::size_t i = 0; i < ending_signals.size(); ++i) sigaction(ending_signals[i], &before_[i], nullptr);
    // Still blocked: it takes effect when the mask goes back to what it was.
    if (caught_signal != 0) raise(static_cast<int>(caught_signal));
    sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
  }
  [[nodiscard]] const sigset_t& mask_before() const { return mask_before_; }

 private:
  sigset_t mask_before_{};
  std::array<struct sigaction, ending_signals.size()> before_{};
};

/// The terminal without echo, for as long as this lives.
class SilentTerminal {
 public:
  explicit SilentTerminal(int file) : file_(file), is_terminal_(tcgetattr(file, &before_) == 0) {
    if (!is_terminal_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK);
    silent.c_lflag |= ICANON | ISIG | ECHONL;
    tcsetattr(file_, TCSAFLUSH, &silent);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    if (is_terminal_) tcsetattr(file_, TCSAFLUSH, &before_);
  }
  [[nodiscard]] bool is_terminal() const { return is_terminal_; }

 private:
  int file_;
  termios before_{};
  bool is_terminal_;
};

/// An open file that is closed at the end.
class File {
 public:
  explicit File(const char* path) : number_(open(path, O_RDWR | O_CLOEXEC | O_NOCTTY)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (number_ >= 0) close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

core::Failure nothing_typed() { return core::Failure{core::Fault::cancelled, "no password was given", {}}; }

/// Reads up to the line end, the end of input or a signal.
core::Result<core::Secret> read_line(int file, const SignalGuard& signals) {
  std::string line;
  line.reserve(longest_password);  // so that no part of it is left behind in a smaller buffer
  while (true) {
    pollfd wait{file, POLLIN, 0};
    const int ready = ppoll(&wait, 1, nullptr, &signals.mask_before());
    if (caught_signal != 0) break;
    if (ready < 0 && errno == EINTR) continue;
    char c = '\0';
    const ssize_t got = ready > 0 ? read(file, &c, 1) : -1;
    if (got < 0 && ready > 0 && errno == EINTR) continue;
    if (got <= 0 || line.size() == longest_password) break;
    if (c == '\n') {
      core::Secret password(std::move(line));
      if (password.empty()) return nothing_typed();
      return password;
    }
    line += c;
  }
  core::wipe(line);
  return nothing_typed();
}

/// One question; nothing when the user stopped the process and continued it, and is to be asked again.
std::optional<core::Result<core::Secret>> ask_once(int file, std::string_view prompt) {
  const SignalGuard signals;
  const SilentTerminal terminal(file);
  if (!terminal.is_terminal()) {
    return core::Result<core::Secret>(
        core::Failure{core::Fault::usage, "cannot ask for a password: this is no terminal", {}});
  }
  write_all(file, prompt);
  auto answer = read_line(file, signals);
  if (caught_signal == SIGTSTP) return std::nullopt;
  return answer;
}

}  // namespace

core::Result<core::Secret> ask_password(std::string_view prompt) {
  const File terminal("/dev/tty");
  if (terminal.number() < 0) {
    return core::Failure{core::Fault::usage, "no password was given, and there is no terminal to ask for it", {}};
  }
  while (true) {
    if (auto answer = ask_once(terminal.number(), prompt)) return std::move(*answer);
  }
}

}  // namespace imapferry::cli
