#pragma once

#include "imap/proto/labels.hpp"
#include "imap/proto/uid_set.hpp"
#include "sync/message/label_index.hpp"
#include "sync/message/label_translator.hpp"
#include "sync/message/mailbox_index.hpp"
#include "sync/message/match.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace imapferry::sync {

/// Which messages on the destination get a label, and which lose it: one command for each label, however many messages.
struct LabelPlan {
  struct Messages {
    imap::proto::UidSet added, removed;
  };
  std::map<std::string, Messages, imap::proto::LabelLess> labels;
  std::uint64_t messages = 0;  ///< that change
};

/// A message on the source, by its position, and its copy.
struct LabelledCopy {
  std::uint32_t source = 0;
  imap::proto::Uid copy = 0;
};

/// What gives copies the labels of their sources. A copy loses none: Gmail may have made one message of it and of
/// another that was there.
[[nodiscard]] LabelPlan plan_additions(std::span<const LabelledCopy> copies, const LabelIndex& source,
                                       const LabelTranslator& translate);

/// What makes the labels of messages on the destination those of their source. Messages whose labels one of the servers
/// has not told are left as they are.
[[nodiscard]] LabelPlan plan_replacements(std::span<const Matches::Pair> pairs, const LabelIndex& source,
                                          const MailboxIndex& destination, const LabelIndex& destination_labels,
                                          const LabelTranslator& translate);

}  // namespace imapferry::sync
