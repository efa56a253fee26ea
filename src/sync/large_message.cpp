#include "sync/large_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using imap::proto::FetchResponse;

namespace {

// When the destination refuses a message, so much of it is read and thrown away; for more, a new connection is cheaper.
constexpr std::uint64_t largest_drain = 1 << 20;
constexpr std::size_t header_kept = 8 << 10;

}  // namespace

LargeMessage::LargeMessage(const boost::asio::any_io_executor& executor, imap::Session& source,
                           imap::Session& destination, std::string mailbox, MessageMeta meta)
    : source_(source), destination_(destination), mailbox_(std::move(mailbox)), meta_(std::move(meta)),
      append_end_(executor) {}

imap::LiteralSink* LargeMessage::literal_sink(const imap::proto::LiteralBegin& begin) {
  return begin.section.section.empty() && !is_begun_ ? this : nullptr;
}

awaitable<void> LargeMessage::begin(const imap::proto::LiteralBegin& begin) {
  is_begun_ = true;
  outcome_.has_body = true;
  outcome_.size = begin.section.size;
  left_ = begin.section.size;
  ticket_ = destination_.connection().submit(
      streamed_append_command(mailbox_, meta_, outcome_.size, destination_.capabilities()), append_end_);
  is_open_ = co_await destination_.connection().ready_for_stream(ticket_, append_end_.is_answered);
  if (!is_open_ && left_ > largest_drain) {
    is_given_up_ = true;
    throw core::Error(core::Fault::closed, "the rest of a message that the destination does not take was not read");
  }
}

awaitable<void> LargeMessage::write(std::string_view bytes) {
  look_at(bytes);
  left_ -= std::min<std::uint64_t>(left_, bytes.size());
  if (!is_open_) co_return;
  try {
    co_await destination_.connection().write_chunk(ticket_, bytes);
  } catch (const core::Error&) {
    // The destination is gone: append_end_ knows why. The source's literal is read to its end or dropped with the
    // connection.
    is_open_ = false;
  }
  if (!is_open_ && left_ > largest_drain) {
    is_given_up_ = true;
    throw core::Error(core::Fault::closed, "the rest of a message that the destination does not take was not read");
  }
}

awaitable<void> LargeMessage::end() { co_return; }

void LargeMessage::look_at(std::string_view bytes) {
  if (outcome_.header.size() < header_kept) outcome_.header += bytes.substr(0, header_kept - outcome_.header.size());
  outcome_.has_nul = outcome_.has_nul || bytes.find('\0') != std::string_view::npos;
}

void LargeMessage::on(const imap::proto::Response& response) {
  const auto* fetch = std::get_if<FetchResponse>(&response);
  if (fetch == nullptr || is_begun_) return;
  for (const auto& section : fetch->sections) {
    if (!section.section.empty() || section.nil || section.streamed) continue;
    small_body_ = std::string(section.data);
  }
}

awaitable<void> LargeMessage::append_small() {
  is_begun_ = true;
  outcome_.has_body = true;
  outcome_.size = small_body_->size();
  look_at(*small_body_);
  const AppendItem item{&meta_, *small_body_};
  const AppendProof nothing_proven;
  imap::proto::Command command =
      append_command(mailbox_, std::span(&item, 1), nothing_proven, destination_.capabilities());
  destination_.connection().submit(std::move(command), append_end_);
  while (!append_end_.is_answered) co_await append_end_.changed.wait();
}

/// Reads the message; what the source's connection was lost of, if it was.
awaitable<std::optional<core::Failure>> LargeMessage::read() {
  try {
    const std::string uids = fmt::format("{}", uid_);
    const imap::proto::CommandResult fetched = co_await source_.uid_fetch(uids, "(UID BODY.PEEK[])", *this);
    if (!fetched.is_ok() && !is_begun_) outcome_.append = fetched;
    co_return std::nullopt;
  } catch (const core::Error& error) {
    co_return error.failure();
  }
}

awaitable<LargeMessage::Outcome> LargeMessage::carry(imap::proto::Uid uid) {
  uid_ = uid;
  const std::optional<core::Failure> source_failure = co_await read();
  if (source_failure && is_open_ && left_ > 0 && !append_end_.is_answered) {
    destination_.connection().close(
        core::Failure{core::Fault::closed, "the source's connection was lost in the middle of a message", {}});
  }
  if (small_body_ && !source_failure) co_await append_small();
  while (is_begun_ && !append_end_.is_answered) co_await append_end_.changed.wait();
  const bool is_refused = is_begun_ && append_end_.result.outcome != imap::proto::CommandResult::Outcome::lost;
  // What the destination did counts, also when reading the rest of the message was given up because of it.
  if (source_failure && !is_refused && !is_given_up_) throw core::Error(*source_failure);
  if (is_begun_) outcome_.append = append_end_.result;
  if (outcome_.append.outcome == imap::proto::CommandResult::Outcome::lost && is_begun_)
    throw core::Error(outcome_.append.failure);
  co_return std::move(outcome_);
}

}  // namespace imapferry::sync
