#include "message.hpp"

#include "imap/proto/flags.hpp"
#include "random.hpp"
#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace imapferry::bench::synthetic {

namespace {

constexpr std::int64_t first_date = 1'262'304'000;  // 2010-01-01
constexpr std::int64_t last_date = 1'672'531'200;   // 2023-01-01
constexpr std::string_view domain = "@synthetic.invalid";

// No header is longer, whatever the dice say; the user's name comes twice on top of it. tests/generator_test.cpp holds
// it.
constexpr std::uint64_t longest_header = 1250;
constexpr std::uint64_t longest_first_line = 2 * Book::line_size;
constexpr std::uint64_t largest_message = std::uint64_t{1} << 32;

// What each property of a message is drawn with, so that none depends on another.
enum class Aspect : std::uint64_t { size = 1, date, flags, header, change, body };

std::uint64_t draw(std::uint64_t hash, Aspect aspect) { return mix(hash + static_cast<std::uint64_t>(aspect)); }

constexpr std::array<std::string_view, 16> names = {"Alex",  "Anna",  "Boris", "Carla", "David", "Elena",
                                                    "Farid", "Greta", "Hans",  "Ines",  "Karim", "Lena",
                                                    "Marco", "Nadia", "Paula", "Stefan"};
constexpr std::array<std::string_view, 6> hosts = {"mail.example.org",  "mx1.example.net",   "smtp.example.com",
                                                   "relay.example.edu", "lists.example.org", "out.example.net"};

template <std::size_t count>
std::string_view pick(const std::array<std::string_view, count>& from, Random& random) {
  return from[random.below(count)];
}

void append_person(std::string& out, Random& random) {
  const std::string_view name = pick(names, random);
  const std::string_view family = word(random.below(words));
  ((((((out += '"') += name) += ' ') += family) += "\" <") += name) += '.';
  (((out += family) += '@') += pick(hosts, random)) += ">\r\n";
}

void append_received(std::string& out, Random& random, std::int64_t date, std::string_view user) {
  ((out += "Received: from ") += pick(hosts, random)) += " (host [192.0.2.";
  append_number(out, random.below(256));
  ((out += "])\r\n\tby ") += pick(hosts, random)) += " (Postfix) with ESMTPS id ";
  append_hex(out, random.next(), 11);
  ((out += "\r\n\tfor <") += user) += ">; ";
  append_header_date(out, date);
  out += "\r\n";
}

void append_subject(std::string& out, Random& random, std::uint32_t uid) {
  out += random.happens(0.4) ? "Subject: Re:" : "Subject:";
  for (std::size_t left = 2 + random.below(6); left > 0; --left) (out += ' ') += word(random.below(words));
  out += " (";
  append_number(out, uid);
  out += ")\r\n";
}

std::uint64_t size_of(const Shape& shape, std::uint64_t smallest, Random random) {
  const double wanted = shape.spread > 0 ? static_cast<double>(shape.size) * std::exp(shape.spread * random.normal())
                                         : static_cast<double>(shape.size) * (0.9 + 0.2 * unit(random.next()));
  return static_cast<std::uint64_t>(
      std::clamp(wanted, static_cast<double>(smallest), static_cast<double>(largest_message)));
}

FlagBits with(FlagBits flags, unsigned more) { return static_cast<FlagBits>(flags | more); }

FlagBits flags_of(Random random) {
  FlagBits flags = 0;
  if (random.happens(0.7)) flags = with(flags, imap::proto::flag_seen);
  if (random.happens(0.2)) flags = with(flags, imap::proto::flag_answered);
  if (random.happens(0.1)) flags = with(flags, imap::proto::flag_flagged);
  if (random.happens(0.01)) flags = with(flags, imap::proto::flag_draft);
  if (random.happens(0.05)) flags = with(flags, forwarded);
  return flags;
}

}  // namespace

FlagBits Facts::flags_in(Phase phase) const noexcept {
  const bool is_other = is_changed && phase == Phase::after_delta;
  return static_cast<FlagBits>(is_other ? flags ^ imap::proto::flag_flagged : flags);
}

std::string_view Message::piece(std::uint64_t offset) const noexcept {
  if (offset >= size_) return {};
  if (offset < header_.size()) return std::string_view(header_).substr(static_cast<std::size_t>(offset));
  offset -= header_.size();
  if (offset < first_line_size_) {
    return std::string_view(first_line_.data(), first_line_size_).substr(static_cast<std::size_t>(offset));
  }
  offset -= first_line_size_;
  const std::string_view page = book_->page(mix(hash_ + offset / Book::page_size));
  const std::uint64_t left = size_ - header_.size() - first_line_size_ - offset;
  const auto start = static_cast<std::size_t>(offset % Book::page_size);
  return page.substr(start, static_cast<std::size_t>(std::min<std::uint64_t>(left, Book::page_size)));
}

std::optional<MessageName> parse_message_id(std::string_view id) {
  if (!id.ends_with(domain)) return std::nullopt;
  id.remove_suffix(domain.size());
  MessageName name;
  name.uid = take_number(id);
  if (name.uid == 0 || id.empty() || id.front() != '.') return std::nullopt;
  name.folder = id.substr(1);
  return name;
}

MadeMailbox::MadeMailbox(const Shape& shape, const Book& book, std::string user, std::uint32_t number)
    : shape_(&shape), book_(&book), user_(std::move(user)), number_(number), encoded_user_(percent_encoded(user_)),
      smallest_(longest_header + 2 * encoded_user_.size() + longest_first_line),
      hash_(mix(hash_of(user_) ^ mix(shape.seed ^ mix(number)))) {
  append_number(folder_, number_);
  folder_ += '.';
  append_hex(folder_, mix(shape.seed), 8);
  (folder_ += '.') += encoded_user_;
}

std::optional<MadeMailbox> MadeMailbox::named(const Shape& shape, const Book& book, std::string_view folder) {
  std::string_view rest = folder;
  const std::uint32_t number = take_number(rest);
  const std::size_t dot = rest.find('.', 1);
  if (number == 0 || number > shape.mailboxes || dot == std::string_view::npos) return std::nullopt;
  MadeMailbox mailbox(shape, book, percent_decoded(rest.substr(dot + 1)), number);
  if (mailbox.folder() != folder) return std::nullopt;
  return mailbox;
}

std::string MadeMailbox::name() const { return number_ == 1 ? "INBOX" : "Box-" + std::to_string(number_); }

std::uint64_t MadeMailbox::hash(std::uint32_t uid) const noexcept { return mix(hash_ + uid); }

Facts MadeMailbox::facts(std::uint32_t uid) const {
  const std::uint64_t key = hash(uid);
  Facts facts;
  facts.size = size_of(*shape_, smallest_, Random(draw(key, Aspect::size)));
  facts.date = first_date + static_cast<std::int64_t>(draw(key, Aspect::date) % (last_date - first_date));
  facts.flags = flags_of(Random(draw(key, Aspect::flags)));
  facts.is_changed = uid <= shape_->messages && unit(draw(key, Aspect::change)) * 100 < shape_->changed_percent;
  return facts;
}

void MadeMailbox::make(std::uint32_t uid, Message& message) const {
  const Facts known = facts(uid);
  const std::uint64_t key = hash(uid);
  message.book_ = book_;
  message.hash_ = draw(key, Aspect::body);
  message.size_ = known.size;
  message.header_.clear();
  write_header(uid, known.date, draw(key, Aspect::header), message.header_);
  write_first_line(uid, message);
}

void MadeMailbox::write_header(std::uint32_t uid, std::int64_t date, std::uint64_t hash, std::string& header) const {
  Random random(hash);
  for (std::size_t left = 2 + random.below(3); left > 0; --left) {
    append_received(header, random, date - static_cast<std::int64_t>(left), "user@example.org");
  }
  header += "Date: ";
  append_header_date(header, date - 10);
  header += "\r\nFrom: ";
  append_person(header, random);
  ((header += "To: <") += encoded_user_) += "@example.org>\r\n";
  if (random.happens(0.3)) {
    header += "Cc: ";
    append_person(header, random);
  }
  append_subject(header, random, uid);
  header += "Message-Id: <";
  append_number(header, uid);
  (((header += '.') += folder_) += domain) += ">\r\n";
  header +=
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n";
}

void MadeMailbox::write_first_line(std::uint32_t uid, Message& message) const {
  const std::uint64_t body = message.size_ - message.header_.size();
  message.first_line_size_ = static_cast<std::size_t>(Book::line_size + body % Book::line_size);
  std::string line = "This is message ";
  append_number(line, uid);
  line += " of mailbox ";
  append_number(line, number_);
  line.resize(message.first_line_size_ - 2, '.');
  line += "\r\n";
  std::memcpy(message.first_line_.data(), line.data(), line.size());
}

}  // namespace imapferry::bench::synthetic
