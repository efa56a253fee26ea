#pragma once

#include "imap/proto/flags.hpp"
#include "imap/proto/uid_set.hpp"
#include "sync/message/content.hpp"
#include "sync/message/identity.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace imapferry::sync {

/// What is known of the messages of one mailbox: structure of arrays, about 40 bytes a message.
class MailboxIndex {
 public:
  struct Entry {
    imap::proto::Uid uid = 0;
    Identity identity;  ///< meaningless until has_identity
    bool has_identity = false;
    std::uint64_t size = 0;  ///< RFC822.SIZE
    std::int64_t date = 0;   ///< INTERNALDATE, unix seconds; no_date when the server sent none that can be read
    int zone_minutes = 0;
  };
  static constexpr std::int64_t no_date = INT64_MIN;

  /// More different sets of flags than this are no mailbox but an attack on our memory.
  static constexpr std::size_t most_flag_sets = 1 << 16;

  /// Messages come in ascending order of UID as a rule, but need not; one that is already there is replaced. False, and
  /// nothing done, when there are too many different sets of flags.
  bool add(const Entry& entry, const imap::proto::Flags& flags);
  void set_identity(std::size_t i, const Identity& identity);
  /// False, and nothing done, when there are too many different sets of flags.
  bool set_flags(std::size_t i, const imap::proto::Flags& flags);
  void set_date(std::size_t i, std::int64_t date, int zone_minutes);
  void set_content(imap::proto::Uid uid, const Content& content) { contents_[uid] = content; }
  void erase(const imap::proto::UidSet& uids);
  void reserve(std::size_t messages);

  /// The number of a set of flags in this index, new or known; nothing when there are too many.
  std::optional<std::uint32_t> flag_set(const imap::proto::Flags& flags) { return intern(flags, 0); }
  /// Adds a message without looking whether it is there: order() must follow before anything is asked.
  void append(const Entry& entry, std::uint32_t flag_set);
  /// Puts messages that were appended in any order into the order of their UIDs; of several with one UID the last
  /// stays.
  void order();
  /// Takes over the messages of another index, which replace those that are there. False when there are too many
  /// different sets of flags.
  bool absorb(const MailboxIndex& other);

  [[nodiscard]] std::size_t size() const noexcept { return uids_.size(); }
  [[nodiscard]] bool empty() const noexcept { return uids_.empty(); }
  [[nodiscard]] imap::proto::Uid uid(std::size_t i) const { return uids_[i]; }
  [[nodiscard]] const Identity& identity(std::size_t i) const { return identities_[i]; }
  [[nodiscard]] bool has_identity(std::size_t i) const { return (marks_[i] & mark_identity) != 0; }
  [[nodiscard]] std::uint64_t message_size(std::size_t i) const { return sizes_[i]; }
  [[nodiscard]] std::int64_t date(std::size_t i) const { return dates_[i]; }
  [[nodiscard]] int zone_minutes(std::size_t i) const { return zones_[i]; }
  [[nodiscard]] const imap::proto::Flags& flags(std::size_t i) const { return flag_table_[flags_[i]]; }
  [[nodiscard]] std::uint32_t flag_set(std::size_t i) const { return flags_[i]; }
  /// What the message says; null for nearly all messages, which nobody has had to read for their own sake.
  [[nodiscard]] const Content* content(std::size_t i) const;
  /// Every set of flags that has occurred, by number.
  [[nodiscard]] const std::vector<imap::proto::Flags>& flag_sets() const noexcept { return flag_table_; }
  /// Position of a UID; size() when it is not there. O(log n).
  [[nodiscard]] std::size_t find(imap::proto::Uid uid) const;
  [[nodiscard]] std::uint64_t total_bytes() const noexcept { return total_bytes_; }
  /// Bytes held for the messages, without the few distinct sets of flags.
  [[nodiscard]] std::size_t memory() const noexcept;

 private:
  static constexpr std::uint8_t mark_identity = 1;
  void make_room();
  void append_empty(imap::proto::Uid uid);
  void push_empty(imap::proto::Uid uid);
  void set(std::size_t i, const Entry& entry, std::uint32_t flag_set);
  /// Keeps the messages at these positions, in this order.
  void keep(const std::vector<std::uint32_t>& positions);
  /// `likely`: a position in flag_table_ that is tried first.
  std::optional<std::uint32_t> intern(const imap::proto::Flags& flags, std::uint32_t likely);

  std::vector<imap::proto::Uid> uids_;
  std::vector<Identity> identities_;
  std::vector<std::uint64_t> sizes_;
  std::vector<std::int64_t> dates_;
  std::vector<std::int16_t> zones_;
  std::vector<std::uint8_t> marks_;
  std::vector<std::uint32_t> flags_;  ///< index into flag_table_: a mailbox has few different sets of flags
  std::vector<imap::proto::Flags> flag_table_;
  std::map<std::string, std::uint32_t> flag_ids_;
  Contents contents_;
  std::uint64_t total_bytes_ = 0;
  bool is_sorted_ = true;
  std::map<imap::proto::Uid, std::uint32_t> positions_;  ///< of every UID, once they came out of order
};

}  // namespace imapferry::sync
