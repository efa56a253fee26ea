#pragma once

#include "sync/context.hpp"
#include "sync/copier.hpp"
#include "sync/index_reader.hpp"
#include "sync/mailbox_map.hpp"
#include "sync/match.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace imapferry::sync {

/// What is known of a mailbox pair before it is opened; it saves a round trip, and may be wrong.
struct Forecast {
  std::optional<std::uint32_t> source_messages;
  std::optional<std::uint32_t> destination_messages;
};

/// Brings one mailbox pair in line: index both sides, match, copy what is missing, set flags that differ, and look
/// whether a command of an earlier run that was still on its way has doubled anything.
class MailboxSync {
 public:
  MailboxSync(const Context& context, Lane& lane, const MailboxPair& pair, Forecast forecast, MailboxMemory& memory);

  /// False when something is left because the user stops. Throws core::Error when a connection is lost (the caller
  /// tries again with the same memory) or the mailbox cannot be opened or listed.
  boost::asio::awaitable<bool> run();

 private:
  /// The messages of one side, or why they could not be listed.
  struct Listing {
    MailboxIndex index;
    std::optional<IndexDepth> depth;  ///< of the index; nothing before it is complete
    std::optional<core::Failure> failure;
  };

  boost::asio::awaitable<void> open_both();
  boost::asio::awaitable<void> open_source();
  boost::asio::awaitable<void> open_destination();
  boost::asio::awaitable<void> complete_listings();
  boost::asio::awaitable<void> list(Side side, IndexDepth depth, Listing& listing);
  void check_listing() const;
  boost::asio::awaitable<void> compare();
  void tell_plan();
  boost::asio::awaitable<void> identify_large_messages();
  boost::asio::awaitable<bool> copy();
  boost::asio::awaitable<void> set_flags();
  boost::asio::awaitable<void> settle(const imap::proto::UidSet& appended, std::uint64_t confirmed);
  boost::asio::awaitable<void> remove_doubles(const imap::proto::UidSet& appended);
  void collect_flag_changes();

  const Context& context_;
  Lane& lane_;
  const MailboxPair& pair_;
  Forecast forecast_;
  MailboxMemory& memory_;

  imap::MailboxState source_state_;
  imap::MailboxState destination_state_;
  Listing source_;
  Listing destination_;
  bool is_first_copy_ = false;  ///< the destination is empty: duplicates are told from the stream that is copied
  Matches matches_;
  std::map<std::string, imap::proto::UidSet> flag_changes_;  ///< by what to set
};

}  // namespace imapferry::sync
