#include "app/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace imapferry::app {

namespace {

winsize window() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return winsize{};
  return size;
}

}  // namespace

Terminal::Terminal() {
  const char* kind = std::getenv("TERM");
  is_terminal_ = isatty(STDOUT_FILENO) != 0 && kind != nullptr && std::strcmp(kind, "dumb") != 0;
}

void Terminal::write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

std::size_t Terminal::width() const { return window().ws_col; }

std::size_t Terminal::height() const { return window().ws_row; }

}  // namespace imapferry::app
