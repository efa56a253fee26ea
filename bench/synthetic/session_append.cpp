#include "imap/proto/date_time.hpp"
#include "imap/proto/flags.hpp"
#include "session.hpp"
#include "text.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace imapferry::bench::synthetic {

using imap::proto::Capability;
using imap::proto::Lexer;

namespace {

constexpr std::uint64_t largest_message = 0xFFFF'FFFF;
constexpr std::uint64_t largest_literal_minus = 4096;  // RFC 7888 section 5
constexpr std::size_t most_messages_at_once = 1'000'000;
const imap::proto::ParserLimits lexer_limits;

/// Whether the text before a literal is that of "tag APPEND ...".
bool is_append(std::string_view text) {
  text.remove_prefix(std::min(text.size(), text.find(' ')));
  constexpr std::string_view name = " APPEND ";
  return text.size() > name.size() && imap::proto::equals_ignoring_case(text.substr(0, name.size()), name);
}

}  // namespace

Session::Append::Append(SinkMailbox* mailbox) : target(mailbox), receiver(mailbox->receiver()) {}

/// A literal was announced: an argument like any other, or a message. False when nothing can be read any more.
bool Session::take_literal() {
  const CommandReader::Literal literal = reader_.literal();
  const bool may_follow_at_once = offers(Capability::literal_plus) ||
                                  (offers(Capability::literal_minus) && literal.size <= largest_literal_minus) ||
                                  literal.is_synchronising;
  if (!may_follow_at_once) {
    ++traffic_.protocol_errors;
    tell("* BYE no such literal is offered here");
    return false;
  }
  if (!is_appending_ && !is_append(reader_.text())) {
    reader_.keep();
    if (literal.is_synchronising) tell("+ go on");
    return true;
  }
  announce_append();
  if (!append_refusal_.empty() && literal.is_synchronising) {
    reader_.drop();
    end_append();
    return true;
  }
  reader_.stream();
  if (append_) append_->receiver.begin(literal.size);
  if (literal.is_synchronising) tell("+ go on");
  return true;
}

/// Reads what stands before a message. A refusal is kept until the client can hear it.
void Session::announce_append() {
  scratch_.clear();
  Lexer lexer(reader_.text(), scratch_, lexer_limits);
  if (!std::exchange(is_appending_, true)) {
    append_refusal_ = begin_append(lexer);
  } else if (append_refusal_.empty() && !offers(Capability::multiappend)) {
    append_refusal_ = "BAD one message at a time";
  }
  if (append_refusal_.empty()) append_refusal_ = read_append_arguments(lexer);
  if (!append_refusal_.empty()) append_.reset();
}

/// Why the command cannot be taken, or nothing.
std::string Session::begin_append(Lexer& lexer) {
  tag_ = lexer.atom();
  lexer.skip_spaces();
  lexer.atom();
  ++traffic_.commands[static_cast<std::size_t>(Verb::append)];
  std::string_view name;
  if (!account_) return "BAD log in first";
  if (!lexer.expect_space() || !lexer.astring(name)) return "BAD expected a mailbox";
  Mailbox* const mailbox = account_->find(name);
  if (mailbox == nullptr) return "NO [TRYCREATE] no such mailbox";
  if (mailbox->sink() == nullptr) return "NO [READ-ONLY] the mailbox can only be read";
  append_.emplace(mailbox->sink());
  return {};
}

std::string Session::read_append_arguments(Lexer& lexer) {
  if (reader_.literal().size > largest_message) return "NO [TOOBIG] the message is too large";
  if (append_->arrived.size() >= most_messages_at_once) return "NO [LIMIT] too many messages at once";
  append_->flags = 0;
  append_->date = std::time(nullptr);
  if (!lexer.expect_space()) return "BAD expected a blank";
  if (lexer.next_is('(')) {
    std::vector<std::string_view> names;
    if (!lexer.flag_list(names) || !lexer.expect_space()) return "BAD expected flags";
    for (const std::string_view flag : names) {
      append_->flags = static_cast<FlagBits>(append_->flags | world_.flags.bit_of(flag).value_or(FlagBits{0}));
    }
  }
  if (lexer.next_is('"')) {
    std::string_view text;
    if (!lexer.string(text) || !lexer.expect_space()) return "BAD expected a date";
    const auto date = imap::proto::DateTime::parse(text);
    if (!date) return "BAD expected a date";
    append_->date = date->unix_seconds;
  }
  return lexer.next_is('{') ? std::string() : "BAD expected a literal";
}

void Session::take_data() {
  if (!append_) return;
  append_->receiver.take(reader_.data());
  if (!reader_.is_literal_over()) return;
  append_->arrived.push_back(append_->target->record_of(append_->receiver.finish(), append_->flags, append_->date));
}

/// Stores what has come, all or nothing (RFC 3502), and answers.
void Session::end_append() {
  is_appending_ = false;
  const std::optional<Append> append = std::move(append_);
  append_.reset();
  const std::string refusal = std::exchange(append_refusal_, {});
  if (!append) {
    if (refusal.starts_with("BAD")) ++traffic_.protocol_errors;
    ((out_ += tag_) += ' ') += refusal;
    return tell("");
  }
  const std::uint32_t first = append->target->append(append->arrived);
  traffic_.appended += append->arrived.size();
  tell_changes();
  if (!offers(Capability::uidplus)) return ok("done");
  std::string code = "[APPENDUID ";
  append_number(code, append->target->uid_validity());
  append_number(code += ' ', first);
  if (append->arrived.size() > 1)
    append_number(code += ':', first + static_cast<std::uint32_t>(append->arrived.size()) - 1);
  ok(code + "] done");
}

}  // namespace imapferry::bench::synthetic
