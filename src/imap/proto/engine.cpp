#include "imap/proto/engine.hpp"

#include "imap/proto/flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace imapferry::imap::proto {

using core::Fault;
using Kind = Command::Piece::Kind;

namespace {

// One gathered write holds at most so many pieces: what the operating system takes in one call.
constexpr std::size_t most_pieces = 64;
// Untagged responses between two tagged ones: a mailbox may hold millions of messages, and there may be very many
// mailboxes. What goes on beyond is a flood, which no deadline would end because something always comes.
constexpr std::uint64_t most_fetched = 50'000'000;
constexpr std::uint64_t most_others = 1'000'000;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

CommandResult result_of(const StatusResponse& status) {
  CommandResult result;
  switch (status.condition) {
  case Condition::ok: result.outcome = CommandResult::Outcome::ok; break;
  case Condition::no: result.outcome = CommandResult::Outcome::no; break;
  case Condition::bad:
  case Condition::preauth:
  case Condition::bye: result.outcome = CommandResult::Outcome::bad; break;
  }
  result.code = upper(status.code.name);
  result.argument = status.code.argument;
  result.text = status.text;
  return result;
}

}  // namespace

std::string CommandResult::server_text() const {
  if (code.empty()) return text;
  return fmt::format("[{}{}{}] {}", code, argument.empty() ? "" : " ", argument, text);
}

void ResponseHandler::on(const Response&) {}

bool ResponseHandler::accepts(const FetchResponse&) const { return true; }

LiteralSink* ResponseHandler::literal_sink(const LiteralBegin&) { return nullptr; }

Engine::Engine(UnsolicitedHandler& unsolicited, ParserLimits limits) : unsolicited_(&unsolicited), parser_(limits) {}

Engine::Ticket Engine::submit(Command command, ResponseHandler& handler) {
  const Ticket ticket = next_ticket_++;
  auto pending = std::make_unique<Pending>(ticket, std::move(command), handler);
  pending->tag = fmt::format("A{} ", ticket);
  if (pending->command.is_alone()) ++alone_;
  pending_.push_back(std::move(pending));
  return ticket;
}

Engine::Pending* Engine::find(Ticket ticket) {
  for (const auto& pending : pending_) {
    if (pending->ticket == ticket) return pending.get();
  }
  return nullptr;
}

const Engine::Pending* Engine::find(Ticket ticket) const { return const_cast<Engine*>(this)->find(ticket); }

void Engine::offer(Ticket ticket, std::string_view chunk) {
  Pending* pending = find(ticket);
  if (pending == nullptr) return;
  pending->offered = chunk;
  pending->is_challenged = false;
}

bool Engine::is_chunk_written(Ticket ticket) const {
  const Pending* pending = find(ticket);
  return pending == nullptr || pending->offered.empty();
}

bool Engine::is_ready_for_stream(Ticket ticket) const {
  const Pending* pending = find(ticket);
  if (pending == nullptr || !pending->is_started) return false;
  const auto& pieces = pending->command.pieces();
  return pending->piece < pieces.size() && pieces[pending->piece].kind == Kind::streamed;
}

bool Engine::has_unanswered() const noexcept {
  return std::any_of(pending_.begin(), pending_.end(), [](const auto& pending) { return !pending->answer; });
}

bool Engine::may_start(std::size_t position) const {
  if (position == 0) return true;
  if (pending_[position]->command.is_alone()) return false;
  if (alone_ == 0) return true;
  return std::none_of(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(position),
                      [](const auto& earlier) { return earlier->command.is_alone(); });
}

std::span<const std::string_view> Engine::output() {
  if (is_writing_ || is_dropped_ || is_lost_ || !greeting_) return {};
  output_.clear();
  for (std::size_t i = 0; i < pending_.size() && output_.size() < most_pieces; ++i) {
    Pending& pending = *pending_[i];
    if (pending.is_written) continue;
    if (!pending.is_started && !may_start(i)) break;
    if (!gather(pending)) break;
  }
  is_writing_ = !output_.empty();
  return output_;
}

/// Adds what can be written of one command. False when the commands behind it have to wait.
bool Engine::gather(Pending& pending) {
  if (!pending.is_started) {
    pending.is_started = true;
    pending.is_in_output = true;
    output_.push_back(pending.tag);
  }
  const auto& pieces = pending.command.pieces();
  while (pending.piece < pieces.size()) {
    const Command::Piece& piece = pieces[pending.piece];
    if (piece.kind == Kind::wait) {
      if (!pending.answer) return false;
      // Refused while an earlier literal was on its way: the server takes no more, and what follows is another command.
      pending.is_written = true;
      return true;
    }
    if (output_.size() >= most_pieces) return false;
    if (piece.kind == Kind::dialogue) {
      // Refused while its first line was on its way.
      pending.is_written = pending.answer.has_value();
      if (pending.is_written) return true;
      if (pending.offered.empty() || pending.is_chunk_in_output) return false;
      pending.is_in_output = true;
      pending.is_chunk_in_output = true;
      output_.push_back(pending.offered);
      return false;
    }
    if (piece.kind == Kind::streamed) {
      if (pending.offered.empty() || pending.is_chunk_in_output) return false;
      pending.is_in_output = true;
      pending.is_chunk_in_output = true;
      // Not a byte more than was announced: it would be read as commands.
      output_.push_back(pending.offered.substr(0, piece.size - pending.streamed));
      pending.streamed += output_.back().size();
      if (pending.streamed < piece.size) return false;
      pending.streamed = 0;
    } else {
      gather_piece(pending, piece);
    }
    ++pending.piece;
  }
  pending.is_in_output = true;
  pending.is_written = true;
  output_.push_back("\r\n");
  return true;
}

void Engine::gather_piece(Pending& pending, const Command::Piece& piece) {
  pending.is_in_output = true;
  if (piece.kind == Kind::text) {
    output_.push_back(std::string_view(pending.command.text()).substr(piece.offset, piece.size));
  } else {
    output_.push_back(std::string_view(piece.data, piece.size));
  }
}

void Engine::wrote() {
  is_writing_ = false;
  for (const auto& pending : pending_) {
    if (!pending->is_in_output) continue;
    pending->is_in_output = false;
    if (std::exchange(pending->is_chunk_in_output, false)) pending->offered = {};
  }
  finish_answered();
}

/// Ends the commands that have their answer and whose bytes nobody needs any more.
void Engine::finish_answered() {
  for (std::size_t i = 0; i < pending_.size();) {
    if (!finish_if_answered(i)) ++i;
  }
}

bool Engine::finish_if_answered(std::size_t position) {
  const Pending& pending = *pending_[position];
  if (!pending.answer || !pending.is_written || pending.is_in_output) return false;
  const std::unique_ptr<Pending> ended = std::move(pending_[position]);
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(position));
  if (ended->command.is_alone()) --alone_;
  ended->handler->done(*ended->answer);
  return true;
}

Engine::Step Engine::feed(std::span<const char> input) {
  if (is_dropped_ || is_lost_) return Step{0, Next::drop};
  const core::Result<Parser::Step> parsed = parser_.next(input);
  if (!parsed) return Step{0, drop(parsed.error())};
  return on_event(*parsed);
}

Engine::Step Engine::on_event(const Parser::Step& step) {
  if (const auto* need = std::get_if<NeedInput>(&step.event)) {
    wants_input_ = std::max<std::size_t>(need->at_least, 1);
    return Step{step.consumed, Next::need_input};
  }
  if (const auto* response = std::get_if<const Response*>(&step.event)) {
    return Step{step.consumed, on_response(**response)};
  }
  if (const auto* begin = std::get_if<LiteralBegin>(&step.event)) {
    Pending* target = fetch_target(*begin->head);
    literal_ = *begin;
    sink_ = target != nullptr ? target->handler->literal_sink(*begin) : nullptr;
    return Step{step.consumed, Next::literal_begin};
  }
  if (const auto* chunk = std::get_if<LiteralChunk>(&step.event)) {
    chunk_ = chunk->bytes;
    return Step{step.consumed, Next::literal_chunk};
  }
  return Step{step.consumed, Next::literal_end};
}

Engine::Next Engine::on_response(const Response& response) {
  const auto* status = std::get_if<StatusResponse>(&response);
  if (!greeting_) {
    if (status == nullptr || !status->tag.empty())
      return drop(Fault::protocol, "expected a greeting, saw something else");
    return on_greeting(*status);
  }
  if (status != nullptr) return status->tag.empty() ? on_untagged_status(response, *status) : on_tagged(*status);
  if (std::holds_alternative<ContinuationResponse>(response)) return on_continuation(response);
  return route(response);
}

Engine::Next Engine::on_greeting(const StatusResponse& status) {
  greeting_ = Greeting{status.condition, std::string(status.text)};
  if (equals_ignoring_case(status.code.name, "CAPABILITY")) capabilities_ = Capabilities::parse(status.code.argument);
  if (status.condition == Condition::bye) {
    has_bye_ = true;
    bye_code_ = status.code.name;
    bye_text_ = status.text;
  } else if (status.condition == Condition::no || status.condition == Condition::bad) {
    return drop(Fault::protocol, "expected OK, PREAUTH or BYE as a greeting", std::string(status.text));
  }
  return Next::progress;
}

Engine::Next Engine::on_untagged_status(const Response& response, const StatusResponse& status) {
  if (status.condition == Condition::bye) {
    has_bye_ = true;
    bye_code_ = status.code.name;
    bye_text_ = status.text;
  }
  if (equals_ignoring_case(status.code.name, "CAPABILITY")) capabilities_ = Capabilities::parse(status.code.argument);
  return deliver(status.condition == Condition::ok ? first_of({CommandKind::select}) : nullptr, response);
}

Engine::Next Engine::on_tagged(const StatusResponse& status) {
  const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const auto& pending) {
    return pending->is_started && std::string_view(pending->tag).substr(0, pending->tag.size() - 1) == status.tag;
  });
  if (found == pending_.end() || (*found)->answer) {
    return drop(Fault::protocol,
                fmt::format("a tagged response \"{}\" answers no command of ours", core::printable(status.tag, 40)));
  }
  fetched_ = 0;
  others_ = 0;
  Pending& pending = **found;
  if (equals_ignoring_case(status.code.name, "CAPABILITY")) capabilities_ = Capabilities::parse(status.code.argument);
  pending.answer = result_of(status);

  const auto& pieces = pending.command.pieces();
  if (!pending.is_written && pieces[pending.piece].kind == Kind::dialogue) pending.is_written = true;
  const bool is_complete = pending.is_written;
  const bool is_waiting = !is_complete && pieces[pending.piece].kind == Kind::wait;
  // Refused before its literal: the rest will never be written.
  if (is_waiting) pending.is_written = true;
  if (!is_complete && status.condition == Condition::ok) {
    // It cannot be true: the command ends as lost.
    pending.answer.reset();
    return drop(Fault::protocol, "a command was answered with OK before all of it was sent");
  }
  const bool is_refused_append = pending.command.kind() == CommandKind::append && status.condition == Condition::bad;
  if (is_refused_append) pending.is_written = true;
  const std::string words = is_refused_append ? pending.answer->server_text() : std::string();
  finish_if_answered(static_cast<std::size_t>(found - pending_.begin()));
  // A server that does not understand an APPEND may read the message behind it as commands: nothing more reaches it.
  if (is_refused_append)
    return drop(Fault::closed, "the connection was dropped because APPEND was answered with BAD", words);
  return Next::progress;
}

Engine::Next Engine::on_continuation(const Response& response) {
  for (const auto& pending : pending_) {
    if (!pending->is_started || pending->is_written) continue;
    const auto& pieces = pending->command.pieces();
    if (pieces[pending->piece].kind == Kind::dialogue) {
      // The server may be faster than the end of our own write.
      const bool has_answered = pending->offered.empty() || pending->is_chunk_in_output;
      if (pending->is_challenged || !has_answered) break;
      pending->is_challenged = true;
      return deliver(pending.get(), response);
    }
    if (pieces[pending->piece].kind != Kind::wait) break;
    ++pending->piece;
    return Next::progress;
  }
  return drop(Fault::protocol, "a continuation request came that nothing waited for");
}

Engine::Pending* Engine::first_of(std::initializer_list<CommandKind> kinds) {
  for (const auto& pending : pending_) {
    if (!pending->is_started || pending->answer) continue;
    if (std::find(kinds.begin(), kinds.end(), pending->command.kind()) != kinds.end()) return pending.get();
  }
  return nullptr;
}

Engine::Pending* Engine::fetch_target(const FetchResponse& fetch) {
  for (const auto& pending : pending_) {
    if (!pending->is_started || pending->answer) continue;
    const CommandKind kind = pending->command.kind();
    if ((kind == CommandKind::fetch || kind == CommandKind::store) && pending->handler->accepts(fetch))
      return pending.get();
  }
  return nullptr;
}

Engine::Next Engine::route(const Response& response) {
  struct Router {
    Engine& engine;
    Pending* operator()(const StatusResponse&) const { return nullptr; }
    Pending* operator()(const ContinuationResponse&) const { return nullptr; }
    Pending* operator()(const CapabilityResponse& data) const {
      engine.capabilities_ = data.capabilities;
      return engine.first_of({CommandKind::capability});
    }
    Pending* operator()(const ListResponse& data) const {
      return engine.first_of({data.lsub ? CommandKind::lsub : CommandKind::list});
    }
    Pending* operator()(const StatusDataResponse&) const {
      return engine.first_of({CommandKind::status, CommandKind::list});
    }
    Pending* operator()(const FlagsResponse&) const { return engine.first_of({CommandKind::select}); }
    Pending* operator()(const NumberResponse&) const { return engine.first_of({CommandKind::select}); }
    Pending* operator()(const VanishedResponse& data) const {
      return data.earlier ? engine.first_of({CommandKind::select, CommandKind::fetch}) : nullptr;
    }
    Pending* operator()(const SearchResponse&) const { return engine.first_of({CommandKind::search}); }
    Pending* operator()(const ESearchResponse&) const { return engine.first_of({CommandKind::search}); }
    Pending* operator()(const NamespaceResponse&) const { return engine.first_of({CommandKind::name_space}); }
    Pending* operator()(const AclResponse&) const { return engine.first_of({CommandKind::get_acl}); }
    Pending* operator()(const IdResponse&) const { return engine.first_of({CommandKind::id}); }
    Pending* operator()(const EnabledResponse&) const { return engine.first_of({CommandKind::enable}); }
    Pending* operator()(const OtherResponse& data) const {
      const bool is_quota = equals_ignoring_case(data.keyword, "QUOTA");
      return is_quota ? engine.first_of({CommandKind::quota}) : nullptr;
    }
    Pending* operator()(const FetchResponse& data) const { return engine.fetch_target(data); }
  };
  return deliver(std::visit(Router{*this}, response), response);
}

Engine::Next Engine::deliver(Pending* target, const Response& response) {
  const bool is_fetched = target != nullptr && std::holds_alternative<FetchResponse>(response);
  std::uint64_t& count = is_fetched ? fetched_ : others_;
  if (++count > (is_fetched ? most_fetched : most_others)) {
    return drop(Fault::protocol, fmt::format("the server sends untagged responses without end: {} of them", count));
  }
  if (target != nullptr) {
    target->handler->on(response);
  } else {
    unsolicited_->on_unsolicited(response);
  }
  return Next::progress;
}

Engine::Next Engine::drop(Fault fault, std::string message, std::string server_text) {
  return drop(core::Failure{fault, std::move(message), std::move(server_text)});
}

Engine::Next Engine::drop(core::Failure failure) {
  is_dropped_ = true;
  failure_ = std::move(failure);
  return Next::drop;
}

void Engine::lost(core::Failure failure) {
  if (is_lost_) return;
  is_lost_ = true;
  failure_ = std::move(failure);
  while (!pending_.empty()) {
    const std::unique_ptr<Pending> ended = std::move(pending_.front());
    pending_.pop_front();
    CommandResult result;
    if (ended->answer) {
      result = *ended->answer;
    } else {
      result.failure = failure_;
    }
    ended->handler->done(result);
  }
}

}  // namespace imapferry::imap::proto
