#pragma once

#include "core/semaphore.hpp"
#include "imap/connection.hpp"
#include "imap/proto/engine.hpp"
#include "sync/append.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::sync {

/// Some messages on their way from a FETCH to an APPEND: their bytes lie back to back in one buffer.
class Batch {
 public:
  struct Item {
    enum class State {
      expected,   ///< asked for
      arrived,    ///< all of it is in the buffer
      duplicate,  ///< turned out to be the same as another: dropped
      oversized,  ///< much larger than the server had said: to be copied by itself
      empty,      ///< the server sent no body (NIL)
      left_out,   ///< a rule leaves it out
      spoilt,     ///< it could not be changed as the rules ask
    };
    Item(std::uint32_t position_in_index, imap::proto::Uid number, std::uint64_t announced, MessageMeta what)
        : position(position_in_index), uid(number), size(announced), meta(std::move(what)) {}
    std::uint32_t position;  ///< in the source's index
    imap::proto::Uid uid;
    std::uint64_t size;  ///< announced, then real, then that of the changed text
    MessageMeta meta;
    std::size_t offset = 0;
    State state = State::expected;
    std::shared_ptr<const std::string> changed;  ///< what the rules have made of it, where that is something else
  };

  void add(Item item);
  [[nodiscard]] std::vector<Item>& items() noexcept { return items_; }
  [[nodiscard]] const std::vector<Item>& items() const noexcept { return items_; }
  [[nodiscard]] std::uint64_t announced_bytes() const noexcept { return announced_bytes_; }
  [[nodiscard]] std::string_view bytes_of(const Item& item) const {
    return item.changed ? std::string_view(*item.changed) : std::string_view(data_).substr(item.offset, item.size);
  }
  /// The UIDs of what has not arrived yet, as a command takes them.
  [[nodiscard]] std::string uid_set() const;
  [[nodiscard]] Item* find(imap::proto::Uid uid);

  core::Semaphore::Permit memory;  ///< what was reserved for it; goes back with it
  core::Semaphore::Permit place;   ///< among the batches in flight

 private:
  friend class BatchReader;
  std::vector<Item> items_;
  std::uint64_t announced_bytes_ = 0;
  std::string data_;
};

/// Takes the messages of one batch out of the FETCH stream.
class BatchReader : public imap::proto::ResponseHandler, public imap::LiteralSink {
 public:
  /// `is_wanted` looks at a message that has arrived (a duplicate can only be told then); false drops it.
  using Admission = std::function<bool(Batch::Item& item, std::string_view bytes)>;
  BatchReader(Batch& batch, Admission is_wanted);

  void on(const imap::proto::Response& response) override;
  bool accepts(const imap::proto::FetchResponse& fetch) const override;
  imap::LiteralSink* literal_sink(const imap::proto::LiteralBegin& begin) override;
  void done(const imap::proto::CommandResult&) override {}

  boost::asio::awaitable<void> begin(const imap::proto::LiteralBegin& begin) override;
  boost::asio::awaitable<void> write(std::string_view bytes) override;
  boost::asio::awaitable<void> end() override;

 private:
  void arrived(Batch::Item& item, std::size_t offset, std::uint64_t size);
  [[nodiscard]] bool has_room_for(std::uint64_t size) const;

  Batch& batch_;
  Admission is_wanted_;
  std::size_t streamed_offset_ = 0;
  bool is_skipping_ = false;
  bool has_literal_ = false;  ///< a literal was streamed to this reader, and its response is to come
};

}  // namespace imapferry::sync
