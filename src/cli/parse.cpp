#include "cli/parse.hpp"

#include "cli/option_names.hpp"
#include "cli/option_values.hpp"
#include "cli/presets.hpp"
#include "cli/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace imapferry::cli {

namespace {

std::string shown(std::string_view text) { return core::printable(text, 80); }

/// As much of an unknown option as can be a name: what comes behind may be a value, and that a password.
std::string shown_name(std::string_view name) {
  const auto end = std::find_if_not(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  const auto length = static_cast<std::size_t>(end - name.begin());
  return "--" + shown(name.substr(0, length)) + (length < name.size() ? "..." : "");
}

bool is_in(std::string_view words, std::string_view value) {
  const auto list = split(words, '|');
  return std::find(list.begin(), list.end(), value) != list.end() ||
         std::any_of(list.begin(), list.end(), [&](std::string_view word) { return lower(word) == lower(value); });
}

/// Reads the arguments one after the other and gathers everything that is wrong with them.
class Reader {
 public:
  explicit Reader(std::vector<std::string>& argv) : argv_(argv) {}

  core::Result<ParsedOptions> read() {
    while (next_ < argv_.size()) {
      const std::size_t at = next_++;
      const Argument argument = read_argument(argv_[at]);
      switch (argument.shape) {
      case Argument::Shape::word: leftover(at); break;
      case Argument::Shape::option: option(at, argument); break;
      case Argument::Shape::end_of_options:
        while (next_ < argv_.size()) leftover(next_++);
        break;
      }
    }
    options_ = with_presets(std::move(options_));
    refuse_missing();
    if (problems_.empty()) return std::move(options_);
    std::string text;
    for (const std::string& problem : problems_) text += (text.empty() ? "" : "\n") + problem;
    for (const std::string& note : notes_) text += "\n" + note;
    return core::Failure{core::Fault::usage, std::move(text), {}};
  }

 private:
  void option(std::size_t at, const Argument& argument) {
    const NameMatch match = match_name(argument.name);
    if (match.option == nullptr) {
      problems_.push_back(match.candidates.empty() ? unknown(at, argument) : ambiguous(argument, match));
      if (!argument.has_value) unknown_ends_at_ = next_;
      return;
    }
    GivenOption given;
    given.option = match.option;
    given.is_on = match.is_on;
    if (match.option->takes_value()) {
      if (!take_value(at, argument, given)) return;
    } else if (argument.has_value) {
      problems_.push_back(no_value_wanted(match));
      return;
    }
    options_.add(std::move(given));
  }

  /// A mandatory value: what follows '=', or the next argument whatever it looks like. An empty one must be an argument
  /// of its own.
  bool take_value(std::size_t at, const Argument& argument, GivenOption& given) {
    const Option& row = *given.option;
    const bool is_inside = argument.has_value && argument.value_offset < argv_[at].size();
    if (!is_inside && (argument.has_value || next_ == argv_.size())) {
      problems_.push_back(fmt::format("--{} needs a value: {}", row.name(), row.value_name));
      return false;
    }
    std::string& source = is_inside ? argv_[at] : argv_[next_++];
    std::string value = is_inside ? source.substr(argument.value_offset) : source;
    if (row.is_secret) {
      core::wipe(source);
      secret_ends_at_ = next_;
    }
    if (!is_inside) note_option_as_value(row, value);
    if (auto problem = check_value(row, value)) {
      problems_.push_back(std::move(*problem));
      return false;
    }
    if (row.is_secret) {
      given.secret = core::Secret(std::move(value));
    } else {
      given.value = std::move(value);
    }
    return true;
  }

  /// "--host1 --user1 bob" makes "--user1" the host's name, here as in imapsync; worth a word when something else goes
  /// wrong.
  void note_option_as_value(const Option& row, std::string_view value) {
    const Argument argument = read_argument(value);
    if (argument.shape != Argument::Shape::option || !value.starts_with("--")) return;
    const NameMatch match = match_name(argument.name);
    if (match.option == nullptr) return;
    const std::string which = row.is_secret ? "an option" : fmt::format("the option --{}", match.option->name());
    notes_.push_back(
        fmt::format("note: --{} took the word after it as its value, although that looks like {}", row.name(), which));
  }

  /// A password with a blank that was not quoted goes on in the next argument: that one is not shown either.
  [[nodiscard]] bool may_belong_to_secret(std::size_t at) const { return at > 0 && at == secret_ends_at_; }
  /// The value, perhaps, of an option that we do not know, and of which enough was said.
  [[nodiscard]] bool may_belong_to_unknown(std::size_t at) const { return at > 0 && at == unknown_ends_at_; }

  [[nodiscard]] std::string unknown(std::size_t at, const Argument& argument) const {
    const bool may_be_value = may_belong_to_secret(at) || may_belong_to_unknown(at);
    if (may_be_value && !argv_[at].starts_with("--")) {
      return "unknown option (not shown: it may be part of a password; quote passwords that hold blanks)";
    }
    std::string text = "unknown option: " + shown_name(argument.name);
    if (const std::string positive = without_no(argument.name); !positive.empty()) {
      return text + fmt::format(" (--{} cannot be turned off)", positive);
    }
    if (const auto blank = argument.name.find(' '); blank != std::string_view::npos) {
      return text + " (the option and its value are one word here: leave out the quotes around them)";
    }
    const auto similar = similar_names(argument.name);
    for (std::size_t i = 0; i < similar.size(); ++i) text += (i == 0 ? "; did you mean --" : " or --") + similar[i];
    return similar.empty() ? text : text + "?";
  }

  /// The option that somebody tried to turn off although it is not a flag, or nothing.
  [[nodiscard]] static std::string without_no(std::string_view name) {
    std::string positive = lower(name);
    if (!positive.starts_with("no")) return {};
    positive.erase(0, positive.starts_with("no-") ? 3 : 2);
    return find_option(positive) != nullptr ? positive : std::string();
  }

  [[nodiscard]] static std::string ambiguous(const Argument& argument, const NameMatch& match) {
    constexpr std::size_t most = 8;
    std::vector<std::string> names;
    for (const std::string& candidate : match.candidates) {
      if (names.size() == most) break;
      names.push_back("--" + candidate);
    }
    const std::size_t more = match.candidates.size() - names.size();
    return fmt::format("ambiguous option: {} may be {}{}", shown_name(argument.name), joined(names),
                       more > 0 ? fmt::format(" or one of {} more", more) : "");
  }

  [[nodiscard]] static std::string no_value_wanted(const NameMatch& match) {
    const Option& row = *match.option;
    const std::string hint = row.kind == Kind::flag ? fmt::format(" (--no{} turns it off)", row.name()) : "";
    return fmt::format("--{}{} takes no value{}", match.is_on ? "" : "no", row.name(), hint);
  }

  void leftover(std::size_t at) {
    if (may_belong_to_unknown(at)) return;
    if (may_belong_to_secret(at)) {
      problems_.emplace_back(
          "unexpected word after a password (not shown: it may be part of it; quote passwords that hold blanks)");
      return;
    }
    std::string text = fmt::format("unexpected word: \"{}\"", shown(argv_[at]));
    if (at > 0) {
      const Argument before = read_argument(argv_[at - 1]);
      const std::string together = lower(before.name) + lower(argv_[at]);
      if (before.shape == Argument::Shape::option && !before.has_value && find_option(together) != nullptr) {
        text += fmt::format("; did you mean --{} instead of --{} {}?", together, before.name, shown(argv_[at]));
      }
    }
    problems_.push_back(std::move(text));
  }

  /// What would change the fate of mail must not be left out in silence.
  void refuse_missing() {
    if (options_.has("help") || options_.has("version")) return;
    std::vector<std::string> reported;
    for (const GivenOption& given : options_.given()) {
      const Option& row = *given.option;
      const Status status = given.is_on ? row.status : row.negated;
      if (status != Status::missing || (!row.words.empty() && is_in(row.words, given.value))) continue;
      const std::string name = (given.is_on ? "--" : "--no") + std::string(row.name());
      if (std::find(reported.begin(), reported.end(), name) != reported.end()) continue;
      reported.push_back(name);
      const std::string whose = given.preset.empty() ? "" : fmt::format("--{} stands for more, and ", given.preset);
      problems_.push_back(
          fmt::format("{}{} is an imapsync option that imapferry does not have: {}", whose, name, row.reason));
    }
  }

  std::vector<std::string>& argv_;
  std::size_t next_ = 0;
  std::size_t secret_ends_at_ = 0;   ///< position behind the last secret; 0 when there was none
  std::size_t unknown_ends_at_ = 0;  ///< position behind the last option that was not understood
  ParsedOptions options_;
  std::vector<std::string> problems_;
  std::vector<std::string> notes_;
};

void cross_out(char* text) { std::memset(text, 'x', std::strlen(text)); }

}  // namespace

core::Result<ParsedOptions> parse_arguments(std::vector<std::string> argv) {
  // A word in front, as people expect of a command.
  if (!argv.empty() && argv.front() == "status") argv.front() = "--status";
  return Reader(argv).read();
}

void wipe_passwords_in_argv(int argc, char** argv) {
  for (int at = 1; at < argc; ++at) {
    const Argument argument = read_argument(argv[at]);
    if (argument.shape == Argument::Shape::end_of_options) return;
    if (argument.shape != Argument::Shape::option) continue;
    const NameMatch match = match_name(argument.name);
    const bool has_own_value = argument.has_value;
    const bool takes_next =
        !has_own_value && (match.option != nullptr ? match.option->takes_value() : match.may_be_secret);
    if (match.may_be_secret && has_own_value) cross_out(argv[at] + argument.value_offset);
    if (takes_next && ++at < argc && match.may_be_secret) cross_out(argv[at]);
  }
}

}  // namespace imapferry::cli
