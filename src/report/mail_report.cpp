#include "report/mail_report.hpp"

#include "core/failure.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace imapferry::report {

namespace {

constexpr std::size_t most_errors = 100;
// RFC 5322 section 2.1.1: 998 without the line's end.
constexpr std::size_t longest_line = 900;
constexpr std::size_t longest_name = 200;
// RFC 2047 section 2: an encoded word has 75 characters at most, of which 12 are its frame.
constexpr std::size_t longest_encoded = 60;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_dot_atom(std::string_view text, std::string_view more) {
  const bool is_dotted_well =
      !text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos;
  return is_dotted_well && std::all_of(text.begin(), text.end(), [&](char c) {
           return is_alphanumeric(c) || c == '.' || more.find(c) != std::string_view::npos;
         });
}

bool is_address(std::string_view text) {
  constexpr std::size_t longest = 320;
  const std::size_t at = text.rfind('@');
  return text.size() <= longest && at != std::string_view::npos &&
         is_dot_atom(text.substr(0, at), "!#$%&'*+-/=?^_`{|}~") && is_dot_atom(text.substr(at + 1), "-");
}

/// One character of UTF-8 at a time, as bytes.
std::string_view take_character(std::string_view& text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) ++length;
  const std::string_view character = text.substr(0, length);
  text.remove_prefix(length);
  return character;
}

std::string encoded_character(std::string_view character) {
  if (character == " ") return "_";
  if (character.size() == 1 && is_alphanumeric(character.front())) return std::string(character);
  std::string text;
  for (const char byte : character) text += fmt::format("={:02X}", static_cast<unsigned char>(byte));
  return text;
}

std::string errors_of(const RunTally& tally, std::size_t account) {
  std::vector<std::string> lines;
  for (const FailedMailbox& failed : tally.failed_mailboxes()) {
    if (failed.account == account) lines.push_back(error_line(failed.mailbox));
  }
  for (const RefusedMessage& refused : tally.refused()) {
    if (refused.account == account) lines.push_back(error_line(refused.message));
  }
  const Counts& counts = tally.accounts()[account].counts;
  const std::uint64_t all = counts.mailbox_failures + counts.refused;
  if (all == 0) return {};
  lines.resize(std::min(lines.size(), most_errors));
  std::string text = "\nWhat went wrong:\n";
  for (const std::string& line : lines) text += line + "\n";
  if (all > lines.size()) text += fmt::format("and {} more\n", all - lines.size());
  return text;
}

/// With the line ends that a message has, and no line longer than a message may have.
std::string as_body(std::string_view text) {
  std::string body;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    body += core::printable(text.substr(0, end), longest_line) + "\r\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return body;
}

}  // namespace

std::string header_text(std::string_view text) {
  if (is_printable_ascii(text)) return std::string(text);
  std::string words;
  std::string word;
  const auto end_word = [&] { words += fmt::format("{}=?UTF-8?Q?{}?=", words.empty() ? "" : "\r\n ", word); };
  while (!text.empty()) {
    const std::string next = encoded_character(take_character(text));
    if (word.size() + next.size() > longest_encoded) {
      end_word();
      word.clear();
    }
    word += next;
  }
  end_word();
  return words;
}

std::string recipient(std::string_view user) {
  if (is_address(user)) return std::string(user);
  const std::string name = core::printable(user, longest_name);
  if (!is_printable_ascii(name)) return header_text(name) + ":;";
  std::string quoted;
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return fmt::format("\"{}\":;", quoted);
}

std::string mail_report(const RunTally& tally, std::size_t account, const MailReportFacts& facts) {
  const AccountTally& counted = tally.accounts()[account];
  const auto name = [](std::string_view user, std::string_view host) {
    return fmt::format("{} on {}", core::printable(user, longest_name), core::printable(host, longest_name));
  };
  const std::string source = name(facts.names.user1, facts.names.host1);
  const std::string destination = name(facts.names.user2, facts.names.host2);
  const bool is_whole =
      counted.state == AccountState::done && counted.counts.refused == 0 && counted.counts.mailbox_failures == 0;
  std::string header = fmt::format("Message-Id: <{}>\n", facts.id);
  header += fmt::format("Date: {:%a, %d %b %Y %H:%M:%S} +0000\n",
                        fmt::gmtime(std::chrono::system_clock::to_time_t(facts.statistics.ended)));
  header += fmt::format("From: {}\nTo: {}\n", facts.sender, recipient(facts.names.user2));
  header += fmt::format("Subject: {}\n", header_text("imapferry: " + source + " to " + destination));
  header += "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n";
  std::string message;
  for (const char c : header) {
    if (c == '\n' && !message.ends_with('\r')) message += '\r';
    message += c;
  }
  std::string body = fmt::format("The mail of {}\n{} to {}.\n\n", source,
                                 is_whole ? "was copied" : "was copied, but not all of it,", destination);
  body += statistics(counted, facts.statistics) + errors_of(tally, account);
  return message + as_body(body);
}

}  // namespace imapferry::report
