#include "imap/connection.hpp"

#include "core/condition.hpp"
#include "imap/proto/refusal.hpp"
#include "imap/read_buffer.hpp"
#include "net/deflate_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>

#include <utility>

namespace imapferry::imap {

namespace asio = boost::asio;
using asio::awaitable;
using core::Fault;
using Clock = std::chrono::steady_clock;

struct Connection::State : proto::UnsolicitedHandler, std::enable_shared_from_this<Connection::State> {
  State(const asio::any_io_executor& executor, std::unique_ptr<net::Stream> bytes, ConnectionOptions wanted)
      : stream(std::move(bytes)), options(std::move(wanted)), engine(*this, options.limits),
        something_to_write(executor), changed(executor), watchdog(executor), last_progress(Clock::now()) {}

  void on_unsolicited(const proto::Response& response) override {
    if (unsolicited != nullptr) unsolicited->on_unsolicited(response);
  }

  void progress() {
    last_progress = Clock::now();
    changed.notify_all();
  }

  void kick_writer() { something_to_write.notify_all(); }

  /// The one way out: everybody who waits is told, the tasks end.
  void fail(core::Failure why) {
    if (is_closed) return;
    is_closed = true;
    failure = std::move(why);
    stream->close();
    watchdog.cancel();
    engine.lost(failure);
    something_to_write.notify_all();
    changed.notify_all();
  }

  core::Failure end_of_stream() const {
    if (!engine.has_said_bye())
      return core::Failure{Fault::closed, "the server closed the connection without a word", {}};
    // "Come back later" is the one thing in a goodbye that decides what to do next.
    const Fault meaning = proto::fault_of(engine.bye_code(), engine.bye_text(), Fault::closed);
    const Fault fault = meaning == Fault::unavailable ? meaning : Fault::closed;
    return core::Failure{fault, "the server said goodbye and closed the connection", engine.bye_text()};
  }

  [[nodiscard]] bool is_waiting_for_server() const {
    return !is_delivering && (engine.pending() > 0 || !engine.greeting() || is_handshaking);
  }
  /// After the answer to STARTTLS or COMPRESS nothing more may be read, or even looked at, in the clear; also when the
  /// answer comes before the end of our own write, with which alone the command ends.
  [[nodiscard]] bool has_to_pause() const { return is_changing_stream && !engine.has_unanswered(); }

  void start_reader();
  proto::Engine::Ticket submit(proto::Command command, proto::ResponseHandler& handler);
  awaitable<proto::CommandResult> execute(proto::Command command, proto::ResponseHandler* handler);
  awaitable<void> read_loop();
  awaitable<bool> read_more(std::size_t at_least);
  awaitable<bool> digest();
  awaitable<void> deliver(proto::Engine::Next next);
  awaitable<void> write_loop();
  awaitable<void> watch();

  std::unique_ptr<net::Stream> stream;
  ConnectionOptions options;
  proto::Engine engine;
  ReadBuffer input;
  core::Condition something_to_write;
  core::Condition changed;
  asio::steady_timer watchdog;
  Clock::time_point last_progress;
  proto::UnsolicitedHandler* unsolicited = nullptr;
  core::Failure failure;
  bool is_closed = false;
  bool is_delivering = false;  ///< the reader waits for a sink of ours, not for the server
  bool is_reading = false;     ///< a read is in flight
  bool has_reader = false;
  bool is_changing_stream = false;
  bool is_handshaking = false;
};

awaitable<bool> Connection::State::read_more(std::size_t at_least) {
  const std::span<char> space = input.prepare(at_least);
  is_reading = true;
  std::size_t received = 0;
  try {
    received = co_await stream->read_some(space);
  } catch (const core::Error& error) {
    is_reading = false;
    fail(error.failure());
    co_return false;
  }
  is_reading = false;
  if (received == 0) {
    fail(end_of_stream());
    co_return false;
  }
  input.commit(received);
  progress();
  co_return true;
}

/// Carries everything that is buffered through the engine. False when the connection has ended.
awaitable<bool> Connection::State::digest() {
  while (!is_closed) {
    const proto::Engine::Step step = engine.feed(input.data());
    if (step.next == proto::Engine::Next::drop) {
      fail(engine.failure());
      co_return false;
    }
    if (step.next == proto::Engine::Next::need_input) {
      input.consume(step.consumed);
      co_return true;
    }
    if (step.next != proto::Engine::Next::progress) co_await deliver(step.next);
    // Only now: what was delivered are views into the buffer.
    input.consume(step.consumed);
    if (has_to_pause()) co_return true;
  }
  co_return false;
}

awaitable<void> Connection::State::deliver(proto::Engine::Next next) {
  LiteralSink* sink = engine.sink();
  if (sink == nullptr) co_return;
  is_delivering = true;
  try {
    if (next == proto::Engine::Next::literal_begin) {
      co_await sink->begin(engine.literal());
    } else if (next == proto::Engine::Next::literal_chunk) {
      co_await sink->write(engine.chunk());
    } else {
      co_await sink->end();
    }
  } catch (const core::Error& error) {
    fail(error.failure());
  }
  is_delivering = false;
  last_progress = Clock::now();
  if (is_closed) changed.notify_all();
}

void Connection::State::start_reader() {
  has_reader = true;
  asio::co_spawn(changed.executor(), read_loop(), asio::detached);
}

awaitable<void> Connection::State::read_loop() {
  const auto self = shared_from_this();
  while (!is_closed) {
    const bool is_alive = co_await digest();
    kick_writer();
    changed.notify_all();
    if (!is_alive || has_to_pause()) break;
    const bool has_more = co_await read_more(engine.wants_input());
    if (!has_more) break;
  }
  has_reader = false;
  changed.notify_all();
}

awaitable<void> Connection::State::write_loop() {
  const auto self = shared_from_this();
  while (!is_closed) {
    const auto pieces = engine.output();
    if (pieces.empty()) {
      co_await something_to_write.wait();
      continue;
    }
    try {
      co_await stream->write(pieces);
    } catch (const core::Error& error) {
      // The server may have said why before it closed: the reader finds its words, and ends the connection at the end
      // of stream.
      if (!is_reading) fail(error.failure());
      co_return;
    }
    engine.wrote();
    progress();
  }
}

/// One timer a connection: it sleeps until the stored deadline and looks again.
awaitable<void> Connection::State::watch() {
  const auto self = shared_from_this();
  if (options.timeout.count() <= 0) co_return;
  while (!is_closed) {
    const auto deadline = is_waiting_for_server() ? last_progress + options.timeout : Clock::now() + options.timeout;
    watchdog.expires_at(deadline);
    co_await watchdog.async_wait(asio::as_tuple(asio::use_awaitable));
    if (is_closed) break;
    if (is_waiting_for_server() && Clock::now() - last_progress >= options.timeout) {
      fail(core::Failure{
          Fault::timeout,
          fmt::format("nothing came from the server for {} s", static_cast<double>(options.timeout.count()) / 1000.0),
          {}});
    }
  }
}

awaitable<std::unique_ptr<Connection>> Connection::open(std::unique_ptr<net::Stream> stream,
                                                        ConnectionOptions options) {
  const auto executor = co_await asio::this_coro::executor;
  auto state = std::make_shared<State>(executor, std::move(stream), std::move(options));
  state->start_reader();
  asio::co_spawn(executor, state->write_loop(), asio::detached);
  asio::co_spawn(executor, state->watch(), asio::detached);
  std::unique_ptr<Connection> connection(new Connection(state));
  while (!state->is_closed && !state->engine.greeting()) co_await state->changed.wait();
  // A server that greets with BYE may have closed the connection by now.
  if (state->engine.greeting() && state->engine.greeting()->condition == proto::Condition::bye) {
    const core::Failure refused{Fault::unavailable, "the server refuses the connection", state->engine.bye_text()};
    state->fail(refused);
    throw core::Error(refused);
  }
  if (state->is_closed) throw core::Error(state->failure);
  co_return connection;
}

Connection::~Connection() { state_->fail(core::Failure{Fault::closed, "the connection was closed by us", {}}); }

namespace {

/// Lets a coroutine wait for the end of a command, and passes its data on. It has a condition of its own: with many
/// commands in flight, waking all of them for every few bytes would cost more than the bytes.
class Waiter : public proto::ResponseHandler {
 public:
  Waiter(const asio::any_io_executor& executor, proto::ResponseHandler* next) : next_(next), is_over_(executor) {}
  void on(const proto::Response& response) override {
    if (next_ != nullptr) next_->on(response);
  }
  bool accepts(const proto::FetchResponse& fetch) const override { return next_ == nullptr || next_->accepts(fetch); }
  LiteralSink* literal_sink(const proto::LiteralBegin& begin) override {
    return next_ != nullptr ? next_->literal_sink(begin) : nullptr;
  }
  void done(const proto::CommandResult& result) override {
    result_ = result;
    is_done_ = true;
    if (next_ != nullptr) next_->done(result);
    is_over_.notify_all();
  }
  awaitable<void> wait() { return is_over_.wait(); }
  [[nodiscard]] bool is_done() const noexcept { return is_done_; }
  [[nodiscard]] proto::CommandResult& result() noexcept { return result_; }

 private:
  proto::ResponseHandler* next_;
  core::Condition is_over_;
  proto::CommandResult result_;
  bool is_done_ = false;
};

}  // namespace

proto::Engine::Ticket Connection::State::submit(proto::Command command, proto::ResponseHandler& handler) {
  if (is_closed) {
    proto::CommandResult result;
    result.failure = failure;
    handler.done(result);
    return 0;
  }
  if (!is_waiting_for_server()) last_progress = Clock::now();
  const auto ticket = engine.submit(std::move(command), handler);
  kick_writer();
  return ticket;
}

awaitable<proto::CommandResult> Connection::State::execute(proto::Command command, proto::ResponseHandler* handler) {
  const auto self = shared_from_this();
  Waiter waiter(changed.executor(), handler);
  submit(std::move(command), waiter);
  while (!waiter.is_done()) co_await waiter.wait();
  // When the connection is lost, a sink that waits for somebody else is still in use: it must not go before it is at
  // rest.
  while (is_closed && is_delivering) co_await changed.wait();
  if (waiter.result().outcome == proto::CommandResult::Outcome::lost) throw core::Error(waiter.result().failure);
  co_return std::move(waiter.result());
}

awaitable<proto::CommandResult> Connection::execute(proto::Command command) {
  return state_->execute(std::move(command), nullptr);
}

awaitable<proto::CommandResult> Connection::execute(proto::Command command, proto::ResponseHandler& handler) {
  return state_->execute(std::move(command), &handler);
}

proto::Engine::Ticket Connection::submit(proto::Command command, proto::ResponseHandler& handler) {
  return state_->submit(std::move(command), handler);
}

namespace {

/// Hears the questions of a dialogue and its end.
class Questions : public proto::ResponseHandler {
 public:
  explicit Questions(const asio::any_io_executor& executor) : changed(executor) {}
  void on(const proto::Response& response) override {
    const auto* question = std::get_if<proto::ContinuationResponse>(&response);
    if (question == nullptr) return;
    challenge = question->text;
    is_asked = true;
    changed.notify_all();
  }
  void done(const proto::CommandResult& ended) override {
    result = ended;
    is_done = true;
    changed.notify_all();
  }

  core::Condition changed;
  std::string challenge;
  bool is_asked = false;
  bool is_done = false;
  proto::CommandResult result;
};

}  // namespace

awaitable<proto::CommandResult> Connection::converse(proto::Command command, Answerer& answerer) {
  const auto state = state_;
  Questions questions(state->changed.executor());
  const auto ticket = state->submit(std::move(command), questions);
  core::Secret line;
  while (!questions.is_done) {
    if (std::exchange(questions.is_asked, false)) {
      while (!state->is_closed && !state->engine.is_chunk_written(ticket)) co_await state->changed.wait();
      if (questions.is_done) break;
      line = core::line_of(answerer.answer(questions.challenge));
      state->engine.offer(ticket, line.reveal());
      state->kick_writer();
    }
    // The line is in use until the next question, or the end.
    co_await questions.changed.wait();
  }
  if (questions.result.outcome == proto::CommandResult::Outcome::lost) throw core::Error(questions.result.failure);
  co_return std::move(questions.result);
}

awaitable<bool> Connection::ready_for_stream(proto::Engine::Ticket ticket, const bool& is_answered) {
  const auto state = state_;
  while (!state->is_closed && !is_answered && !state->engine.is_ready_for_stream(ticket))
    co_await state->changed.wait();
  co_return !state->is_closed && !is_answered;
}

awaitable<void> Connection::write_chunk(proto::Engine::Ticket ticket, std::string_view chunk) {
  const auto state = state_;
  if (state->is_closed) throw core::Error(state->failure);
  state->engine.offer(ticket, chunk);
  state->kick_writer();
  while (!state->is_closed && !state->engine.is_chunk_written(ticket)) co_await state->changed.wait();
  if (state->is_closed) throw core::Error(state->failure);
}

awaitable<proto::CommandResult> Connection::start_tls(const net::TlsOptions& options) {
  const auto state = state_;
  state->is_changing_stream = true;
  proto::Command command(proto::CommandKind::starttls, "STARTTLS");
  command.alone();
  proto::CommandResult result = co_await state->execute(std::move(command), nullptr);
  while (state->has_reader) co_await state->changed.wait();
  if (result.is_ok()) {
    state->input.clear();
    state->engine.forget_capabilities();
    state->is_handshaking = true;
    state->last_progress = Clock::now();
    core::Failure failure;
    bool has_failed = false;
    try {
      co_await state->stream->start_tls(options);
    } catch (const core::Error& error) {
      failure = error.failure();
      has_failed = true;
    }
    state->is_handshaking = false;
    if (has_failed) {
      state->fail(failure);
      throw core::Error(state->failure);
    }
  }
  state->is_changing_stream = false;
  state->start_reader();
  co_return result;
}

awaitable<proto::CommandResult> Connection::compress() {
  const auto state = state_;
  state->is_changing_stream = true;
  proto::Command command(proto::CommandKind::compress, "COMPRESS DEFLATE");
  command.alone();
  proto::CommandResult result = co_await state->execute(std::move(command), nullptr);
  while (state->has_reader) co_await state->changed.wait();
  if (state->is_closed) throw core::Error(state->failure);
  if (result.is_ok()) {
    // What came behind the answer is compressed.
    const std::span<const char> received = state->input.data();
    state->stream = std::make_unique<net::DeflateStream>(std::move(state->stream),
                                                         std::string_view(received.data(), received.size()));
    state->input.clear();
  }
  state->is_changing_stream = false;
  state->start_reader();
  co_return result;
}

void Connection::close(core::Failure why) { state_->fail(std::move(why)); }

Connection::Closer Connection::closer() const { return Closer(state_); }

bool Connection::Closer::is_open() const {
  const auto state = state_.lock();
  return state && !state->is_closed;
}

void Connection::Closer::close(core::Failure why) const {
  if (const auto state = state_.lock()) state->fail(std::move(why));
}

bool Connection::is_open() const noexcept { return !state_->is_closed; }

const core::Failure& Connection::failure() const noexcept { return state_->failure; }

const proto::Greeting& Connection::greeting() const { return *state_->engine.greeting(); }

const proto::Capabilities& Connection::capabilities() const { return state_->engine.capabilities(); }

const net::Stream& Connection::stream() const { return *state_->stream; }

void Connection::set_unsolicited(proto::UnsolicitedHandler* handler) { state_->unsolicited = handler; }

}  // namespace imapferry::imap
