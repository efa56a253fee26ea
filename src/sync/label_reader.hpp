#pragma once

#include "core/failure.hpp"
#include "imap/session.hpp"
#include "sync/message/label_index.hpp"
#include "sync/message/mailbox_index.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace imapferry::sync {

/// Reads Gmail's labels of some messages of the selected mailbox. A refusal is the result; throws core::Error when the
/// connection is lost.
boost::asio::awaitable<std::optional<core::Failure>> read_labels(imap::Session& session, const MailboxIndex& index,
                                                                 const imap::proto::UidSet& uids, LabelIndex& labels);

}  // namespace imapferry::sync
