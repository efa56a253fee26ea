#include "imap/wire_trace.hpp"

#include "core/failure.hpp"
#include "imap/proto/flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace imapferry::imap {

using imap::proto::equals_ignoring_case;

namespace {

constexpr std::size_t longest_line = 2000;
// Enough to hold "{18446744073709551615+}" at the end of a line whose middle is left out.
constexpr std::size_t kept_tail = 64;
constexpr std::size_t shown_of_literal = 80;
constexpr std::string_view masked = "MASKED";

struct Literal {
  std::uint64_t size = 0;
  bool is_synchronising = false;
};

/// literal = "{" number ["+" / "-"] "}" at the end of a line (RFC 9051 section 4.3, RFC 7888)
std::optional<Literal> literal_at_end(std::string_view line) {
  const std::size_t open = line.rfind('{');
  if (!line.ends_with('}') || open == std::string_view::npos) return std::nullopt;
  std::string_view inside = line.substr(open + 1, line.size() - open - 2);
  Literal literal;
  literal.is_synchronising = !inside.ends_with('+') && !inside.ends_with('-');
  if (!literal.is_synchronising) inside.remove_suffix(1);
  const auto read = std::from_chars(inside.data(), inside.data() + inside.size(), literal.size);
  if (inside.empty() || read.ec != std::errc() || read.ptr != inside.data() + inside.size()) return std::nullopt;
  return literal;
}

std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::uint64_t next_number() {
  // One loop, one thread: connections are opened on it.
  static std::uint64_t last = 0;
  return ++last;
}

}  // namespace

WireTrace::WireTrace(WireListener& listener, std::uint64_t connection)
    : listener_(listener), name_(fmt::format("#{}", connection)) {}

void WireTrace::feed(Direction direction, std::string_view bytes) {
  Way& way = direction == Direction::sent ? sent_ : received_;
  while (!bytes.empty()) {
    if (way.literal_left > 0) {
      bytes = take_literal(direction, bytes);
      continue;
    }
    const std::size_t end = bytes.find('\n');
    take_text(way, bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    end_line(direction);
  }
}

void WireTrace::note(std::string_view what) { listener_.on_wire(fmt::format("{} = {}", name_, what)); }

std::string_view WireTrace::take_literal(Direction direction, std::string_view bytes) {
  Way& way = direction == Direction::sent ? sent_ : received_;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(way.literal_left, bytes.size()));
  way.literal_left -= size;
  way.literal_start += bytes.substr(0, std::min(size, shown_of_literal - way.literal_start.size()));
  if (way.literal_left > 0) return {};
  const std::string shown =
      secret_tag_.empty() ? core::printable(way.literal_start, 4 * shown_of_literal) : std::string(masked);
  const std::string_view more = way.literal_size > way.literal_start.size() && secret_tag_.empty() ? "..." : "";
  emit(direction, fmt::format("{}{} ({} bytes)", shown, more, way.literal_size));
  way.literal_start.clear();
  way.is_continued = true;
  return bytes.substr(size);
}

void WireTrace::take_text(Way& way, std::string_view text) {
  way.line += text;
  if (way.line.size() <= longest_line + kept_tail) return;
  const std::size_t too_long = way.line.size() - longest_line - kept_tail;
  way.line.erase(longest_line, too_long);
  way.left_out += too_long;
}

void WireTrace::end_line(Direction direction) {
  Way& way = direction == Direction::sent ? sent_ : received_;
  if (way.line.ends_with('\r')) way.line.pop_back();
  if (direction == Direction::sent) {
    sent_line(way);
  } else {
    received_line(way);
  }
  way.is_continued = false;
  begin_literal(way);
  way.line.clear();
  way.left_out = 0;
}

void WireTrace::sent_line(Way& way) {
  if (!secret_tag_.empty()) {
    emit(Direction::sent, masked);
    return;
  }
  if (!way.is_continued) {
    std::string_view rest = way.line;
    tag_ = take_word(rest);
    const std::string_view command = take_word(rest);
    if (equals_ignoring_case(command, "AUTHENTICATE")) {
      secret_tag_ = tag_;
      const std::string mechanism(take_word(rest));
      emit(Direction::sent, fmt::format("{} {} {}{}{}", tag_, command, mechanism, rest.empty() ? "" : " ",
                                        rest.empty() ? std::string_view() : masked));
      return;
    }
    if (equals_ignoring_case(command, "LOGIN")) {
      secret_tag_ = tag_;
      emit(Direction::sent, fmt::format("{} {} {}", tag_, command, masked));
      return;
    }
    if (equals_ignoring_case(command, "X-MASTERAUTH")) secret_tag_ = tag_;
  }
  emit(Direction::sent, way.line);
}

void WireTrace::received_line(Way& way) {
  std::string_view rest = way.line;
  const std::string_view first = way.is_continued ? std::string_view() : take_word(rest);
  if (!secret_tag_.empty() && first == "+") {
    emit(Direction::received, fmt::format("+ {}", masked));
    return;
  }
  emit(Direction::received, way.line);
  if (first.empty()) return;
  if (first == secret_tag_) secret_tag_.clear();
  // A command that is answered before its literal was sent never sends it.
  if (first == tag_ && sent_.is_synchronising && sent_.literal_left == sent_.literal_size) sent_.literal_left = 0;
}

void WireTrace::begin_literal(Way& way) {
  const std::optional<Literal> literal = literal_at_end(way.line);
  if (!literal) return;
  way.literal_left = way.literal_size = literal->size;
  way.is_synchronising = literal->is_synchronising;
  // An empty one is followed by the rest of the line at once.
  if (literal->size == 0) way.is_continued = true;
}

void WireTrace::emit(Direction direction, std::string_view text) {
  const std::string_view arrow = direction == Direction::sent ? ">" : "<";
  listener_.on_wire(fmt::format("{} {} {}", name_, arrow, core::printable(text, 4 * (longest_line + kept_tail))));
}

namespace {

/// Passes everything on, and tells of it.
class TracedStream : public net::Stream {
 public:
  TracedStream(std::unique_ptr<net::Stream> stream, WireListener& listener)
      : stream_(std::move(stream)), trace_(listener, next_number()) {
    const std::string how = stream_->protection();
    trace_.note(how.empty() ? "connected" : "connected, " + how);
  }

  boost::asio::awaitable<std::size_t> read_some(std::span<char> into) override {
    const std::size_t received = co_await stream_->read_some(into);
    if (received == 0) {
      trace_.note("the server has closed the connection");
    } else {
      trace_.feed(WireTrace::Direction::received, std::string_view(into.data(), received));
    }
    co_return received;
  }

  boost::asio::awaitable<void> write(std::span<const std::string_view> pieces) override {
    for (const std::string_view piece : pieces) trace_.feed(WireTrace::Direction::sent, piece);
    co_await stream_->write(pieces);
  }

  boost::asio::awaitable<void> start_tls(const net::TlsOptions& options) override {
    co_await stream_->start_tls(options);
    trace_.note(stream_->protection());
  }

  [[nodiscard]] std::string protection() const override { return stream_->protection(); }
  [[nodiscard]] bool is_loopback() const override { return stream_->is_loopback(); }

  void close() noexcept override { stream_->close(); }

 private:
  std::unique_ptr<net::Stream> stream_;
  WireTrace trace_;
};

}  // namespace

std::unique_ptr<net::Stream> traced(std::unique_ptr<net::Stream> stream, WireListener& listener) {
  return std::make_unique<TracedStream>(std::move(stream), listener);
}

}  // namespace imapferry::imap
