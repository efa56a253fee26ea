#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace imapferry::core {

/// A password or token: wiped when it goes, and impossible to print by accident.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(other.value_) { other.wipe(); }
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  /// The only way to the bytes: the name is meant to be seen in a review.
  [[nodiscard]] std::string_view reveal() const noexcept { return value_; }
  [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

 private:
  void wipe() noexcept;
  std::string value_;
};

/// The same with CRLF behind it.
[[nodiscard]] Secret line_of(const Secret& secret);

/// Overwrites the bytes so that the compiler cannot leave it out, then empties the string.
void wipe(std::string& text) noexcept;

}  // namespace imapferry::core
