#pragma once

#include <cstddef>
#include <string_view>

namespace imapferry::report {

/// Where text for people goes: a terminal, a pipe, a test. Must neither block nor throw.
class Output {
 public:
  virtual ~Output() = default;
  virtual void write(std::string_view text) = 0;
  /// Whether cursor movement is understood there (so: false for TERM=dumb as well).
  [[nodiscard]] virtual bool is_terminal() const = 0;
  /// Columns and rows; asked for at each redraw, because windows are resized. 0 means unknown.
  [[nodiscard]] virtual std::size_t width() const = 0;
  [[nodiscard]] virtual std::size_t height() const { return 0; }
};

}  // namespace imapferry::report
