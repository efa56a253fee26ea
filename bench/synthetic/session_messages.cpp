#include "fetch_answer.hpp"
#include "imap/proto/flags.hpp"
#include "sequence_set.hpp"
#include "session.hpp"
#include "text.hpp"

#include <algorithm>
#include <utility>

namespace imapferry::bench::synthetic {

using boost::asio::awaitable;
using imap::proto::is_word;
using imap::proto::Lexer;

std::vector<Session::Run> Session::runs_of(std::string_view set, By by) const {
  std::vector<Run> runs;
  const std::uint32_t exists = selected_->exists();
  const std::uint32_t largest = by == By::uid && exists > 0 ? selected_->info(exists - 1).uid : exists;
  const auto parsed = parse_sequence_set(set, largest);
  if (!parsed) return runs;
  for (const auto& range : parsed->ranges()) {
    Run run{range.first - 1, std::min(range.last, exists)};
    if (by == By::uid) {
      run.first = selected_->position_of(range.first);
      run.last = range.last >= largest ? exists : selected_->position_of(range.last + 1);
    }
    if (run.first < run.last) runs.push_back(run);
  }
  return runs;
}

/// False when there is no set. One without any message is none either way, and no failure.
bool Session::read_runs(Lexer& lexer, By by, std::vector<Run>& runs) {
  const std::string_view set = lexer.atom();
  if (!parse_sequence_set(set, 1)) return false;
  runs = runs_of(set, by);
  lexer.skip_spaces();
  return true;
}

awaitable<void> Session::fetch(Lexer& lexer, By by) {
  std::vector<Run> runs;
  FetchRequest request;
  if (!read_runs(lexer, by, runs) || !read_fetch_request(lexer, request)) {
    bad("expected a set and items: " + lexer.failure());
    co_return;
  }
  if (by == By::uid && !request.has(FetchItem::Kind::uid)) request.items.insert(request.items.begin(), FetchItem());
  if (request.wants_vanished && has_qresync_) tell_vanished(selected_->uid_next() - 1);
  co_await answer(request, runs);
  if (by == By::uid) tell_changes();
  ok("done");
}

awaitable<void> Session::answer(const FetchRequest& request, const std::vector<Run>& runs) {
  const bool has_sections = request.has(FetchItem::Kind::section);
  for (const Run& run : runs) {
    // While an answer goes out, another session may remove messages.
    for (std::uint32_t position = run.first; position < std::min(run.last, selected_->exists()); ++position) {
      const MessageInfo info = selected_->info(position);
      if (info.mod_seq <= request.changed_since) continue;
      if (has_sections) selected_->read(position, content_);
      co_await answer_one(request, position, info);
      if (!has_sections) ++traffic_.listed;
    }
  }
}

awaitable<void> Session::answer_one(const FetchRequest& request, std::uint32_t position, const MessageInfo& info) {
  append_number(out_ += "* ", position + 1);
  out_ += " FETCH (";
  bool is_first = true;
  for (const FetchItem& item : request.items) {
    if (!std::exchange(is_first, false)) out_ += ' ';
    if (item.kind == FetchItem::Kind::section) {
      co_await send_section(item);
    } else {
      append_item(out_, item, info, world_.flags);
    }
  }
  out_ += ")\r\n";
  co_await flush_if_full();
}

awaitable<void> Session::send_section(const FetchItem& item) {
  Section section = section_of(item, content_, section_scratch_);
  (out_ += item.answered_as) += ' ';
  if (section.is_nil) {
    out_ += "NIL";
    co_return;
  }
  append_number(out_ += '{', section.size);
  out_ += "}\r\n";
  if (!section.is_streamed) {
    ++traffic_.headers_sent;
    out_ += section.text;
    co_return;
  }
  ++traffic_.bodies_sent;
  while (section.size > 0) {
    std::string_view piece = content_.made.piece(section.offset);
    piece = piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), section.size)));
    out_ += piece;
    section.offset += piece.size();
    section.size -= piece.size();
    if (out_.size() >= full_output) co_await flush();
  }
}

/// Nothing is kept of what has gone, so every UID that is not there is told (RFC 7162 section 3.2.10.1 allows it).
void Session::tell_vanished(std::uint32_t up_to) {
  if (selected_->exists() == up_to) return;
  imap::proto::UidSet vanished;
  std::uint32_t next = 1;
  for (std::uint32_t i = 0; i < selected_->exists(); ++i) {
    const std::uint32_t uid = selected_->info(i).uid;
    if (uid > next) vanished.add(next, uid - 1);
    next = uid + 1;
  }
  if (next <= up_to) vanished.add(next, up_to);
  tell("* VANISHED (EARLIER) " + vanished.to_string());
}

/// ALL, a set, or UID and a set.
void Session::search(Lexer& lexer, By by) {
  std::string_view key = lexer.atom();
  By key_by = By::number;
  if (is_word(key, "UID")) {
    key_by = By::uid;
    lexer.skip_spaces();
    key = lexer.atom();
  }
  const bool is_all = is_word(key, "ALL");
  if (!lexer.expect_end() || (!is_all && !parse_sequence_set(key, 1)))
    return bad("only ALL and sets can be searched for");
  out_ += "* SEARCH";
  for (const Run& run : runs_of(is_all ? "1:*" : key, key_by)) {
    for (std::uint32_t i = run.first; i < run.last; ++i) {
      append_number(out_ += ' ', by == By::uid ? selected_->info(i).uid : i + 1);
    }
  }
  tell("");
  ok("done");
}

}  // namespace imapferry::bench::synthetic
