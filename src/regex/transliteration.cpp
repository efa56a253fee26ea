#include "regex/transliteration.hpp"

#include "regex/characters.hpp"

#include <fmt/format.h>

#include <optional>

namespace imapferry::regex {

namespace {

struct TransliterationModifiers {
  bool complements = false, deletes = false, squeezes = false, is_idle = false;
};

std::optional<core::Failure> read_modifiers(std::string_view expression, const Statement& statement,
                                            TransliterationModifiers& modifiers) {
  for (std::size_t i = 0; i < statement.modifiers.size(); ++i) {
    switch (statement.modifiers[i]) {
    case 'c': modifiers.complements = true; break;
    case 'd': modifiers.deletes = true; break;
    case 's': modifiers.squeezes = true; break;
    case 'r': modifiers.is_idle = true; break;
    default:
      return wrong_expression(expression, statement.modifiers_at + i,
                              fmt::format("tr has no modifier \"{}\"; it has c, d, r and s", statement.modifiers[i]));
    }
  }
  return std::nullopt;
}

/// "a-z\n" spelled out.
core::Result<std::string> spell_out(std::string_view expression, const Quoted& list) {
  if (list.delimiter == '\'') return list.text;
  std::string bytes;
  bool is_range = false;
  for (std::size_t at = 0; at < list.text.size();) {
    const std::size_t begin = at;
    const char here = list.text[at++];
    if (here == '-' && !bytes.empty() && !is_range && at < list.text.size()) {
      is_range = true;
      continue;
    }
    std::optional<std::uint32_t> character = static_cast<std::uint8_t>(here);
    if (here == '\\') character = take_escape(list.text, at);
    if (!character || *character > 0xFF) {
      return wrong_expression(expression, list.at + begin, "tr works on bytes, and this is none");
    }
    const auto last = static_cast<std::uint8_t>(*character);
    if (is_range) {
      const auto first = static_cast<std::uint8_t>(bytes.back());
      if (last < first) return wrong_expression(expression, list.at + begin, "this range ends before it begins");
      for (unsigned byte = first + 1U; byte <= last; ++byte) bytes += static_cast<char>(byte);
      is_range = false;
    } else {
      bytes += static_cast<char>(last);
    }
  }
  return bytes;
}

std::string complement_of(const std::string& bytes) {
  std::string others;
  for (unsigned byte = 0; byte <= 0xFF; ++byte) {
    if (bytes.find(static_cast<char>(byte)) == std::string::npos) others += static_cast<char>(byte);
  }
  return others;
}

}  // namespace

core::Result<Transliteration> Transliteration::parse(std::string_view expression, const Statement& statement) {
  TransliterationModifiers modifiers;
  if (const auto failure = read_modifiers(expression, statement, modifiers)) return *failure;
  core::Result<std::string> from = spell_out(expression, statement.first);
  if (!from) return from.error();
  core::Result<std::string> to = spell_out(expression, statement.second);
  if (!to) return to.error();
  if (modifiers.complements) from = complement_of(*from);
  if (to->empty() && !modifiers.deletes) to = *from;
  Transliteration result;
  result.squeezes_ = modifiers.squeezes;
  result.is_idle_ = modifiers.is_idle;
  result.table_.fill(keep);
  for (std::size_t i = 0; i < from->size(); ++i) {
    std::int16_t& entry = result.table_[static_cast<std::uint8_t>((*from)[i])];
    if (entry != keep) continue;  // what stands first counts
    if (i < to->size()) {
      entry = static_cast<std::uint8_t>((*to)[i]);
    } else {
      entry = modifiers.deletes ? remove : static_cast<std::int16_t>(static_cast<std::uint8_t>(to->back()));
    }
  }
  return result;
}

bool Transliteration::change(std::string& text) const {
  if (is_idle_) return false;
  bool is_changed = false;
  std::int16_t last_put = keep;
  std::size_t out = 0;
  for (const char here : text) {
    const std::int16_t put = table_[static_cast<std::uint8_t>(here)];
    const bool is_dropped = put == remove || (squeezes_ && put != keep && put == last_put);
    if (is_dropped) {
      is_changed = true;
      continue;
    }
    last_put = put;
    const char byte = put == keep ? here : static_cast<char>(static_cast<std::uint8_t>(put));
    is_changed = is_changed || byte != here;
    text[out++] = byte;
  }
  text.resize(out);
  return is_changed;
}

}  // namespace imapferry::regex
