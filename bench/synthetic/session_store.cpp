#include "imap/proto/flags.hpp"
#include "imap/proto/uid_set.hpp"
#include "session.hpp"
#include "text.hpp"

#include <cstdint>
#include <utility>

namespace imapferry::bench::synthetic {

using imap::proto::is_word;
using imap::proto::Lexer;

namespace {

/// The arguments of STORE behind the set (RFC 9051 section 6.4.6, RFC 7162 section 3.1.3).
struct StoreRequest {
  enum class How { replace, add, remove };
  How how = How::replace;
  FlagBits flags = 0;
  bool is_silent = false;
  std::uint64_t unchanged_since = UINT64_MAX;

  [[nodiscard]] FlagBits applied_to(FlagBits before) const {
    switch (how) {
    case How::replace: break;
    case How::add: return static_cast<FlagBits>(before | flags);
    case How::remove: return static_cast<FlagBits>(before & ~flags);
    }
    return flags;
  }
};

bool read_store_request(Lexer& lexer, FlagTable& table, StoreRequest& request) {
  if (lexer.accept('(')) {
    if (!is_word(lexer.atom(), "UNCHANGEDSINCE") || !lexer.expect_space() ||
        !lexer.try_number(request.unchanged_since) || !lexer.expect(')') || !lexer.expect_space()) {
      return lexer.fail("expected UNCHANGEDSINCE and a number");
    }
  }
  if (lexer.next_is('+')) request.how = StoreRequest::How::add;
  if (lexer.next_is('-')) request.how = StoreRequest::How::remove;
  std::string_view name = lexer.atom();
  if (request.how != StoreRequest::How::replace) name.remove_prefix(1);
  request.is_silent = is_word(name, "FLAGS.SILENT");
  if (!request.is_silent && !is_word(name, "FLAGS")) return lexer.fail("expected FLAGS");
  std::vector<std::string_view> names;
  if (!lexer.expect_space() || !lexer.flag_list(names) || !lexer.expect_end()) return false;
  for (const std::string_view flag : names) {
    request.flags = static_cast<FlagBits>(request.flags | table.bit_of(flag).value_or(FlagBits{0}));
  }
  return true;
}

}  // namespace

void Session::store_flags(Lexer& lexer, By by) {
  std::vector<Run> runs;
  StoreRequest request;
  if (!read_runs(lexer, by, runs) || !read_store_request(lexer, world_.flags, request)) return bad(lexer.failure());
  SinkMailbox* const sink = mode_ == Mode::read_write ? selected_->sink() : nullptr;
  imap::proto::UidSet modified;
  for (const Run& run : runs) {
    for (std::uint32_t i = run.first; i < run.last; ++i) {
      const MessageInfo info = selected_->info(i);
      const FlagBits after = request.applied_to(info.flags);
      // interimap sets flags that are set already, also at a source: that takes nothing to be written.
      if (sink == nullptr && after != info.flags) return no("[READ-ONLY] the mailbox can only be read");
      if (info.mod_seq > request.unchanged_since) {
        modified.add(by == By::uid ? info.uid : i + 1);
        continue;
      }
      if (sink != nullptr) sink->set_flags(i, after);
      if (request.is_silent) continue;
      append_number(out_ += "* ", i + 1);
      append_number(out_ += " FETCH (UID ", info.uid);
      world_.flags.append(out_ += " FLAGS (", after);
      tell("))");
    }
  }
  if (modified.empty()) return ok("done");
  ok("[MODIFIED " + modified.to_string() + "] done");
}

/// Removes those of the messages that are marked as \Deleted.
void Session::expunge(const std::vector<Run>& runs) {
  SinkMailbox* const sink = mode_ == Mode::read_write ? selected_->sink() : nullptr;
  if (sink == nullptr) return;
  std::vector<std::uint32_t> deleted;
  for (const Run& run : runs) {
    for (std::uint32_t i = run.first; i < run.last; ++i) {
      if ((sink->info(i).flags & imap::proto::flag_deleted) != 0) deleted.push_back(i);
    }
  }
  sink->expunge(deleted);
}

}  // namespace imapferry::bench::synthetic
