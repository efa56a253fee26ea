#include "sync/message/message_change.hpp"

#include "imap/proto/flags.hpp"
#include "sync/message/identity.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace imapferry::sync {

namespace {

constexpr std::string_view receipt_field = "Disposition-Notification-To";

/// Visits the start of each field of a header, folded lines left out, until `visit` returns false.
template <class Visit>
void each_field(std::string_view header, Visit visit) {
  for (std::size_t begin = 0; begin < header.size();) {
    const std::size_t newline = header.find('\n', begin);
    const std::string_view line = header.substr(begin, newline == std::string_view::npos ? newline : newline - begin);
    if (line.empty() || line == "\r") return;
    std::string_view name = line.substr(0, line.find(':'));
    if (name.size() == line.size() || name.starts_with(' ') || name.starts_with('\t')) name = {};
    while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
    if (!name.empty() && !visit(begin, name)) return;
    if (newline == std::string_view::npos) return;
    begin = newline + 1;
  }
}

core::Failure left_nothing(std::string_view option) {
  return {core::Fault::append, fmt::format("{} leaves nothing of the message", option), {}};
}

template <class Expression>
core::Result<std::vector<Expression>> parse_all(std::string_view option, const std::vector<std::string>& texts,
                                                const regex::Variables& variables) {
  std::vector<Expression> expressions;
  for (const std::string& text : texts) {
    core::Result<Expression> parsed = Expression::parse(text, variables);
    if (!parsed) return parsed.error().within(option);
    expressions.push_back(std::move(*parsed));
  }
  return expressions;
}

}  // namespace

void ChangingMessage::leave_out(std::string why) {
  fate = Fate::left_out;
  reason = std::move(why);
}

void ChangingMessage::refuse(core::Failure why) {
  fate = Fate::refused;
  failure = std::move(why);
  failure.fault = core::Fault::append;
}

void ChangingMessage::note_change(std::string_view option) {
  if (changed_by.ends_with(option)) return;
  if (!changed_by.empty()) changed_by += ", ";
  changed_by += option;
}

core::Result<MessageChange> MessageChange::compile(const config::MessageRules& rules,
                                                   const regex::Variables& variables) {
  MessageChange change;
  change.rules_ = rules;
  auto skip = parse_all<regex::Predicate>("--skipmess", rules.skip, variables);
  if (!skip) return skip.error();
  change.skip_ = std::move(*skip);
  auto substitutions = parse_all<regex::Substitution>("--regexmess", rules.substitutions, variables);
  if (!substitutions) return substitutions.error();
  change.substitutions_ = std::move(*substitutions);
  return change;
}

regex::Variables MessageChange::variables(std::string_view user1, std::string_view user2, std::string_view folder1,
                                          std::string_view folder2) {
  return {{"user1", std::string(user1)},
          {"user2", std::string(user2)},
          {"h1_current_folder", std::string(folder1)},
          {"h2_current_folder", std::string(folder2)}};
}

void MessageChange::begin(ChangingMessage& message, std::size_t most) const {
  for (const regex::Predicate& predicate : skip_) {
    const core::Result<bool> matches = predicate.matches(message.text);
    if (!matches) return message.refuse(matches.error().within("--skipmess"));
    if (*matches) return message.leave_out(fmt::format("--skipmess {}", predicate.expression()));
  }
  bool is_changed = false;
  for (const regex::Substitution& substitution : substitutions_) {
    const core::Result<bool> changed = substitution.change(message.text, most);
    if (!changed) return message.refuse(changed.error().within("--regexmess"));
    is_changed = is_changed || *changed;
  }
  if (!is_changed) return;
  message.note_change("--regexmess");
  if (message.text.empty()) message.refuse(left_nothing("--regexmess"));
}

void MessageChange::finish(ChangingMessage& message) const {
  if (rules_.disarm_read_receipts && disarm_read_receipts(message.text)) message.note_change("--disarmreadreceipts");
  if (rules_.add_id && message.needs_id) {
    message.text.insert(0, added_id(message.uid) + "\r\n");
    message.note_change("--addheader");
  }
  truncate(message);
  look_at_lines(message);
}

void MessageChange::truncate(ChangingMessage& message) const {
  if (!rules_.truncate_at || message.text.size() <= *rules_.truncate_at) return;
  message.text.resize(static_cast<std::size_t>(*rules_.truncate_at));
  message.note_change("--truncmess");
}

void MessageChange::look_at_lines(ChangingMessage& message) const {
  if (!rules_.longest_line && !rules_.least_long_line) return;
  const std::uint64_t longest = longest_line(message.text);
  if (rules_.least_long_line && longest <= *rules_.least_long_line) {
    return message.leave_out(fmt::format("--minmaxlinelength {}", *rules_.least_long_line));
  }
  message.has_long_line = rules_.longest_line && longest > *rules_.longest_line;
  if (message.has_long_line && rules_.long_line_command.empty()) {
    message.leave_out(fmt::format("--maxlinelength {}", *rules_.longest_line));
  }
}

void MessageChange::seal(ChangingMessage& message) {
  if (message.changed_by.empty()) return;
  std::string& text = message.text;
  std::size_t bare = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) ++bare;
  }
  if (bare == 0) return;
  std::string sealed;
  sealed.reserve(text.size() + bare);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) sealed += '\r';
    sealed += text[i];
  }
  text = std::move(sealed);
}

std::uint64_t longest_line(std::string_view text) noexcept {
  std::size_t longest = 0;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    const std::size_t length = newline == std::string_view::npos ? text.size() : newline + 1;
    longest = std::max(longest, length);
    text.remove_prefix(length);
  }
  return longest;
}

std::string added_id(imap::proto::Uid uid) { return fmt::format("Message-Id: <{}@imapsync>", uid); }

bool lacks_id(std::string_view header) {
  bool is_found = false;
  each_field(header, [&](std::size_t, std::string_view name) {
    is_found =
        imap::proto::equals_ignoring_case(name, "message-id") || imap::proto::equals_ignoring_case(name, "received");
    return !is_found;
  });
  return !is_found;
}

bool disarm_read_receipts(std::string& message) {
  std::vector<std::size_t> places;
  each_field(header_of(message), [&](std::size_t begin, std::string_view name) {
    if (imap::proto::equals_ignoring_case(name, receipt_field)) places.push_back(begin);
    return true;
  });
  for (auto place = places.rbegin(); place != places.rend(); ++place) message.insert(*place, "X-");
  return !places.empty();
}

}  // namespace imapferry::sync
