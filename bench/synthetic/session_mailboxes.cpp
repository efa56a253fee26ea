#include "imap/proto/flags.hpp"
#include "list_request.hpp"
#include "session.hpp"
#include "text.hpp"

#include <algorithm>
#include <utility>

namespace imapferry::bench::synthetic {

using imap::proto::is_word;
using imap::proto::Lexer;

namespace {

constexpr std::size_t longest_name = 1000;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

bool is_good_name(std::string_view name) {
  const auto is_control = [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; };
  return !name.empty() && name.size() <= longest_name && std::none_of(name.begin(), name.end(), is_control);
}

std::uint64_t count_unseen(const Mailbox& mailbox) {
  std::uint64_t unseen = 0;
  for (std::uint32_t i = 0; i < mailbox.exists(); ++i) {
    if ((mailbox.info(i).flags & imap::proto::flag_seen) == 0) ++unseen;
  }
  return unseen;
}

}  // namespace

void Session::list(Lexer& lexer, Verb verb) {
  ListRequest request;
  if (!read_list_request(lexer, request)) return bad(lexer.failure());
  const bool is_lsub = verb == Verb::lsub;
  if (request.asks_for_delimiter()) tell("* LIST (\\Noselect) \"/\" \"\"");
  for (const auto& [name, mailbox] : account_->mailboxes()) {
    if ((is_lsub || request.only_subscribed) && !mailbox->is_subscribed) continue;
    if (!request.asks_for(name)) continue;
    std::string line = is_lsub ? "* LSUB (" : "* LIST (\\HasNoChildren";
    if (request.returns_subscribed && mailbox->is_subscribed) line += " \\Subscribed";
    ((line += ") \"/\" ") += quoted(name));
    tell(line);
    if (!request.status_items.empty()) tell(status_text(*mailbox, request.status_items));
  }
  ok("done");
}

void Session::status(Lexer& lexer) {
  std::string_view name;
  std::string items;
  if (!lexer.astring(name) || !lexer.expect_space() || !read_words(lexer, items)) return bad(lexer.failure());
  const Mailbox* const mailbox = account_->find(name);
  if (mailbox == nullptr) return no("[NONEXISTENT] no such mailbox");
  tell(status_text(*mailbox, items));
  ok("done");
}

std::string Session::status_text(const Mailbox& mailbox, std::string_view items) const {
  std::string line = "* STATUS " + quoted(mailbox.name()) + " (";
  const auto add = [&](std::string_view name, std::uint64_t value) {
    if (line.back() != '(') line += ' ';
    append_number((line += name) += ' ', value);
  };
  while (!items.empty()) {
    const std::string_view item = items.substr(0, items.find(' '));
    items.remove_prefix(std::min(items.size(), item.size() + 1));
    if (is_word(item, "MESSAGES")) add("MESSAGES", mailbox.exists());
    if (is_word(item, "RECENT")) add("RECENT", std::uint64_t{0});
    if (is_word(item, "UIDNEXT")) add("UIDNEXT", mailbox.uid_next());
    if (is_word(item, "UIDVALIDITY")) add("UIDVALIDITY", mailbox.uid_validity());
    if (is_word(item, "UNSEEN")) add("UNSEEN", count_unseen(mailbox));
    if (is_word(item, "HIGHESTMODSEQ")) add("HIGHESTMODSEQ", mailbox.highest_mod_seq());
    if (is_word(item, "SIZE")) add("SIZE", mailbox.total_size());
  }
  return line += ')';
}

void Session::create(Lexer& lexer) {
  std::string_view name;
  if (!lexer.astring(name)) return bad(lexer.failure());
  if (!is_good_name(name)) return no("[CANNOT] no such name is possible");
  if (account_->find(name) != nullptr) return no("[ALREADYEXISTS] the mailbox exists");
  if (store_.create(*account_, name) == nullptr) return no("[CANNOT] no mailbox can be made here");
  ok("done");
}

void Session::subscribe(Lexer& lexer, bool is_subscribed) {
  std::string_view name;
  if (!lexer.astring(name)) return bad(lexer.failure());
  Mailbox* const mailbox = account_->find(name);
  if (mailbox == nullptr) return no("[NONEXISTENT] no such mailbox");
  mailbox->is_subscribed = is_subscribed;
  ok("done");
}

void Session::select(Lexer& lexer, Mode mode) {
  std::string_view name;
  if (!lexer.astring(name)) return bad(lexer.failure());
  // Whoever knows CONDSTORE wants to know where the answers for the mailbox before end (RFC 7162 section 3.2.11).
  if (selected_ != nullptr && offers(imap::proto::Capability::condstore))
    tell("* OK [CLOSED] the mailbox before is closed");
  leave_mailbox();
  Mailbox* const mailbox = account_->find(name);
  if (mailbox == nullptr) return no("[NONEXISTENT] no such mailbox");
  selected_ = mailbox;
  mode_ = mailbox->sink() == nullptr ? Mode::read_only : mode;
  told_exists_ = mailbox->exists();
  if (SinkMailbox* const sink = mailbox->sink()) told_expunged_ = sink->expunged().size();
  tell_selected();
  lexer.skip_spaces();
  if (!lexer.at_end()) resynchronise(lexer);
  ok(mode_ == Mode::read_only ? "[READ-ONLY] done" : "[READ-WRITE] done");
}

void Session::tell_selected() {
  world_.flags.append(out_ += "* FLAGS (", world_.flags.all());
  out_ += ")\r\n* OK [PERMANENTFLAGS (";
  if (mode_ == Mode::read_write) {
    world_.flags.append(out_, world_.flags.all());
    if (world_.flags.has_room()) out_ += " \\*";
  }
  append_number(out_ += ")] flags\r\n* ", told_exists_);
  append_number(out_ += " EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY ", selected_->uid_validity());
  append_number(out_ += "] UIDs\r\n* OK [UIDNEXT ", selected_->uid_next());
  tell("] next UID");
  if (!offers(imap::proto::Capability::condstore)) return;
  append_number(out_ += "* OK [HIGHESTMODSEQ ", selected_->highest_mod_seq());
  tell("] highest");
}

/// "(QRESYNC (uid-validity mod-seq ...))": what has changed since then (RFC 7162 section 3.2.5).
void Session::resynchronise(Lexer& lexer) {
  std::uint64_t uid_validity = 0;
  std::uint64_t mod_seq = 0;
  if (!lexer.accept('(') || !is_word(lexer.atom(), "QRESYNC") || !has_qresync_) return;
  lexer.skip_spaces();
  if (!lexer.accept('(') || !lexer.try_number(uid_validity) || !lexer.expect_space() || !lexer.try_number(mod_seq))
    return;
  if (uid_validity != selected_->uid_validity()) return;
  tell_vanished(selected_->uid_next() - 1);
  for (std::uint32_t i = 0; i < selected_->exists(); ++i) {
    const MessageInfo info = selected_->info(i);
    if (info.mod_seq <= mod_seq) continue;
    append_number(out_ += "* ", i + 1);
    append_number(out_ += " FETCH (UID ", info.uid);
    world_.flags.append(out_ += " FLAGS (", info.flags);
    append_number(out_ += ") MODSEQ (", info.mod_seq);
    tell("))");
  }
}

void Session::leave_mailbox() {
  selected_ = nullptr;
  told_exists_ = 0;
  told_expunged_ = 0;
}

void Session::tell_changes() {
  if (selected_ == nullptr) return;
  if (const SinkMailbox* const sink = selected_->sink()) {
    for (; told_expunged_ < sink->expunged().size(); ++told_expunged_) {
      const SinkMailbox::Expunged& expunged = sink->expunged()[told_expunged_];
      if (expunged.position >= told_exists_) continue;
      --told_exists_;
      if (has_qresync_) {
        append_number(out_ += "* VANISHED ", expunged.uid);
        tell("");
      } else {
        append_number(out_ += "* ", expunged.position + 1);
        tell(" EXPUNGE");
      }
    }
  }
  if (told_exists_ == selected_->exists()) return;
  told_exists_ = selected_->exists();
  append_number(out_ += "* ", told_exists_);
  tell(" EXISTS");
}

}  // namespace imapferry::bench::synthetic
