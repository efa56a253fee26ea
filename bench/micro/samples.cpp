#include "samples.hpp"

#include "imap/proto/date_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace imapferry::micro {

namespace {

constexpr std::int64_t first_date = 1'262'304'000;  // 2010
constexpr std::string_view flag_sets[] = {"\\Seen", "\\Seen",           "\\Seen \\Answered",
                                          "",       "\\Seen \\Flagged", "\\Seen $Forwarded"};

std::string_view flags_of(std::uint64_t number) { return flag_sets[number % std::size(flag_sets)]; }

std::string date_of(std::uint64_t number) {
  return imap::proto::DateTime{first_date + static_cast<std::int64_t>(number * 997), 60}.to_string();
}

std::string received_field(Numbers& numbers, std::uint64_t number) {
  return fmt::format("Received: from mx{}.example.org (mx{}.example.org [192.0.2.{}])\r\n"
                     "\tby relay.example.net (Postfix) with ESMTPS id {:011X}\r\n"
                     "\tfor <user@example.org>; Mon, 5 Jan 2015 08:{:02}:{:02} +0000\r\n",
                     numbers.below(9), numbers.below(9), numbers.below(256), numbers.next() >> 20, number % 60,
                     number / 60 % 60);
}

std::string identifying_fields(std::uint64_t number) {
  Numbers numbers(number);
  return received_field(numbers, number) + received_field(numbers, number) + received_field(numbers, number) +
         fmt::format("Message-ID: <{:016x}.{}@example.org>\r\n\r\n", numbers.next(), number);
}

}  // namespace

std::uint64_t Numbers::next() noexcept {
  std::uint64_t z = state_ += 0x9E37'79B9'7F4A'7C15U;
  z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9U;
  z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBU;
  return z ^ (z >> 31);
}

std::string header(std::uint64_t number, std::size_t received) {
  Numbers numbers(number);
  std::string text;
  for (std::size_t i = 0; i < received; ++i) text += received_field(numbers, number);
  text += fmt::format("Message-ID: <{:016x}.{}@example.org>\r\n", numbers.next(), number);
  text += fmt::format("Date: {}\r\nFrom: Somebody Else <somebody.{}@example.org>\r\n", date_of(number), number % 100);
  text += fmt::format("To: User <user@example.org>,\r\n\tAnother <another@example.net>\r\n"
                      "Subject: Re: what was said about number {} and its neighbours\r\n",
                      number);
  text += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
  return text;
}

std::string message(std::uint64_t number, std::size_t size) {
  constexpr std::string_view line = "A line of text as people write it, neither short nor very long at all.\r\n";
  std::string text = header(number, 3);
  while (text.size() < size) text += line.substr(0, std::max<std::size_t>(size - text.size(), 2));
  text.replace(text.size() - 2, 2, "\r\n");
  return text;
}

std::string fetch_of_bodies(std::size_t messages, std::size_t size) {
  std::string text;
  for (std::size_t i = 1; i <= messages; ++i) {
    const std::string body = message(i, size);
    text += fmt::format("* {} FETCH (UID {} BODY[] {{{}}}\r\n{})\r\n", i, i + 1000, body.size(), body);
  }
  return text;
}

std::string fetch_of_flags(std::size_t messages) {
  std::string text;
  for (std::size_t i = 1; i <= messages; ++i)
    text += fmt::format("* {} FETCH (UID {} FLAGS ({}))\r\n", i, i + 1000, flags_of(i));
  return text;
}

std::string fetch_of_metadata(std::size_t messages) {
  std::string text;
  for (std::size_t i = 1; i <= messages; ++i)
    text += fmt::format("* {} FETCH (UID {} FLAGS ({}) INTERNALDATE \"{}\" RFC822.SIZE {})\r\n", i, i + 1000,
                        flags_of(i), date_of(i), 2000 + i % 9000);
  return text;
}

std::string fetch_of_identities(std::size_t messages) {
  std::string text;
  for (std::size_t i = 1; i <= messages; ++i) {
    const std::string fields = identifying_fields(i);
    text += fmt::format("* {} FETCH (UID {} FLAGS ({}) INTERNALDATE \"{}\" RFC822.SIZE {} "
                        "BODY[HEADER.FIELDS (MESSAGE-ID RECEIVED)] {{{}}}\r\n{})\r\n",
                        i, i + 1000, flags_of(i), date_of(i), 2000 + i % 9000, fields.size(), fields);
  }
  return text;
}

std::string list_of_mailboxes(std::size_t mailboxes) {
  std::string text;
  for (std::size_t i = 1; i <= mailboxes; ++i)
    text += fmt::format("* LIST (\\HasNoChildren \\Subscribed) \"/\" \"Archive/{}/Project {}\"\r\n", 2000 + i % 20, i);
  return text;
}

std::string status_of_mailboxes(std::size_t mailboxes) {
  std::string text;
  for (std::size_t i = 1; i <= mailboxes; ++i)
    text += fmt::format("* STATUS \"Archive/{}/Project {}\" (MESSAGES {} UIDNEXT {} UIDVALIDITY 1448261222)\r\n",
                        2000 + i % 20, i, i * 7, i * 9);
  return text;
}

std::string search_of(std::size_t messages) {
  std::string text = "* SEARCH";
  for (std::size_t i = 1; i <= messages; ++i) text += fmt::format(" {}", i + i / 3);
  return text + "\r\n";
}

std::string esearch_of(std::size_t messages) {
  std::string text = "* ESEARCH (TAG \"A7\") UID ALL ";
  for (std::size_t i = 1; i <= messages; ++i) text += fmt::format("{}{}:{}", i == 1 ? "" : ",", i * 10, i * 10 + 4);
  return text + "\r\n";
}

sync::MailboxIndex index_of(std::size_t messages, std::size_t hole) {
  imap::proto::Flags flag_values[std::size(flag_sets)];
  flag_values[0].add("\\Seen");
  flag_values[1].add("\\Flagged");
  sync::MailboxIndex index;
  for (std::size_t i = 1; i <= messages; ++i) {
    if (hole != 0 && i % hole == 0) continue;
    Numbers numbers(i);
    sync::MailboxIndex::Entry entry;
    entry.uid = static_cast<imap::proto::Uid>(i);
    entry.identity.bits = {numbers.next(), numbers.next()};
    entry.has_identity = true;
    entry.size = 2000 + numbers.below(20'000);
    entry.date = first_date + static_cast<std::int64_t>(i);
    index.add(entry, flag_values[i % std::size(flag_values)]);
  }
  return index;
}

}  // namespace imapferry::micro
