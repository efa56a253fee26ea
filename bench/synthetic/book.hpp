#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imapferry::bench::synthetic {

/// The words that mail is made of.
[[nodiscard]] std::string_view word(std::size_t number) noexcept;
inline constexpr std::size_t words = 96;

/// Pages of text, made once from a seed. Bodies are put together of its pages, so making one costs no more than copying
/// it, and comparing one no more than reading it.
class Book {
 public:
  static constexpr std::size_t line_size = 64;  ///< with its CRLF
  static constexpr std::size_t page_size = 4096;
  static constexpr std::size_t pages = 128;  ///< half a megabyte: stays in the processor's cache

  explicit Book(std::uint64_t seed);

  /// Whole lines. Any number names a page.
  [[nodiscard]] std::string_view page(std::uint64_t number) const noexcept {
    return std::string_view(text_).substr((number % pages) * page_size, page_size);
  }

 private:
  std::string text_;
};

}  // namespace imapferry::bench::synthetic
