#pragma once

#include "core/condition.hpp"
#include "imap/session.hpp"
#include "sync/append.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace imapferry::sync {

/// Carries one message from the source's literal straight into the destination's, in the chunks that come from the
/// network. While the destination does not take a chunk, nothing more is read from the source.
class LargeMessage : public imap::proto::ResponseHandler, public imap::LiteralSink {
 public:
  LargeMessage(const boost::asio::any_io_executor& executor, imap::Session& source, imap::Session& destination,
               std::string mailbox, MessageMeta meta);

  struct Outcome {
    bool has_body = false;   ///< false: the source sent none
    std::uint64_t size = 0;  ///< as it really was
    bool has_nul = false;
    std::string header;                 ///< its first bytes, for reports
    imap::proto::CommandResult append;  ///< the destination's answer, when it has a body
  };
  /// Throws core::Error when a connection is lost. A destination in whose literal the source died is closed as well:
  /// there is no way to end a literal early.
  boost::asio::awaitable<Outcome> carry(imap::proto::Uid uid);

  void on(const imap::proto::Response& response) override;
  bool accepts(const imap::proto::FetchResponse& fetch) const override { return fetch.uid == 0 || fetch.uid == uid_; }
  imap::LiteralSink* literal_sink(const imap::proto::LiteralBegin& begin) override;
  void done(const imap::proto::CommandResult&) override {}

  boost::asio::awaitable<void> begin(const imap::proto::LiteralBegin& begin) override;
  boost::asio::awaitable<void> write(std::string_view bytes) override;
  boost::asio::awaitable<void> end() override;

 private:
  /// The end of the APPEND.
  class AppendEnd : public imap::proto::ResponseHandler {
   public:
    explicit AppendEnd(const boost::asio::any_io_executor& executor) : changed(executor) {}
    void done(const imap::proto::CommandResult& command_result) override {
      result = command_result;
      is_answered = true;
      changed.notify_all();
    }
    imap::proto::CommandResult result;
    bool is_answered = false;
    core::Condition changed;
  };

  void look_at(std::string_view bytes);
  boost::asio::awaitable<std::optional<core::Failure>> read();
  boost::asio::awaitable<void> append_small();

  imap::Session& source_;
  imap::Session& destination_;
  std::string mailbox_;
  MessageMeta meta_;
  imap::proto::Uid uid_ = 0;
  Outcome outcome_;
  AppendEnd append_end_;
  imap::proto::Engine::Ticket ticket_ = 0;
  std::uint64_t left_ = 0;                 ///< bytes of the literal that are still to come
  bool is_begun_ = false;                  ///< an APPEND was sent
  bool is_open_ = false;                   ///< its literal takes bytes
  bool is_given_up_ = false;               ///< the source was dropped for what the destination did
  std::optional<std::string> small_body_;  ///< it was not large after all
};

}  // namespace imapferry::sync
