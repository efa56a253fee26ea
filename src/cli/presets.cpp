#include "cli/presets.hpp"

#include "cli/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace imapferry::cli {

namespace {

/// An option of a preset; a flag's value is "1" or "0".
struct Setting {
  std::string_view option;
  std::string_view value;
};

/// What a flag stands for, alone or together with another one.
struct Preset {
  std::string_view flag;
  std::string_view together_with;
  std::span<const Setting> settings;
  std::string_view left_out;  ///< what imapsync's has and ours has not, and why
};

constexpr std::string_view all_mail = "[Gmail]/All Mail";
constexpr std::string_view without_gmail = "s,\\[Gmail\\].,,";
constexpr std::string_view exchange_lines = "s,(.{10239}),$1\\r\\n,g";

constexpr Setting both_gmail[] = {
    {"host1", "imap.gmail.com"},
    {"host2", "imap.gmail.com"},
    {"ssl1", "1"},
    {"ssl2", "1"},
    {"maxbytespersecond", "20000"},
    {"maxbytesafter", "1000000000"},
    {"automap", "1"},
    {"maxsleep", "2"},
    {"skipcrossduplicates", "0"},
    {"synclabels", "1"},
    {"resynclabels", "1"},
    {"exclude", "\\[Gmail\\]$"},
    {"useheader", "X-Gmail-Received"},
    {"useheader", "Message-Id"},
    {"folderlast", all_mail},
};

constexpr Setting gmail1[] = {
    {"host1", "imap.gmail.com"},
    {"ssl1", "1"},
    {"maxbytespersecond", "40000"},
    {"maxbytesafter", "3000000000"},
    {"automap", "1"},
    {"maxsleep", "2"},
    {"skipcrossduplicates", "1"},
    {"useheader", "X-Gmail-Received"},
    {"useheader", "Message-Id"},
    {"regextrans2", without_gmail},
    {"folderlast", all_mail},
};

constexpr Setting gmail2[] = {
    {"host2", "imap.gmail.com"},
    {"ssl2", "1"},
    {"maxbytespersecond", "20000"},
    {"maxbytesafter", "1000000000"},
    {"automap", "1"},
    {"addheader", "1"},
    {"maxsleep", "2"},
    {"exclude", "\\[Gmail\\]$"},
    {"useheader", "Message-Id"},
    {"regextrans2", without_gmail},
    {"regextrans2", "s,^ +| +$,,g"},
    {"regextrans2", "s,/ +| +/,/,g"},
    {"regextrans2", "s/['\\^\"]/_/g"},
    {"folderlast", all_mail},
};
constexpr std::string_view without_expunge =
    "not for --expunge1, as in imapsync: it would remove messages from the source that are only marked as deleted";

constexpr Setting office1[] = {
    {"host1", "outlook.office365.com"},
    {"ssl1", "1"},
    {"exclude", "^Files$"},
};

constexpr Setting office2[] = {
    {"host2", "outlook.office365.com"},
    {"ssl2", "1"},
    {"maxsize", "45000000"},
    {"maxmessagespersecond", "4"},
    {"disarmreadreceipts", "1"},
    {"regexmess", exchange_lines},
    {"f1f2", "Files=Files_renamed_by_imapsync"},
};

constexpr Setting exchange2[] = {
    {"maxsize", "10000000"},           {"maxmessagespersecond", "4"}, {"disarmreadreceipts", "1"},
    {"regexflag", "s/\\\\Flagged//g"}, {"regexmess", exchange_lines},
};

constexpr Setting domino1[] = {{"sep1", "\\"}, {"prefix1", ""}, {"messageidnodomain", "1"}};

constexpr Setting domino2[] = {
    {"sep2", "\\"},
    {"prefix2", ""},
    {"messageidnodomain", "1"},
    {"regextrans2", "s,^Inbox\\\\(.*),$1,i"},
};

constexpr Preset presets[] = {
    {"gmail1", "gmail2", both_gmail, {}}, {"gmail1", {}, gmail1, {}},   {"gmail2", {}, gmail2, without_expunge},
    {"office1", {}, office1, {}},         {"office2", {}, office2, {}}, {"exchange1", {}, {}, {}},
    {"exchange2", {}, exchange2, {}},     {"domino1", {}, domino1, {}}, {"domino2", {}, domino2, {}},
};

/// The option that keeps a preset's setting away, or nothing.
std::string_view opponent_of(std::string_view option) {
  constexpr std::pair<std::string_view, std::string_view> opponents[] = {
      {"exclude", "noexclude"},
      {"regexmess", "noregexmess"},
      {"regexflag", "noregexflag"},
      {"f1f2", "nof1f2"},
      // TLS from the first byte, where STARTTLS was asked for.
      {"ssl1", "tls1"},
      {"ssl2", "tls2"},
  };
  for (const auto& [name, opponent] : opponents) {
    if (name == option) return opponent;
  }
  return {};
}

bool is_kept_away(const ParsedOptions& options, std::string_view option) {
  const std::string_view opponent = opponent_of(option);
  if (opponent.empty()) return false;
  return find_option(opponent)->kind == Kind::flag ? options.flag(opponent) == true : options.has(opponent);
}

void apply(const Preset& preset, ParsedOptions& options) {
  for (const Setting& setting : preset.settings) {
    const Option* row = find_option(setting.option);
    const bool is_list = row->kind == Kind::list;
    if (is_kept_away(options, setting.option) || (!is_list && options.has(setting.option))) continue;
    const std::vector<std::string> given = is_list ? options.list(setting.option) : std::vector<std::string>();
    if (std::find(given.begin(), given.end(), setting.value) != given.end()) continue;
    GivenOption option;
    option.option = row;
    option.preset = preset.flag;
    if (row->kind == Kind::flag) {
      option.is_on = setting.value == "1";
    } else {
      option.value = setting.value;
    }
    options.add(std::move(option));
  }
}

bool applies(const Preset& preset, const ParsedOptions& options) {
  return options.flag(preset.flag) == true &&
         (preset.together_with.empty() || options.flag(preset.together_with) == true);
}

/// The presets in use, in the order of the table. One that stands for two flags stands in for both.
std::vector<const Preset*> in_use(const ParsedOptions& options) {
  std::vector<const Preset*> found;
  for (const Preset& preset : presets) {
    const bool is_covered = std::any_of(found.begin(), found.end(), [&](const Preset* earlier) {
      return earlier->flag == preset.flag || earlier->together_with == preset.flag;
    });
    if (!is_covered && applies(preset, options)) found.push_back(&preset);
  }
  return found;
}

/// As a shell takes it.
std::string quoted(std::string_view value) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/=";
  if (!value.empty() && value.find_first_not_of(plain) == std::string_view::npos) return std::string(value);
  std::string text = "'";
  for (const char c : value) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

ParsedOptions with_presets(ParsedOptions options) {
  for (const Preset* preset : in_use(options)) apply(*preset, options);
  return options;
}

std::vector<std::string> preset_lines(const ParsedOptions& options) {
  std::vector<std::string> lines;
  for (const Preset* preset : in_use(options)) {
    std::string line = fmt::format("--{}", preset->flag);
    if (!preset->together_with.empty()) line += fmt::format(" --{}", preset->together_with);
    line += " stands for";
    bool is_empty = true;
    for (const GivenOption& given : options.given()) {
      if (given.preset != preset->flag) continue;
      is_empty = false;
      line += fmt::format(" --{}{}", given.is_on ? "" : "no", given.option->name());
      if (given.option->takes_value()) line += " " + quoted(given.value);
    }
    if (is_empty) line += " nothing more";
    if (!preset->left_out.empty()) line += fmt::format(" ({})", preset->left_out);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace imapferry::cli
