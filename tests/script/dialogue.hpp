#pragma once

#include "imap/connection.hpp"
#include "imap/proto/engine.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::script {

/// One command of a dialogue and what it heard.
class Exchange : public imap::proto::ResponseHandler {
 public:
  [[nodiscard]] bool is_done() const noexcept { return ends == 1; }
  [[nodiscard]] bool is_ok() const noexcept { return is_done() && result.is_ok(); }
  [[nodiscard]] bool is(imap::proto::CommandResult::Outcome outcome) const noexcept {
    return is_done() && result.outcome == outcome;
  }

  imap::proto::Engine::Ticket ticket = 0;
  imap::proto::CommandResult result;
  int ends = 0;                    ///< how often done() was called
  std::vector<std::string> heard;  ///< untagged data as text
  std::string literal;             ///< "begin 5 ", the bytes, " end" of each literal that went to the sink

  /// FETCH data of these UIDs is taken; of all when there are none.
  std::set<imap::proto::Uid> uids;
  bool takes_literals = false;

 private:
  friend class Dialogue;
  class Sink : public imap::LiteralSink {
    // The engine alone never calls these: whoever drives it does.
    boost::asio::awaitable<void> begin(const imap::proto::LiteralBegin&) override { co_return; }
    boost::asio::awaitable<void> write(std::string_view) override { co_return; }
    boost::asio::awaitable<void> end() override { co_return; }
  };

  void on(const imap::proto::Response& response) override;
  bool accepts(const imap::proto::FetchResponse& fetch) const override;
  imap::LiteralSink* literal_sink(const imap::proto::LiteralBegin&) override {
    return takes_literals ? &sink_ : nullptr;
  }
  void done(const imap::proto::CommandResult& how) override;

  Sink sink_;
  // Bytes that the command borrows. They go in done(), so that a sanitizer sees whoever touches them later.
  std::vector<std::unique_ptr<char[]>> borrowed_;
};

/// Plays both sides around a proto::Engine, so that a test reads like an example of the RFC:
///
///   d.server("* OK ready\r\n");
///   Exchange& noop = d.submit(Command(CommandKind::noop, "NOOP"));
///   d.client("A1 NOOP\r\n");
///   d.server("A1 OK done\r\n");
///   CHECK(noop.is_ok());
class Dialogue : private imap::proto::UnsolicitedHandler {
 public:
  explicit Dialogue(const imap::proto::ParserLimits& limits = {});
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;

  Exchange& submit(imap::proto::Command command);
  /// A copy of the bytes that lives until the command that is submitted next has ended, and not longer.
  std::string_view lend(std::string_view bytes);

  /// The server sends this.
  void server(std::string_view text);
  /// The client sends just this, and all of it is written at once.
  void client(std::string_view expected);
  /// The client sends just this; the writing takes until written().
  void client_begins(std::string_view expected);
  void written();
  /// A chunk of the streamed literal of a command. The bytes live until the next one is offered.
  void offer(const Exchange& exchange, std::string_view chunk);
  /// Whether the chunk that was offered last is written.
  [[nodiscard]] bool is_chunk_written(const Exchange& exchange) const {
    return engine_.is_chunk_written(exchange.ticket);
  }
  [[nodiscard]] bool is_ready_for_stream(const Exchange& exchange) const {
    return engine_.is_ready_for_stream(exchange.ticket);
  }
  /// The connection ends.
  void end(core::Failure why);

  [[nodiscard]] imap::proto::Engine& engine() noexcept { return engine_; }
  /// The engine asked for the connection to be closed at once; it was.
  [[nodiscard]] bool is_dropped() const noexcept { return is_dropped_; }
  [[nodiscard]] std::string drop_reason() const { return is_dropped_ ? engine_.failure().describe() : std::string(); }
  /// What belonged to no command, as text.
  std::vector<std::string> unsolicited;

 private:
  friend class Playback;
  struct Interrupted {};

  void step();
  void feed(std::string_view text);
  void drain();
  void take(imap::proto::Engine::Next next);
  std::string take_output();
  void note_answers(std::string_view text);
  void check_ends() const;
  Exchange* owner_of(const imap::LiteralSink* sink);
  void on_unsolicited(const imap::proto::Response& response) override;

  imap::proto::Engine engine_;
  std::deque<Exchange> exchanges_;
  std::vector<std::unique_ptr<char[]>> lent_;
  std::unique_ptr<char[]> chunk_;
  std::string received_;
  std::set<std::size_t> answered_;  ///< numbers of the tags that the server has answered
  bool is_dropped_ = false;

  std::size_t steps_ = 0;
  std::size_t server_bytes_ = 0;
  std::optional<std::size_t> interrupted_at_;  ///< the step before which the connection is lost
  std::optional<std::size_t> cut_at_;          ///< the server's bytes come in two parts; 0: one by one
};

/// Plays a dialogue as it is, then with the connection lost before each of its steps, then with the server's bytes cut
/// at each place, then byte by byte. Whatever happens, each command ends once, and as lost unless it was answered.
void play_every_way(const std::function<void(Dialogue&)>& scene, const imap::proto::ParserLimits& limits = {});

}  // namespace imapferry::script
