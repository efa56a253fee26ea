#include "sync/message_changer.hpp"

#include "core/task_group.hpp"
#include "sync/command_filter.hpp"
#include "sync/message/identity.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using Fate = ChangingMessage::Fate;

namespace {

// Some servers take messages of so many bytes; in a small memory they go through the rules one at a time.
constexpr std::size_t least_largest = std::size_t{64} << 20;
// A text may grow, but not without end.
constexpr std::size_t room_to_grow = std::size_t{16} << 20;

MessageChange compiled(const Context& context, const MailboxPair& pair) {
  const config::AccountSpec& account = context.account;
  core::Result<MessageChange> change = MessageChange::compile(
      context.rules.messages,
      MessageChange::variables(account.source.user, account.destination.user, pair.source.wire, pair.destination_wire));
  if (!change) throw core::Error(change.error());
  return std::move(*change);
}

}  // namespace

MessageChanger::MessageChanger(const Context& context, const MailboxPair& pair)
    : context_(context), change_(compiled(context, pair)), largest_(std::max(least_largest, context.memory.total())) {}

awaitable<std::vector<ChangingMessage>> MessageChanger::change(const Batch& batch) {
  std::vector<ChangingMessage> messages;
  for (const Batch::Item& item : batch.items()) {
    if (item.state != Batch::Item::State::arrived) continue;
    ChangingMessage& message = messages.emplace_back();
    message.uid = item.uid;
    message.text = batch.bytes_of(item);
  }
  std::function<void()> begin = [this, &messages] {
    for (ChangingMessage& message : messages) {
      message.needs_id = context_.rules.messages.add_id && lacks_id(header_of(message.text));
      change_.begin(message, message.text.size() + room_to_grow);
    }
  };
  co_await context_.worker.run(std::move(begin));
  co_await run_commands(messages);
  std::function<void()> finish = [this, &messages] {
    for (ChangingMessage& message : messages) {
      if (message.fate == Fate::goes_on) change_.finish(message);
    }
  };
  co_await context_.worker.run(std::move(finish));
  co_await run_on_long_lines(messages);
  for (ChangingMessage& message : messages) {
    if (message.fate == Fate::goes_on) MessageChange::seal(message);
  }
  co_return messages;
}

awaitable<void> MessageChanger::run_commands(std::vector<ChangingMessage>& messages) {
  if (context_.rules.messages.commands.empty()) co_return;
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup tasks(executor);
  for (ChangingMessage& message : messages) {
    if (message.fate == Fate::goes_on) tasks.spawn(run_commands_on(message));
  }
  co_await tasks.join();
}

awaitable<void> MessageChanger::run_commands_on(ChangingMessage& message) {
  for (const std::string& command : context_.rules.messages.commands) {
    co_await run_command(message, "--pipemess", command);
    if (message.fate != Fate::goes_on) break;
  }
}

awaitable<void> MessageChanger::run_on_long_lines(std::vector<ChangingMessage>& messages) {
  if (context_.rules.messages.long_line_command.empty()) co_return;
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup tasks(executor);
  for (ChangingMessage& message : messages) {
    if (message.fate != Fate::goes_on || !message.has_long_line) continue;
    tasks.spawn(run_command(message, "--maxlinelengthcmd", context_.rules.messages.long_line_command));
  }
  co_await tasks.join();
}

awaitable<void> MessageChanger::run_command(ChangingMessage& message, std::string_view option,
                                            const std::string& command) {
  const core::Semaphore::Permit place = co_await context_.processes.acquire();
  FilterLimits limits;
  limits.time = context_.rules.messages.command_time;
  limits.output = message.text.size() + room_to_grow;
  core::Result<std::string> text = co_await filter(command, message.text, limits);
  if (!text) {
    message.refuse(text.error().within(option));
    co_return;
  }
  if (*text == message.text) co_return;
  message.text = std::move(*text);
  message.note_change(option);
}

}  // namespace imapferry::sync
