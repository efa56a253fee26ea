#pragma once

#include "core/failure.hpp"
#include "regex/statement.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace imapferry::regex {

/// tr/a-z/A-Z/cds.
class Transliteration {
 public:
  static core::Result<Transliteration> parse(std::string_view expression, const Statement& statement);

  /// Whether `text` is another one now.
  bool change(std::string& text) const;

 private:
  static constexpr std::int16_t keep = -1;
  static constexpr std::int16_t remove = -2;

  std::array<std::int16_t, 256> table_{};  ///< what becomes of each byte
  bool squeezes_ = false;                  ///< of equal ones that were put next to each other one stays
  bool is_idle_ = false;                   ///< /r
};

}  // namespace imapferry::regex
