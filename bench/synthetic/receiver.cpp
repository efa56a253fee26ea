#include "receiver.hpp"

#include <algorithm>
#include <utility>

namespace imapferry::bench::synthetic {

namespace {

constexpr std::string_view header_end = "\r\n\r\n";
constexpr std::string_view id_field = "\r\nMessage-Id: <";
// mbsync adds this field to every message; all else has to be equal.
constexpr std::string_view tuid_field = "X-TUID: ";

std::string_view message_id_of(std::string_view header) {
  const std::size_t field = header.find(id_field);
  if (field == std::string_view::npos) return {};
  const std::string_view rest = header.substr(field + id_field.size());
  return rest.substr(0, rest.find('>'));
}

std::string without_tuid(std::string_view header) {
  std::string out;
  while (!header.empty()) {
    const std::string_view line = header.substr(0, header.find('\n') + 1);
    if (!line.starts_with(tuid_field)) out += line;
    header.remove_prefix(line.size());
  }
  return out;
}

}  // namespace

void Receiver::begin(std::uint64_t size) {
  received_ = {};
  received_.size = size;
  gathered_.clear();
  is_in_header_ = true;
  at_ = 0;
}

void Receiver::take(std::string_view bytes) {
  if (is_in_header_) {
    gather(bytes);
  } else {
    compare(bytes);
  }
}

void Receiver::gather(std::string_view bytes) {
  // Mostly the whole header comes at once and need not be copied.
  std::string_view seen = bytes;
  std::size_t from = 0;
  if (!gathered_.empty()) {
    from = gathered_.size() - std::min(gathered_.size(), header_end.size() - 1);
    gathered_ += bytes;
    seen = gathered_;
  }
  const std::size_t end = seen.find(header_end, from);
  if (end != std::string_view::npos) {
    const std::size_t size = end + header_end.size();
    const std::size_t body = seen.size() - size;
    is_in_header_ = false;
    recognise(seen.substr(0, size));
    compare(bytes.substr(bytes.size() - body));
  } else if (seen.size() > longest_header) {
    is_in_header_ = false;
    received_.header = seen.substr(0, longest_header);
  } else if (gathered_.empty()) {
    gathered_ = bytes;
  }
}

void Receiver::recognise(std::string_view header) {
  const auto name = parse_message_id(message_id_of(header));
  const auto origin = name ? origins_.number_of(name->folder) : std::nullopt;
  if (!origin || !origins_.at(*origin).holds(name->uid)) {
    received_.header = header.substr(0, longest_header);
    return;
  }
  received_.verdict = Verdict::different;
  received_.origin = *origin;
  received_.uid = name->uid;
  origins_.at(*origin).make(name->uid, message_);
  if (header != message_.header() && without_tuid(header) != message_.header()) {
    received_.header = header.substr(0, longest_header);
    return;
  }
  at_ = message_.header().size();
}

void Receiver::compare(std::string_view bytes) {
  while (at_ > 0 && !bytes.empty()) {
    const std::string_view piece = message_.piece(at_).substr(0, bytes.size());
    if (piece.empty() || bytes.substr(0, piece.size()) != piece) {
      at_ = 0;
      return;
    }
    at_ += piece.size();
    bytes.remove_prefix(piece.size());
  }
}

Receiver::Received Receiver::finish() {
  if (is_in_header_) received_.header = std::move(gathered_);
  if (at_ > 0 && at_ == message_.size()) received_.verdict = Verdict::equal;
  return std::move(received_);
}

}  // namespace imapferry::bench::synthetic
