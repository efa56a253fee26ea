#include "world.hpp"

#include "imap/proto/flags.hpp"

#include <array>
#include <utility>

namespace imapferry::bench::synthetic {

namespace {

using imap::proto::equals_ignoring_case;

constexpr std::array<std::pair<std::string_view, FlagBits>, 5> system_flags = {{
    {"\\Answered", imap::proto::flag_answered},
    {"\\Flagged", imap::proto::flag_flagged},
    {"\\Deleted", imap::proto::flag_deleted},
    {"\\Seen", imap::proto::flag_seen},
    {"\\Draft", imap::proto::flag_draft},
}};
constexpr std::size_t longest_keyword = 100;

FlagBits keyword_bit(std::size_t number) { return static_cast<FlagBits>(1U << (first_keyword_bit + number)); }

}  // namespace

std::optional<FlagBits> FlagTable::bit_of(std::string_view flag) {
  for (const auto& [name, bit] : system_flags) {
    if (equals_ignoring_case(flag, name)) return bit;
  }
  if (flag.empty() || flag.front() == '\\' || flag.size() > longest_keyword) return std::nullopt;
  for (std::size_t i = 0; i < keywords_.size(); ++i) {
    if (equals_ignoring_case(flag, keywords_[i])) return keyword_bit(i);
  }
  if (!has_room()) return std::nullopt;
  keywords_.emplace_back(flag);
  return keyword_bit(keywords_.size() - 1);
}

void FlagTable::append(std::string& out, FlagBits flags) const {
  const std::size_t start = out.size();
  const auto add = [&](FlagBits bit, std::string_view name) {
    if ((flags & bit) == 0) return;
    if (out.size() > start) out += ' ';
    out += name;
  };
  for (const auto& flag : system_flags) add(flag.second, flag.first);
  for (std::size_t i = 0; i < keywords_.size(); ++i) add(keyword_bit(i), keywords_[i]);
}

FlagBits FlagTable::all() const noexcept {
  FlagBits bits = 0;
  for (const auto& flag : system_flags) bits = static_cast<FlagBits>(bits | flag.second);
  for (std::size_t i = 0; i < keywords_.size(); ++i) bits = static_cast<FlagBits>(bits | keyword_bit(i));
  return bits;
}

}  // namespace imapferry::bench::synthetic
