#pragma once

#include "sync/batch.hpp"
#include "sync/context.hpp"
#include "sync/mailbox/mailbox_map.hpp"
#include "sync/message/message_change.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace imapferry::sync {

/// Applies the rules about texts to the messages of batches: expressions on the worker's thread, commands in processes
/// beside the loop.
class MessageChanger {
 public:
  /// Throws core::Error where an expression cannot be used with this mailbox pair's names.
  MessageChanger(const Context& context, const MailboxPair& pair);

  /// What becomes of each message of the batch that has arrived. The batch is not changed.
  boost::asio::awaitable<std::vector<ChangingMessage>> change(const Batch& batch);

  /// A larger message is not taken: it has to lie in memory as a whole.
  [[nodiscard]] std::size_t largest() const noexcept { return largest_; }

 private:
  boost::asio::awaitable<void> run_commands(std::vector<ChangingMessage>& messages);
  boost::asio::awaitable<void> run_commands_on(ChangingMessage& message);
  boost::asio::awaitable<void> run_on_long_lines(std::vector<ChangingMessage>& messages);
  boost::asio::awaitable<void> run_command(ChangingMessage& message, std::string_view option,
                                           const std::string& command);

  const Context& context_;
  MessageChange change_;
  std::size_t largest_;
};

}  // namespace imapferry::sync
