#pragma once

#include "imap/proto/command.hpp"
#include "imap/proto/flags.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace imapferry::sync {

/// What a message carries beside its bytes.
struct MessageMeta {
  imap::proto::Flags flags;  ///< only what may be sent to this mailbox
  std::int64_t date = 0;     ///< INTERNALDATE, unix seconds; MailboxIndex::no_date for none
  int zone_minutes = 0;
};

/// What the destination has accepted in one mailbox. A message whose arguments are not proven there is announced by a
/// synchronising literal: a server that refuses the arguments of a non-synchronising one may read the message as
/// commands.
class AppendProof {
 public:
  [[nodiscard]] bool is_proven(const MessageMeta& meta) const;
  /// Whether accepting it would prove something for others. An uncommon date never does: it is asked about each time.
  [[nodiscard]] bool would_learn_from(const MessageMeta& meta) const;
  void prove(const MessageMeta& meta);

 private:
  bool has_accepted_ = false;
  std::set<std::string> keywords_;
};

/// One message of an APPEND.
struct AppendItem {
  const MessageMeta* meta = nullptr;
  std::string_view bytes;  ///< alive until the command has ended
};

/// APPEND, or MULTIAPPEND (RFC 3502) for several items. `proof` decides which literals have to wait.
[[nodiscard]] imap::proto::Command append_command(std::string_view mailbox, std::span<const AppendItem> items,
                                                  const AppendProof& proof,
                                                  const imap::proto::Capabilities& capabilities);

/// APPEND of one message whose bytes are streamed; always with a synchronising literal, so that the server can refuse
/// first.
[[nodiscard]] imap::proto::Command streamed_append_command(std::string_view mailbox, const MessageMeta& meta,
                                                           std::uint64_t size,
                                                           const imap::proto::Capabilities& capabilities);

}  // namespace imapferry::sync
