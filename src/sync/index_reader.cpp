#include "sync/index_reader.hpp"

#include "imap/proto/date_time.hpp"
#include "imap/proto/header_date.hpp"
#include "imap/proto/refusal.hpp"
#include "sync/message/header_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using imap::proto::FetchResponse;
using imap::proto::Uid;
using imap::proto::UidSet;

namespace {

constexpr std::string_view light_items = "(UID FLAGS INTERNALDATE RFC822.SIZE)";
constexpr std::string_view header_items = "(UID BODY.PEEK[HEADER])";

// Reserved memory costs nothing until it is used, but address space has an end.
constexpr std::size_t most_reserved = 1 << 21;
// A header beyond this is identified by its first megabyte.
constexpr std::size_t longest_header = 1 << 20;
// Servers bound a command line; all that were tried take 8,000 characters.
constexpr std::size_t longest_set = 7000;

/// Collects a header that is too large for the parser to keep.
class HeaderSink : public imap::LiteralSink {
 public:
  awaitable<void> begin(const imap::proto::LiteralBegin&) override {
    header.clear();
    co_return;
  }
  awaitable<void> write(std::string_view bytes) override {
    header.append(bytes.substr(0, longest_header - std::min(longest_header, header.size())));
    co_return;
  }
  awaitable<void> end() override { co_return; }
  std::string header;
};

/// The header data of a FETCH response, wherever it went.
class HeaderReader : public imap::proto::ResponseHandler {
 public:
  imap::LiteralSink* literal_sink(const imap::proto::LiteralBegin&) override { return &sink_; }
  void done(const imap::proto::CommandResult&) override {}

 protected:
  /// Nothing when the response carries no header.
  [[nodiscard]] std::optional<std::string_view> header_of(const FetchResponse& fetch) const {
    for (const auto& section : fetch.sections) {
      if (section.nil || !section.section.starts_with("HEADER")) continue;
      return section.streamed ? std::string_view(sink_.header) : section.data;
    }
    return std::nullopt;
  }

 private:
  HeaderSink sink_;
};

std::optional<imap::proto::DateTime> date_of(const FetchResponse& fetch) {
  if (!fetch.internal_date) return std::nullopt;
  const auto date = imap::proto::DateTime::parse(*fetch.internal_date);
  // Some servers write it as no IMAP server should.
  return date ? date : imap::proto::parse_header_date(*fetch.internal_date);
}

/// Dates of messages that are in the index already.
class DateReader : public imap::proto::ResponseHandler {
 public:
  explicit DateReader(MailboxIndex& index) : index_(index) {}
  void on(const imap::proto::Response& response) override {
    const auto* fetch = std::get_if<FetchResponse>(&response);
    if (fetch == nullptr || fetch->uid == 0) return;
    const std::size_t position = index_.find(fetch->uid);
    const auto date = date_of(*fetch);
    if (position < index_.size() && date) index_.set_date(position, date->unix_seconds, date->zone_minutes);
  }
  void done(const imap::proto::CommandResult&) override {}

 private:
  MailboxIndex& index_;
};

/// The same from Date headers.
class HeaderDateReader : public HeaderReader {
 public:
  explicit HeaderDateReader(MailboxIndex& index) : index_(index) {}
  void on(const imap::proto::Response& response) override {
    const auto* fetch = std::get_if<FetchResponse>(&response);
    if (fetch == nullptr || fetch->uid == 0) return;
    const std::size_t position = index_.find(fetch->uid);
    const auto header = header_of(*fetch);
    if (position >= index_.size() || !header) return;
    const auto date = imap::proto::parse_header_date(header_field(*header, "date"));
    if (date) index_.set_date(position, date->unix_seconds, date->zone_minutes);
  }

 private:
  MailboxIndex& index_;
};

class IndexFiller : public HeaderReader {
 public:
  IndexFiller(MailboxIndex& index, const IdentityRule& rule) : index_(index), rule_(rule) {}

  void on(const imap::proto::Response& response) override {
    const auto* fetch = std::get_if<FetchResponse>(&response);
    if (fetch == nullptr || fetch->uid == 0) return;
    // A change of flags that the server tells meanwhile is no line of the listing.
    if (!fetch->size && !fetch->internal_date) return;
    MailboxIndex::Entry entry;
    entry.uid = fetch->uid;
    entry.size = fetch->size.value_or(0);
    entry.date = MailboxIndex::no_date;
    if (const auto date = date_of(*fetch)) {
      entry.date = date->unix_seconds;
      entry.zone_minutes = date->zone_minutes;
    }
    if (const auto header = header_of(*fetch)) entry.has_identity = identity_of_fields(rule_, *header, entry.identity);
    flags_ = {};
    for (const std::string_view flag : fetch->flags) flags_.add(flag);
    if (!index_.add(entry, flags_)) has_too_many_flag_sets_ = true;
  }
  [[nodiscard]] bool has_too_many_flag_sets() const noexcept { return has_too_many_flag_sets_; }

 private:
  MailboxIndex& index_;
  const IdentityRule& rule_;
  imap::proto::Flags flags_;
  bool has_too_many_flag_sets_ = false;
};

/// Identifies messages that are in the index already.
class Identifier : public HeaderReader {
 public:
  enum class By { fields, whole_header };
  Identifier(MailboxIndex& index, const IdentityRule& rule, By by) : index_(index), rule_(rule), by_(by) {}

  void on(const imap::proto::Response& response) override {
    const auto* fetch = std::get_if<FetchResponse>(&response);
    if (fetch == nullptr || fetch->uid == 0) return;
    const std::size_t position = index_.find(fetch->uid);
    const auto header = header_of(*fetch);
    if (position >= index_.size() || !header) return;
    if (by_ == By::whole_header) {
      index_.set_identity(position, identity_of_header(rule_, *header).identity);
      return;
    }
    Identity identity;
    if (identity_of_fields(rule_, *header, identity)) index_.set_identity(position, identity);
  }

 private:
  MailboxIndex& index_;
  const IdentityRule& rule_;
  By by_;
};

/// Who says by which header lines messages are recognised says that the others do not count.
ContentHasher hasher_for(const IdentityRule& rule) {
  return ContentHasher(rule.key(), rule.text().empty() ? ContentHasher::Part::whole : ContentHasher::Part::body);
}

/// Hashes messages, however large.
class ContentReader : public imap::proto::ResponseHandler {
 public:
  ContentReader(Contents& contents, const UidSet& uids, const IdentityRule& rule)
      : contents_(contents), uids_(uids), rule_(rule), sink_(rule) {}
  imap::LiteralSink* literal_sink(const imap::proto::LiteralBegin&) override { return &sink_; }
  void on(const imap::proto::Response& response) override {
    const auto* fetch = std::get_if<FetchResponse>(&response);
    if (fetch == nullptr || !uids_.contains(fetch->uid)) return;
    for (const auto& section : fetch->sections) {
      if (section.nil || !section.section.empty()) continue;
      ContentHasher hasher = section.streamed ? sink_.hasher : hasher_for(rule_);
      if (!section.streamed) hasher.update(section.data);
      contents_[fetch->uid] = hasher.finish();
    }
  }
  void done(const imap::proto::CommandResult&) override {}

 private:
  class Sink : public imap::LiteralSink {
   public:
    explicit Sink(const IdentityRule& rule) : hasher(hasher_for(rule)), rule_(rule) {}
    awaitable<void> begin(const imap::proto::LiteralBegin&) override {
      hasher = hasher_for(rule_);
      co_return;
    }
    awaitable<void> write(std::string_view bytes) override {
      hasher.update(bytes);
      co_return;
    }
    awaitable<void> end() override { co_return; }
    ContentHasher hasher;

   private:
    const IdentityRule& rule_;
  };

  Contents& contents_;
  const UidSet& uids_;
  const IdentityRule& rule_;
  Sink sink_;
};

void require(const imap::proto::CommandResult& result) {
  if (!result.is_ok()) throw core::Error(imap::proto::refusal(result, core::Fault::fetch, "the listing of messages"));
}

awaitable<void> fetch_identities(imap::Session& session, MailboxIndex& index, const IdentityRule& rule,
                                 const UidSet& uids, Identifier::By by) {
  Identifier identifier(index, rule, by);
  std::string items(header_items);
  if (by == Identifier::By::fields) items = fmt::format("(UID BODY.PEEK[{}])", rule.section());
  for (const std::string& set : uids.to_strings(longest_set)) {
    const imap::proto::CommandResult result = co_await session.uid_fetch(set, items, identifier);
    require(result);
  }
}

/// A whole header for each of `positions` that has no identity yet; a message that has vanished gets the empty one.
awaitable<void> identify_by_whole_header(imap::Session& session, const IdentityRule& rule, MailboxIndex& index,
                                         const std::vector<std::uint32_t>& positions) {
  UidSet bare;
  for (const std::uint32_t i : positions) {
    if (!index.has_identity(i)) bare.add(index.uid(i));
  }
  if (bare.empty()) co_return;
  co_await fetch_identities(session, index, rule, bare, Identifier::By::whole_header);
  for (const std::uint32_t i : positions) {
    if (!index.has_identity(i)) index.set_identity(i, identity_of_header(rule, {}).identity);
  }
}

}  // namespace

awaitable<void> identify(imap::Session& session, const IdentityRule& rule, MailboxIndex& index,
                         const std::vector<std::uint32_t>& positions) {
  UidSet uids;
  for (const std::uint32_t i : positions) uids.add(index.uid(i));
  if (uids.empty()) co_return;
  co_await fetch_identities(session, index, rule, uids, Identifier::By::fields);
  co_await identify_by_whole_header(session, rule, index, positions);
}

awaitable<void> read_header_dates(imap::Session& session, MailboxIndex& index,
                                  const std::vector<std::uint32_t>& positions) {
  UidSet uids;
  for (const std::uint32_t i : positions) uids.add(index.uid(i));
  HeaderDateReader reader(index);
  for (const std::string& set : uids.to_strings(longest_set)) {
    const imap::proto::CommandResult result =
        co_await session.uid_fetch(set, "(UID BODY.PEEK[HEADER.FIELDS (DATE)])", reader);
    require(result);
  }
}

awaitable<void> read_contents(imap::Session& session, const IdentityRule& rule, const UidSet& uids,
                              Contents& contents) {
  ContentReader reader(contents, uids, rule);
  for (const std::string& set : uids.to_strings(longest_set)) {
    const imap::proto::CommandResult result = co_await session.uid_fetch(set, "(UID BODY.PEEK[])", reader);
    // A server that will not send some of them has sent the others.
    if (!result.is_ok() && result.outcome != imap::proto::CommandResult::Outcome::no) require(result);
  }
}

awaitable<void> read_dates(imap::Session& session, MailboxIndex& index, const std::vector<std::uint32_t>& positions) {
  UidSet uids;
  for (const std::uint32_t i : positions) uids.add(index.uid(i));
  DateReader reader(index);
  for (const std::string& set : uids.to_strings(longest_set)) {
    const imap::proto::CommandResult result = co_await session.uid_fetch(set, "(UID INTERNALDATE)", reader);
    require(result);
  }
}

awaitable<void> read_index(imap::Session& session, const IdentityRule& rule, std::string uids, IndexDepth depth,
                           std::size_t expected_messages, MailboxIndex& index) {
  // The server's word for how many there are may be any number.
  index.reserve(std::min(expected_messages, most_reserved));
  IndexFiller filler(index, rule);
  std::string items(light_items);
  if (depth == IndexDepth::identified) {
    items = fmt::format("(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[{}])", rule.section());
  }
  const imap::proto::CommandResult result = co_await session.uid_fetch(uids, items, filler);
  require(result);
  if (filler.has_too_many_flag_sets()) {
    throw core::Error(core::Fault::protocol, fmt::format("the server tells more than {} different sets of flags",
                                                         MailboxIndex::most_flag_sets));
  }
  if (depth == IndexDepth::identified) {
    std::vector<std::uint32_t> bare;
    for (std::uint32_t i = 0; i < index.size(); ++i) {
      if (!index.has_identity(i)) bare.push_back(i);
    }
    co_await identify_by_whole_header(session, rule, index, bare);
  }
}

}  // namespace imapferry::sync
