#include "feed.hpp"
#include "report/mail_report.hpp"

#include <doctest/doctest.h>

#include <string>

namespace imapferry::report::test {

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

MailReportFacts some_facts() {
  MailReportFacts facts;
  facts.names = {"old.example", "ann", "new.example", "ann@new.example"};
  facts.sender = "post@example.org";
  facts.id = "1@imapferry.invalid";
  facts.statistics.ended = std::chrono::system_clock::time_point(std::chrono::seconds(1'795'435'200));
  facts.statistics.started = facts.statistics.ended - 10s;
  return facts;
}

}  // namespace

TEST_CASE("mail report: a message with the statistics of one account") {
  RunTally tally;
  feed(tally, {run_started(2), started(0), mapped(0, {"INBOX"}),
               planned(0, "INBOX", {.source = 3, .to_copy = 2, .already = 1}), copied(0, "INBOX", 2, 10),
               done(0, "INBOX"), finished(0)});
  const std::string message = mail_report(tally, 0, some_facts());
  CHECK(message.starts_with("Message-Id: <1@imapferry.invalid>\r\n"
                            "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
                            "From: post@example.org\r\n"
                            "To: ann@new.example\r\n"
                            "Subject: imapferry: ann on old.example to ann@new.example on new.example\r\n"
                            "MIME-Version: 1.0\r\n"
                            "Content-Type: text/plain; charset=UTF-8\r\n"
                            "Content-Transfer-Encoding: 8bit\r\n"
                            "\r\n"
                            "The mail of ann on old.example\r\n"
                            "was copied to ann@new.example on new.example.\r\n"
                            "\r\n"
                            "++++ Statistics\r\n"));
  CHECK(has(message, "Messages transferred                    : 2 \r\n"));
  CHECK(message.ends_with("Detected 0 errors\r\n"));
}

TEST_CASE("mail report: what was not copied is named, of this account only, in lines that a message may have") {
  RunTally tally;
  feed(tally, {run_started(2), started(0), started(1), mapped(0, {"INBOX", "B"}), mapped(1, {"INBOX"}),
               planned(0, "INBOX", {.source = 3, .to_copy = 3}), refused(0, "INBOX", 17), refused(1, "INBOX", 4711),
               mailbox_failed(0, std::string(5000, 'n'), core::Fault::select), finished(0)});
  const std::string message = mail_report(tally, 0, some_facts());
  CHECK(has(message, "but not all of it"));
  CHECK(has(message, "What went wrong:\r\nFolder [nnn"));
  CHECK(has(message, "- msg INBOX/17 "));
  CHECK_FALSE(has(message, "4711"));
  std::size_t start = 0;
  for (std::size_t end = message.find('\n'); end != std::string::npos; end = message.find('\n', start)) {
    REQUIRE(end > start);
    CHECK(message[end - 1] == '\r');
    CHECK(end - start <= 999);
    start = end + 1;
  }
  CHECK(start == message.size());
}

TEST_CASE("mail report: names from outside cannot become header fields") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), finished(0)});
  MailReportFacts facts = some_facts();
  facts.names.user1 = "ann\r\nBcc: eve@example.org";
  facts.names.user2 = "j\xc3\xb6rg\n\nbody";
  const std::string message = mail_report(tally, 0, facts);
  const std::string header = message.substr(0, message.find("\r\n\r\n"));
  CHECK_FALSE(has(header, "\nBcc"));
  CHECK_FALSE(has(header, "\xc3"));
  CHECK(has(header, "\r\nTo: =?UTF-8?Q?j=C3=B6rg=5Cx0A=5Cx0Abody?=:;\r\n"));
  CHECK(has(header, "\r\nContent-Transfer-Encoding: 8bit"));
}

TEST_CASE("mail report: recipients") {
  for (const char* address : {"a@b", "ann.lee+x@mail-1.example.org", "o'neil@example.org"})
    CHECK(recipient(address) == address);
  CHECK(recipient("ann") == "\"ann\":;");
  CHECK(recipient("say \"hi\" \\") == "\"say \\\"hi\\\" \\\\\":;");
  CHECK(recipient("a b@example.org") == "\"a b@example.org\":;");
  CHECK(recipient("a..b@example.org") == "\"a..b@example.org\":;");
  CHECK(recipient("a@b@c") == "\"a@b@c\":;");
  CHECK(recipient("a@").starts_with('"'));
  CHECK(recipient(std::string(400, 'a') + "@b").size() < 300);
}

TEST_CASE("mail report: encoded words are short and hold whole characters") {
  CHECK(header_text("plain (text)?") == "plain (text)?");
  CHECK(header_text("\xc3\xa9 a") == "=?UTF-8?Q?=C3=A9_a?=");
  std::string long_text;
  for (int i = 0; i < 40; ++i) long_text += "\xe6\x97\xa5";
  std::string text = header_text(long_text);
  std::string decoded;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\r\n "), text.size());
    const std::string word = text.substr(0, end);
    text.erase(0, std::min(end + 3, text.size()));
    REQUIRE(word.size() <= 75);
    REQUIRE(word.starts_with("=?UTF-8?Q?"));
    REQUIRE(word.ends_with("?="));
    const std::string inside = word.substr(10, word.size() - 12);
    CHECK(inside.size() % 9 == 0);
    decoded += inside;
  }
  CHECK(decoded.size() == 40 * 9);
}

}  // namespace imapferry::report::test
