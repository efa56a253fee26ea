#include "script/dialogue.hpp"

#include "unit/proto/describe.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>

namespace imapferry::script {

using imap::proto::CommandResult;
using Next = imap::proto::Engine::Next;

namespace {

std::string text_of(const imap::proto::Response& response) { return std::visit(testing::Describe(), response); }

std::unique_ptr<char[]> copy_of(std::string_view bytes) {
  std::unique_ptr<char[]> copy(new char[bytes.size()]);
  std::copy(bytes.begin(), bytes.end(), copy.get());
  return copy;
}

}  // namespace

void Exchange::on(const imap::proto::Response& response) {
  CHECK_MESSAGE(ends == 0, "data came after the end of the command");
  heard.push_back(text_of(response));
}

bool Exchange::accepts(const imap::proto::FetchResponse& fetch) const {
  return uids.empty() || fetch.uid == 0 || uids.contains(fetch.uid);
}

void Exchange::done(const CommandResult& how) {
  result = how;
  ++ends;
  borrowed_.clear();
}

Dialogue::Dialogue(const imap::proto::ParserLimits& limits) : engine_(*this, limits) {}

Exchange& Dialogue::submit(imap::proto::Command command) {
  Exchange& exchange = exchanges_.emplace_back();
  exchange.borrowed_ = std::move(lent_);
  lent_.clear();
  exchange.ticket = engine_.submit(std::move(command), exchange);
  CHECK(exchange.ticket == exchanges_.size());
  return exchange;
}

std::string_view Dialogue::lend(std::string_view bytes) {
  lent_.push_back(copy_of(bytes));
  return {lent_.back().get(), bytes.size()};
}

void Dialogue::offer(const Exchange& exchange, std::string_view chunk) {
  step();
  CHECK(engine_.is_chunk_written(exchange.ticket));
  chunk_ = copy_of(chunk);
  engine_.offer(exchange.ticket, std::string_view(chunk_.get(), chunk.size()));
}

void Dialogue::server(std::string_view text) {
  step();
  note_answers(text);
  const std::size_t start = server_bytes_;
  server_bytes_ += text.size();
  if (cut_at_ == std::size_t{0}) {
    for (std::size_t i = 0; i < text.size(); ++i) feed(text.substr(i, 1));
  } else if (cut_at_ && *cut_at_ > start && *cut_at_ < server_bytes_) {
    feed(text.substr(0, *cut_at_ - start));
    feed(text.substr(*cut_at_ - start));
  } else {
    feed(text);
  }
}

void Dialogue::feed(std::string_view text) {
  received_ += text;
  drain();
}

/// Plays the reader. Each call of the engine gets a buffer of its own, so that a sanitizer sees a view that is kept.
void Dialogue::drain() {
  while (!is_dropped_) {
    const std::unique_ptr<char[]> buffer = copy_of(received_);
    const imap::proto::Engine::Step step = engine_.feed({buffer.get(), received_.size()});
    REQUIRE(step.consumed <= received_.size());
    take(step.next);
    received_.erase(0, step.consumed);
    if (step.next == Next::need_input) return;
  }
}

void Dialogue::take(Next next) {
  if (next == Next::drop) {
    is_dropped_ = true;
    CHECK_MESSAGE(engine_.output().empty(), "something is output although the connection is to be dropped");
    CHECK(engine_.failure().message != "");
    engine_.lost(engine_.failure());
    CHECK(engine_.output().empty());
    return;
  }
  Exchange* exchange = owner_of(engine_.sink());
  if (exchange == nullptr) return;
  if (next == Next::literal_begin) exchange->literal += "begin " + std::to_string(engine_.literal().section.size) + " ";
  if (next == Next::literal_chunk) exchange->literal += engine_.chunk();
  if (next == Next::literal_end) exchange->literal += " end";
}

Exchange* Dialogue::owner_of(const imap::LiteralSink* sink) {
  const auto found = std::find_if(exchanges_.begin(), exchanges_.end(),
                                  [sink](const Exchange& exchange) { return &exchange.sink_ == sink; });
  return found == exchanges_.end() ? nullptr : &*found;
}

std::string Dialogue::take_output() {
  std::string out;
  for (const std::string_view piece : engine_.output()) out += piece;
  return out;
}

void Dialogue::client(std::string_view expected) {
  step();
  // What is gathered at once is limited: a long command may take several writes.
  std::string sent;
  for (std::string part = take_output(); !part.empty(); part = take_output()) {
    sent += part;
    engine_.wrote();
  }
  CHECK(sent == expected);
}

void Dialogue::client_begins(std::string_view expected) {
  step();
  CHECK(take_output() == expected);
}

void Dialogue::written() {
  step();
  engine_.wrote();
}

void Dialogue::end(core::Failure why) { engine_.lost(std::move(why)); }

void Dialogue::step() {
  if (interrupted_at_ == steps_) throw Interrupted();
  ++steps_;
}

/// Which commands the server has answered, as far as whole lines of it go.
void Dialogue::note_answers(std::string_view text) {
  std::size_t at = 0;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', at)) {
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    std::size_t number = 0;
    std::size_t next = 1;
    if (!line.starts_with('A')) continue;
    while (next < line.size() && std::isdigit(static_cast<unsigned char>(line[next])) != 0) {
      number = number * 10 + static_cast<std::size_t>(line[next++] - '0');
    }
    if (next > 1 && next < line.size() && line[next] == ' ') answered_.insert(number);
  }
}

void Dialogue::check_ends() const {
  for (const Exchange& exchange : exchanges_) {
    CAPTURE(exchange.ticket);
    CHECK(exchange.ends == 1);
    if (answered_.contains(exchange.ticket)) continue;
    CHECK(exchange.is(CommandResult::Outcome::lost));
    CHECK(exchange.result.failure.message != "");
  }
}

void Dialogue::on_unsolicited(const imap::proto::Response& response) { unsolicited.push_back(text_of(response)); }

class Playback {
 public:
  Playback(const std::function<void(Dialogue&)>& scene, const imap::proto::ParserLimits& limits)
      : scene_(scene), limits_(limits) {}

  void play() {
    const auto [steps, bytes] = run(std::nullopt, std::nullopt);
    for (std::size_t step = 0; step < steps; ++step) {
      CAPTURE(step);
      run(step, std::nullopt);
    }
    for (std::size_t cut = 0; cut < bytes; ++cut) {
      CAPTURE(cut);
      run(std::nullopt, cut);
    }
  }

 private:
  std::pair<std::size_t, std::size_t> run(std::optional<std::size_t> interrupted_at,
                                          std::optional<std::size_t> cut_at) {
    Dialogue dialogue(limits_);
    dialogue.interrupted_at_ = interrupted_at;
    dialogue.cut_at_ = cut_at;
    try {
      scene_(dialogue);
    } catch (const Dialogue::Interrupted&) {
      // The rest of the scene is not played.
    }
    dialogue.end(core::Failure{core::Fault::closed, "the connection was lost", {}});
    CHECK(dialogue.engine_.output().empty());
    CHECK(dialogue.engine_.pending() == 0);
    dialogue.check_ends();
    return {dialogue.steps_, dialogue.server_bytes_};
  }

  const std::function<void(Dialogue&)>& scene_;
  imap::proto::ParserLimits limits_;
};

void play_every_way(const std::function<void(Dialogue&)>& scene, const imap::proto::ParserLimits& limits) {
  Playback(scene, limits).play();
}

}  // namespace imapferry::script
