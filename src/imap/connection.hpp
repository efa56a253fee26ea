#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"
#include "imap/proto/command.hpp"
#include "imap/proto/engine.hpp"
#include "net/stream.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace imapferry::imap {

/// Receives one literal that is too large to be kept. While one of its calls is suspended the connection reads nothing
/// more, so that the server feels the backpressure; the time does not count against the server.
class LiteralSink {
 public:
  virtual ~LiteralSink() = default;
  virtual boost::asio::awaitable<void> begin(const proto::LiteralBegin& begin) = 0;
  /// `bytes` may be overwritten when this returns.
  virtual boost::asio::awaitable<void> write(std::string_view bytes) = 0;
  virtual boost::asio::awaitable<void> end() = 0;
};

/// Answers what a server asks in the course of a command (SASL).
class Answerer {
 public:
  virtual ~Answerer() = default;
  /// The line, without its end, for one "+" of the server.
  virtual core::Secret answer(std::string_view challenge) = 0;
};

struct ConnectionOptions {
  std::chrono::milliseconds timeout{120'000};  ///< how long nothing may move while an answer is awaited; 0: for ever
  proto::ParserLimits limits;
};

/// One IMAP connection: carries the bytes of a proto::Engine over a net::Stream. Any number of commands may be in
/// flight.
///
/// A reader, a writer and a watchdog run beside whoever sends commands. They share the state below with this handle and
/// end by themselves once the stream is closed, so a connection may be dropped at any time, also while unwinding an
/// error, where nothing can be awaited. A command is never cancelled alone: close() ends them all.
class Connection {
 public:
  /// Takes the stream over and waits for the greeting. Throws core::Error.
  static boost::asio::awaitable<std::unique_ptr<Connection>> open(std::unique_ptr<net::Stream> stream,
                                                                  ConnectionOptions options);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Sends a command and waits for its end. NO and BAD are results; throws core::Error when the connection is lost.
  boost::asio::awaitable<proto::CommandResult> execute(proto::Command command);
  /// The same; untagged data goes to `handler`, whose done() is called as well.
  boost::asio::awaitable<proto::CommandResult> execute(proto::Command command, proto::ResponseHandler& handler);

  /// Sends a command that ends in a dialogue, and answers what the server asks.
  boost::asio::awaitable<proto::CommandResult> converse(proto::Command command, Answerer& answerer);

  /// Sends a command whose answer the handler takes; for those who keep several in flight.
  proto::Engine::Ticket submit(proto::Command command, proto::ResponseHandler& handler);
  /// Waits until the streamed literal of a command may begin. False when the command was answered instead.
  boost::asio::awaitable<bool> ready_for_stream(proto::Engine::Ticket ticket, const bool& is_answered);
  /// Writes a chunk of a streamed literal; returns when it is on its way. Throws core::Error when the connection is
  /// lost.
  boost::asio::awaitable<void> write_chunk(proto::Engine::Ticket ticket, std::string_view chunk);

  /// Sends STARTTLS and, when it is accepted, throws away whatever came in the clear behind the answer (an attacker
  /// could have put it there), forgets the capabilities and negotiates TLS. NO and BAD are results. Throws core::Error.
  boost::asio::awaitable<proto::CommandResult> start_tls(const net::TlsOptions& options);

  /// Sends COMPRESS DEFLATE (RFC 4978) and, when it is accepted, compresses everything from there on. NO and BAD are
  /// results. Throws core::Error.
  boost::asio::awaitable<proto::CommandResult> compress();

  /// Ends the connection at once; every command that is in flight ends as lost with this failure.
  void close(core::Failure why);
  [[nodiscard]] bool is_open() const noexcept;
  class Closer;
  [[nodiscard]] Closer closer() const;
  /// Why it is not open any more.
  [[nodiscard]] const core::Failure& failure() const noexcept;

  [[nodiscard]] const proto::Greeting& greeting() const;
  [[nodiscard]] const proto::Capabilities& capabilities() const;
  [[nodiscard]] const net::Stream& stream() const;
  /// Who hears EXISTS and the like; null for nobody.
  void set_unsolicited(proto::UnsolicitedHandler* handler);

 private:
  struct State;
  explicit Connection(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

/// Closes a connection from afar, without keeping it alive.
class Connection::Closer {
 public:
  [[nodiscard]] bool is_open() const;
  /// Does nothing when the connection has ended already.
  void close(core::Failure why) const;

 private:
  friend class Connection;
  explicit Closer(std::weak_ptr<State> state) : state_(std::move(state)) {}
  std::weak_ptr<State> state_;
};

}  // namespace imapferry::imap
