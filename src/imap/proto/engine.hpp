#pragma once

#include "core/failure.hpp"
#include "imap/proto/command.hpp"
#include "imap/proto/parser.hpp"
#include "imap/proto/response.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::imap {
class LiteralSink;
}

namespace imapferry::imap::proto {

/// How a command ended.
struct CommandResult {
  enum class Outcome {
    ok,
    no,    ///< refused; the connection goes on
    bad,   ///< not understood; after an APPEND the connection is dropped
    lost,  ///< the connection ended first: whether the server carried it out is unknown
  };
  Outcome outcome = Outcome::lost;
  std::string code;       ///< response code in upper case: "APPENDUID"
  std::string argument;   ///< of the code
  std::string text;       ///< the server's words
  core::Failure failure;  ///< why the connection was lost

  [[nodiscard]] bool is_ok() const noexcept { return outcome == Outcome::ok; }
  /// "[CODE] text", for people.
  [[nodiscard]] std::string server_text() const;
};

/// Whoever sent a command hears of its answers here. Called from Engine::feed and Engine::lost; must outlive the
/// command.
class ResponseHandler {
 public:
  virtual ~ResponseHandler() = default;
  /// Untagged data that belongs to the command, and each "+" of a dialogue. Views die when this returns.
  virtual void on(const Response& response);
  /// Whether FETCH data is an answer to this command rather than to a later one or to none.
  virtual bool accepts(const FetchResponse& fetch) const;
  /// Where the bytes of a literal too large to be kept go; null throws them away.
  virtual LiteralSink* literal_sink(const LiteralBegin& begin);
  /// The last call for this command.
  virtual void done(const CommandResult& result) = 0;
};

/// Hears what belongs to no command: EXISTS at any time, BYE, ALERT.
class UnsolicitedHandler {
 public:
  virtual ~UnsolicitedHandler() = default;
  virtual void on_unsolicited(const Response& response) = 0;
};

/// The first words of a server.
struct Greeting {
  Condition condition = Condition::ok;
  std::string text;
};

/// The whole client side of an IMAP connection as a state machine: tags, pipeline, continuations, routing of what the
/// server says. No sockets and no clock: whoever drives it carries bytes in (feed) and out (output, wrote).
///
///   queued ──► writing ──► written ──► answered
///                │  ▲
///                ▼  │ "+"
///              waiting            (also: answered while waiting, when the server refuses a literal)
///
/// Commands are never cancelled one by one; lost() ends them all, so nobody is left in the dark about a half-written
/// one.
class Engine {
 public:
  using Ticket = std::uint64_t;

  enum class Next {
    need_input,     ///< read at least wants_input() bytes more and feed again
    progress,       ///< something was handled: feed again with what is left
    literal_begin,  ///< sink() gets literal() bytes
    literal_chunk,  ///< sink() gets chunk()
    literal_end,
    drop,  ///< close the connection at once: failure() says why
  };

  explicit Engine(UnsolicitedHandler& unsolicited, ParserLimits limits = {});

  /// Puts a command in the pipeline. The handler hears of it until done().
  Ticket submit(Command command, ResponseHandler& handler);
  /// Hands over the next bytes of a streamed literal, or the line that answers a "+" of a dialogue; alive until
  /// is_chunk_written.
  void offer(Ticket ticket, std::string_view chunk);
  [[nodiscard]] bool is_chunk_written(Ticket ticket) const;
  /// Whether the server has said "+" for the streamed literal, or no such word is needed: offer() will be written.
  [[nodiscard]] bool is_ready_for_stream(Ticket ticket) const;

  /// What to write now: views that stay valid until wrote(). Empty when there is nothing to write.
  std::span<const std::string_view> output();
  /// Everything that output() returned last was written.
  void wrote();

  struct Step {
    std::size_t consumed = 0;
    Next next = Next::need_input;
  };
  /// Looks at all unconsumed bytes of the server.
  Step feed(std::span<const char> input);
  [[nodiscard]] std::size_t wants_input() const noexcept { return wants_input_; }
  [[nodiscard]] LiteralSink* sink() const noexcept { return sink_; }
  [[nodiscard]] std::string_view chunk() const noexcept { return chunk_; }
  [[nodiscard]] const LiteralBegin& literal() const noexcept { return literal_; }
  [[nodiscard]] const core::Failure& failure() const noexcept { return failure_; }

  /// The connection has ended: every command that is not done ends as lost. With words of BYE when there were any.
  void lost(core::Failure failure);
  /// After STARTTLS was accepted and what was buffered was thrown away: the server's earlier claims count no more.
  void forget_capabilities() { capabilities_ = {}; }

  [[nodiscard]] const std::optional<Greeting>& greeting() const noexcept { return greeting_; }
  [[nodiscard]] const Capabilities& capabilities() const noexcept { return capabilities_; }
  void set_capabilities(Capabilities capabilities) { capabilities_ = std::move(capabilities); }
  /// Commands that are not done, written or not.
  [[nodiscard]] std::size_t pending() const noexcept { return pending_.size(); }
  /// Whether one of them has no answer yet. (One that has ends when its bytes are written.)
  [[nodiscard]] bool has_unanswered() const noexcept;
  [[nodiscard]] bool has_said_bye() const noexcept { return has_bye_; }
  [[nodiscard]] const std::string& bye_code() const noexcept { return bye_code_; }
  [[nodiscard]] const std::string& bye_text() const noexcept { return bye_text_; }

 private:
  struct Pending {
    Pending(Ticket number, Command what, ResponseHandler& who)
        : ticket(number), command(std::move(what)), handler(&who) {}
    Ticket ticket;
    Command command;
    ResponseHandler* handler;
    std::string tag;             ///< with the space behind it
    std::size_t piece = 0;       ///< the next piece to write
    std::uint64_t streamed = 0;  ///< bytes of the present streamed piece that are written
    std::string_view offered;    ///< chunk of it that waits to be written
    bool is_started = false;     ///< its tag has gone to output()
    bool is_written = false;     ///< all of it has gone to output()
    bool is_in_output = false;   ///< what output() returned last holds views into it
    bool is_chunk_in_output = false;
    bool is_challenged = false;  ///< a "+" of the dialogue waits for our line
    std::optional<CommandResult> answer;
  };

  [[nodiscard]] Pending* find(Ticket ticket);
  [[nodiscard]] const Pending* find(Ticket ticket) const;
  [[nodiscard]] Pending* first_of(std::initializer_list<CommandKind> kinds);
  [[nodiscard]] Pending* fetch_target(const FetchResponse& fetch);
  [[nodiscard]] bool may_start(std::size_t position) const;
  bool gather(Pending& pending);
  void gather_piece(Pending& pending, const Command::Piece& piece);
  Step on_event(const Parser::Step& step);
  Next on_response(const Response& response);
  Next on_greeting(const StatusResponse& status);
  Next on_untagged_status(const Response& response, const StatusResponse& status);
  Next on_tagged(const StatusResponse& status);
  Next on_continuation(const Response& response);
  Next route(const Response& response);
  Next deliver(Pending* target, const Response& response);
  void finish_answered();
  bool finish_if_answered(std::size_t position);
  Next drop(core::Fault fault, std::string message, std::string server_text = {});
  Next drop(core::Failure failure);

  UnsolicitedHandler* unsolicited_;
  Parser parser_;
  std::deque<std::unique_ptr<Pending>> pending_;  ///< in the order of submission
  std::size_t alone_ = 0;                         ///< how many of them must be alone on the wire
  Ticket next_ticket_ = 1;

  std::vector<std::string_view> output_;
  bool is_writing_ = false;  ///< output() was called and wrote() not yet

  std::size_t wants_input_ = 1;
  LiteralSink* sink_ = nullptr;
  LiteralBegin literal_;
  std::string_view chunk_;

  std::optional<Greeting> greeting_;
  Capabilities capabilities_;
  std::uint64_t fetched_ = 0;  ///< untagged responses since the last tagged one
  std::uint64_t others_ = 0;
  bool has_bye_ = false;
  std::string bye_code_;  ///< its response code: "UNAVAILABLE", or empty
  std::string bye_text_;
  bool is_dropped_ = false;  ///< the connection is to be closed: nothing more is output, nothing more is believed
  bool is_lost_ = false;
  core::Failure failure_;
};

}  // namespace imapferry::imap::proto
