#pragma once

#include "sync/mailbox_pass.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>

namespace imapferry::sync {

/// When the destination holds more than was there and what this attempt has copied, something else came in. It may be a
/// batch of a run that was killed, or of a connection that was lost, which the server had received in full and stored
/// after we had looked. Those of our own messages that are there twice by that are taken back. Throws core::Error.
boost::asio::awaitable<void> take_back_doubled(MailboxPass& pass, std::uint64_t copied);

}  // namespace imapferry::sync
