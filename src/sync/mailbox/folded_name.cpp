#include "sync/mailbox/folded_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace imapferry::sync {

namespace {

struct Decoded {
  char32_t character = 0;
  std::size_t size = 0;  ///< 0: no UTF-8
};

Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
  char32_t character = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    character = (character << 6U) | (byte(i) & 0x3FU);
  }
  return {character, size};
}

void append(std::string& out, char32_t character) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0U | (character >> 6U));
    put(0x80U | (character & 0x3FU));
  } else if (character < 0x10000) {
    put(0xE0U | (character >> 12U));
    put(0x80U | ((character >> 6U) & 0x3FU));
    put(0x80U | (character & 0x3FU));
  } else {
    put(0xF0U | (character >> 18U));
    put(0x80U | ((character >> 12U) & 0x3FU));
    put(0x80U | ((character >> 6U) & 0x3FU));
    put(0x80U | (character & 0x3FU));
  }
}

/// Capital letters whose small ones lie at a fixed distance; `step` 2 where capital and small letters alternate.
struct CaseRange {
  char32_t first, last;
  std::int32_t distance;
  std::uint32_t step;
};
constexpr std::array case_ranges = {
    CaseRange{'A', 'Z', 32, 1},      CaseRange{0xC0, 0xD6, 32, 1},     CaseRange{0xD8, 0xDE, 32, 1},
    CaseRange{0x100, 0x12E, 1, 2},   CaseRange{0x132, 0x136, 1, 2},    CaseRange{0x139, 0x147, 1, 2},
    CaseRange{0x14A, 0x176, 1, 2},   CaseRange{0x178, 0x178, -121, 1}, CaseRange{0x179, 0x17D, 1, 2},
    CaseRange{0x1CD, 0x1DB, 1, 2},   CaseRange{0x1DE, 0x1EE, 1, 2},    CaseRange{0x1F8, 0x21E, 1, 2},
    CaseRange{0x222, 0x232, 1, 2},   CaseRange{0x386, 0x386, 38, 1},   CaseRange{0x388, 0x38A, 37, 1},
    CaseRange{0x38C, 0x38C, 64, 1},  CaseRange{0x38E, 0x38F, 63, 1},   CaseRange{0x391, 0x3A1, 32, 1},
    CaseRange{0x3A3, 0x3AB, 32, 1},  CaseRange{0x400, 0x40F, 80, 1},   CaseRange{0x410, 0x42F, 32, 1},
    CaseRange{0x460, 0x480, 1, 2},   CaseRange{0x48A, 0x4BE, 1, 2},    CaseRange{0x4C1, 0x4CD, 1, 2},
    CaseRange{0x4D0, 0x52E, 1, 2},   CaseRange{0x531, 0x556, 48, 1},   CaseRange{0x1E00, 0x1E94, 1, 2},
    CaseRange{0x1EA0, 0x1EFE, 1, 2}, CaseRange{0xFF21, 0xFF3A, 32, 1},
};

char32_t small(char32_t character) {
  for (const CaseRange& range : case_ranges) {
    if (character < range.first || character > range.last) continue;
    if ((character - range.first) % range.step != 0) return character;
    return static_cast<char32_t>(static_cast<std::int32_t>(character) + range.distance);
  }
  return character == 0x3C2 ? char32_t{0x3C3} : character;  // a sigma at the end of a word
}

/// Small letters with an accent, and the letter below it.
struct AccentedRange {
  char32_t first, last, base;
};
constexpr std::array accented_ranges = {
    AccentedRange{0xE0, 0xE5, 'a'},     AccentedRange{0xE7, 0xE7, 'c'},     AccentedRange{0xE8, 0xEB, 'e'},
    AccentedRange{0xEC, 0xEF, 'i'},     AccentedRange{0xF1, 0xF1, 'n'},     AccentedRange{0xF2, 0xF6, 'o'},
    AccentedRange{0xF8, 0xF8, 'o'},     AccentedRange{0xF9, 0xFC, 'u'},     AccentedRange{0xFD, 0xFD, 'y'},
    AccentedRange{0xFF, 0xFF, 'y'},     AccentedRange{0x101, 0x105, 'a'},   AccentedRange{0x107, 0x10D, 'c'},
    AccentedRange{0x10F, 0x111, 'd'},   AccentedRange{0x113, 0x11B, 'e'},   AccentedRange{0x11D, 0x123, 'g'},
    AccentedRange{0x125, 0x127, 'h'},   AccentedRange{0x129, 0x131, 'i'},   AccentedRange{0x135, 0x135, 'j'},
    AccentedRange{0x137, 0x137, 'k'},   AccentedRange{0x13A, 0x142, 'l'},   AccentedRange{0x144, 0x148, 'n'},
    AccentedRange{0x14D, 0x151, 'o'},   AccentedRange{0x155, 0x159, 'r'},   AccentedRange{0x15B, 0x161, 's'},
    AccentedRange{0x163, 0x167, 't'},   AccentedRange{0x169, 0x173, 'u'},   AccentedRange{0x175, 0x175, 'w'},
    AccentedRange{0x177, 0x177, 'y'},   AccentedRange{0x17A, 0x17E, 'z'},   AccentedRange{0x1CE, 0x1CE, 'a'},
    AccentedRange{0x1A1, 0x1A1, 'o'},   AccentedRange{0x1B0, 0x1B0, 'u'},   AccentedRange{0x219, 0x219, 's'},
    AccentedRange{0x21B, 0x21B, 't'},   AccentedRange{0x1EA1, 0x1EB7, 'a'}, AccentedRange{0x1EB9, 0x1EC7, 'e'},
    AccentedRange{0x1EC9, 0x1ECB, 'i'}, AccentedRange{0x1ECD, 0x1EE3, 'o'}, AccentedRange{0x1EE5, 0x1EF1, 'u'},
    AccentedRange{0x1EF3, 0x1EF9, 'y'}, AccentedRange{0x3AC, 0x3AC, 0x3B1}, AccentedRange{0x3AD, 0x3AD, 0x3B5},
    AccentedRange{0x3AE, 0x3AE, 0x3B7}, AccentedRange{0x3AF, 0x3AF, 0x3B9}, AccentedRange{0x3CA, 0x3CA, 0x3B9},
    AccentedRange{0x3CB, 0x3CB, 0x3C5}, AccentedRange{0x3CC, 0x3CC, 0x3BF}, AccentedRange{0x3CD, 0x3CD, 0x3C5},
    AccentedRange{0x3CE, 0x3CE, 0x3C9}, AccentedRange{0x439, 0x439, 0x438}, AccentedRange{0x451, 0x451, 0x435},
    AccentedRange{0x457, 0x457, 0x456}, AccentedRange{0x45E, 0x45E, 0x443},
};

char32_t without_accent(char32_t character) {
  for (const AccentedRange& range : accented_ranges) {
    if (character >= range.first && character <= range.last) return range.base;
  }
  return character;
}

constexpr bool is_combining_mark(char32_t character) { return character >= 0x300 && character <= 0x36F; }

template <class Change>
std::string changed(std::string_view name, Change change) {
  std::string out;
  out.reserve(name.size());
  while (!name.empty()) {
    const Decoded next = decode(name);
    if (next.size == 0) {
      out.push_back(name.front());
    } else {
      change(out, next.character);
    }
    name.remove_prefix(std::max<std::size_t>(next.size, 1));
  }
  return out;
}

}  // namespace

std::string fold_case(std::string_view name) {
  return changed(name, [](std::string& out, char32_t character) { append(out, small(character)); });
}

std::string fold_accents(std::string_view name) {
  return changed(name, [](std::string& out, char32_t character) {
    if (!is_combining_mark(character)) append(out, without_accent(small(character)));
  });
}

}  // namespace imapferry::sync
