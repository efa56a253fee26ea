#include "stage.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imapferry;
using namespace imapferry::imap;
using namespace imapferry::imap::test;
using core::Fault;
using Lines = std::vector<std::string>;
namespace asio = boost::asio;

namespace {

std::string in(std::string_view capabilities, std::string_view dialogue) {
  return "S: * PREAUTH [CAPABILITY IMAP4rev1" + std::string(capabilities) + "] in\n" + std::string(dialogue);
}

std::string describe(const MailboxStatus& status) {
  std::string out = std::to_string(status.messages) + "/" + std::to_string(status.uid_next) + "/" +
                    std::to_string(status.uid_validity);
  if (status.size) out += "/" + std::to_string(*status.size);
  return out;
}

Lines describe(const std::vector<ListEntry>& entries) {
  Lines lines;
  for (const ListEntry& entry : entries) {
    std::string out = entry.wire;
    if (entry.delimiter != '\0') out += std::string(" ") + entry.delimiter;
    if (entry.is_subscribed) out += " subscribed";
    if (!entry.special_use.empty()) out += " " + entry.special_use;
    if ((entry.attributes & proto::list_noselect) != 0) out += " noselect";
    if (entry.status) out += " " + describe(*entry.status);
    lines.push_back(out);
  }
  return lines;
}

class Heard : public proto::ResponseHandler {
 public:
  void on(const proto::Response& response) override {
    if (const auto* fetch = std::get_if<proto::FetchResponse>(&response)) uids.push_back(fetch->uid);
  }
  void done(const proto::CommandResult&) override {}
  std::vector<proto::Uid> uids;
};

}  // namespace

TEST_CASE("session: LIST, and LSUB for the subscriptions") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto entries = co_await session.list();
    REQUIRE(entries.has_value());
    CHECK(describe(*entries) == Lines{"INBOX / subscribed", "Sent &AOQ- / \\Sent", "a / noselect", "flat subscribed"});
  };
  check_every_end(in("", "C: A1 LIST \"\" \"*\"\n"
                         "S: * LIST () \"/\" INBOX\n"
                         "S: * LIST (\\Sent) \"/\" \"Sent &AOQ-\"\n"
                         "S: * LIST (\\Noselect) \"/\" a\n"
                         "S: * LIST () NIL {4}\n"
                         "S: flat\n"
                         "S: A1 OK done\n"
                         "C: A2 LSUB \"\" \"*\"\n"
                         "S: * LSUB () \"/\" INBOX\n"
                         "S: * LSUB (\\Noselect) \"/\" a\n"
                         "S: * LSUB () \"/\" gone\n"
                         "S: * LSUB () NIL flat\n"
                         "S: A2 OK done\n"),
                  client);
}

TEST_CASE("session: LIST-EXTENDED tells the subscriptions in the same answer") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto entries = co_await session.list();
    REQUIRE(entries.has_value());
    CHECK(describe(*entries) == Lines{"INBOX / subscribed", "gone / subscribed noselect"});
  };
  check_every_end(in(" LIST-EXTENDED", "C: A1 LIST \"\" \"*\" RETURN (SUBSCRIBED)\n"
                                       "S: * LIST (\\Subscribed) \"/\" INBOX\n"
                                       "S: * LIST (\\NonExistent \\Subscribed) \"/\" gone\n"
                                       "S: A1 OK done\n"),
                  client);
}

TEST_CASE("session: LIST-STATUS and SPECIAL-USE come with it where the server has them") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto entries = co_await session.list();
    REQUIRE(entries.has_value());
    CHECK(describe(*entries) == Lines{"INBOX / 3/4/5/600", "Junk / \\Junk 0/1/6", "a / noselect"});
  };
  check_every_end(
      in(" LIST-EXTENDED LIST-STATUS SPECIAL-USE STATUS=SIZE",
         "C: A1 LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY SIZE))\n"
         "S: * LIST () \"/\" INBOX\n"
         "S: * STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 5 SIZE 600)\n"
         "S: * STATUS other (MESSAGES 9)\n"
         "S: * LIST (\\Junk) \"/\" Junk\n"
         "S: * LIST (\\Noselect) \"/\" a\n"
         "S: * STATUS Junk (UIDVALIDITY 6 MESSAGES 0 UIDNEXT 1)\n"
         "S: A1 OK done\n"),
      client);
}

TEST_CASE("session: a list that is refused is a failure") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto entries = co_await session.list();
    REQUIRE(entries.has_error());
    CHECK(entries.error().message == "LIST was refused");
    CHECK(entries.error().server_text == "[UNAVAILABLE] later");
    CHECK(entries.error().fault == Fault::unavailable);
  };
  check_every_end(in("", "C: A1 LIST \"\" \"*\"\nS: A1 NO [UNAVAILABLE] later\n"), client);
}

TEST_CASE("session: we say who we are where the server wants to know, and hear who it is") {
  const auto known = [](Session& session) -> asio::awaitable<void> {
    co_await session.introduce();
    CHECK(session.software() == "Dovecot 2.3.19");
  };
  check_every_end(in(" ID", "C: A1 ID (\"name\" \"imapferry\")\n"
                            "S: * ID (\"vendor\" \"x\" \"version\" \"2.3.19\" \"Name\" \"Dovecot\")\n"
                            "S: A1 OK done\n"),
                  known);
  const auto unknown = [](Session& session) -> asio::awaitable<void> {
    co_await session.introduce();
    CHECK(session.software() == "");
  };
  check_every_end(in(" ID", "C: A1 ID (\"name\" \"imapferry\")\nS: * ID NIL\nS: A1 NO never mind\n"), unknown);
  check_every_end(in("", ""), unknown);
}

TEST_CASE("session: namespaces, where the server has them") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto names = co_await session.namespaces();
    REQUIRE(names.personal.size() == 1);
    CHECK(names.personal[0].prefix == "INBOX.");
    CHECK(names.personal[0].delimiter == '.');
  };
  check_every_end(in(" NAMESPACE", "C: A1 NAMESPACE\nS: * NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\nS: A1 OK done\n"),
                  client);
  const auto without = [](Session& session) -> asio::awaitable<void> {
    const auto names = co_await session.namespaces();
    CHECK(names.personal.empty());
  };
  check_every_end(in("", ""), without);
}

TEST_CASE("session: ENABLE tells what the server has really switched on") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto enabled = co_await session.enable("CONDSTORE QRESYNC");
    CHECK(enabled.has(proto::Capability::condstore));
    CHECK(!enabled.has(proto::Capability::qresync));
  };
  check_every_end(in(" ENABLE", "C: A1 ENABLE CONDSTORE QRESYNC\nS: * ENABLED CONDSTORE\nS: A1 OK done\n"), client);
  const auto nothing = [](Session& session) -> asio::awaitable<void> {
    const auto enabled = co_await session.enable("CONDSTORE");
    CHECK(enabled.empty());
  };
  check_every_end(in(" ENABLE", "C: A1 ENABLE CONDSTORE\nS: A1 BAD what?\n"), nothing);
  check_every_end(in("", ""), nothing);
}

TEST_CASE("session: STATUS") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto status = co_await session.status("a \"b\"");
    REQUIRE(status.has_value());
    CHECK(describe(*status) == "3/4/5");
    const auto refused = co_await session.status("gone");
    REQUIRE(refused.has_error());
    CHECK(refused.error().fault == Fault::select);
  };
  check_every_end(in("", "C: A1 STATUS \"a \\\"b\\\"\" (MESSAGES UIDNEXT UIDVALIDITY)\n"
                         "S: * STATUS \"a \\\"b\\\"\" (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 5)\n"
                         "S: A1 OK done\n"
                         "C: A2 STATUS \"gone\" (MESSAGES UIDNEXT UIDVALIDITY)\n"
                         "S: A2 NO no such mailbox\n"),
                  client);
}

TEST_CASE("session: SELECT tells what the mailbox holds") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto state = co_await session.select("INBOX", SelectMode::read_write);
    REQUIRE(state.has_value());
    CHECK(state->exists == 172);
    CHECK(state->uid_validity == 3857529045);
    CHECK(state->uid_next == 4392);
    CHECK(!state->is_read_only);
    CHECK(state->permanent_flags.known);
    CHECK(state->permanent_flags.any_keyword);
    CHECK(state->permanent_flags.flags.system == (proto::flag_deleted | proto::flag_seen));
    CHECK(state->permanent_flags.flags.has_keyword("$Forwarded"));
    CHECK(session.exists() == 172);
  };
  check_every_end(in("", "C: A1 SELECT \"INBOX\"\n"
                         "S: * 172 EXISTS\n"
                         "S: * 1 RECENT\n"
                         "S: * OK [UNSEEN 12] first\n"
                         "S: * OK [UIDVALIDITY 3857529045] v\n"
                         "S: * OK [UIDNEXT 4392] n\n"
                         "S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\n"
                         "S: * OK [PERMANENTFLAGS (\\Deleted \\Seen $Forwarded \\*)] limited\n"
                         "S: A1 OK [READ-WRITE] done\n"),
                  client);
}

TEST_CASE("session: EXAMINE, a mailbox that tells little, and one that lies about numbers") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto little = co_await session.select("a", SelectMode::read_only);
    REQUIRE(little.has_value());
    CHECK(little->is_read_only);
    CHECK(little->exists == 0);
    CHECK(little->uid_validity == 0);
    CHECK(!little->permanent_flags.known);
    const auto odd = co_await session.select("b", SelectMode::read_only);
    REQUIRE(odd.has_value());
    CHECK(odd->uid_validity == 0);
    CHECK(odd->uid_next == 0);
    CHECK(odd->permanent_flags.known);
    CHECK(!odd->permanent_flags.any_keyword);
    CHECK(odd->permanent_flags.flags.empty());
    const auto refused = co_await session.select("c", SelectMode::read_only);
    REQUIRE(refused.has_error());
    CHECK(refused.error().fault == Fault::select);
    CHECK(refused.error().message == "EXAMINE was refused");
  };
  check_every_end(in("", "C: A1 EXAMINE \"a\"\n"
                         "S: A1 OK [READ-ONLY] done\n"
                         "C: A2 EXAMINE \"b\"\n"
                         "S: * OK [UIDVALIDITY 4294967296] v\n"
                         "S: * OK [UIDNEXT x] n\n"
                         "S: * OK [PERMANENTFLAGS ()] none\n"
                         "S: A2 OK done\n"
                         "C: A3 EXAMINE \"c\"\n"
                         "S: A3 NO [NONEXISTENT] no such mailbox\n"),
                  client);
}

TEST_CASE("session: the number of messages is followed") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto state = co_await session.select("a", SelectMode::read_write);
    REQUIRE(state.has_value());
    CHECK(session.exists() == 5);
    co_await session.noop();
    CHECK(session.exists() == 6);
    co_await session.noop();
    CHECK(session.exists() == 0);
  };
  check_every_end(in("", "C: A1 SELECT \"a\"\n"
                         "S: * 5 EXISTS\n"
                         "S: A1 OK done\n"
                         "C: A2 NOOP\n"
                         "S: * 2 EXPUNGE\n"
                         "S: * 1 EXPUNGE\n"
                         "S: * 6 EXISTS\n"
                         "S: A2 OK done\n"
                         "C: A3 NOOP\n"
                         "S: * 0 EXISTS\n"
                         "S: * 1 EXPUNGE\n"
                         "S: A3 OK done\n"),
                  client);
}

TEST_CASE("session: CREATE and SUBSCRIBE; a mailbox that is there already is no failure") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto made = co_await session.create("a");
    CHECK(!made);
    const auto there = co_await session.create("b");
    CHECK(!there);
    const auto refused = co_await session.create("c");
    REQUIRE(refused);
    CHECK(refused->fault == Fault::create);
    CHECK(refused->describe() == "CREATE was refused (the server says: \"[CANNOT] no such names\")");
    const auto subscribed = co_await session.subscribe("a");
    CHECK(!subscribed);
    const auto not_subscribed = co_await session.subscribe("c");
    REQUIRE(not_subscribed);
    CHECK(not_subscribed->message == "SUBSCRIBE was refused");
  };
  check_every_end(in("", "C: A1 CREATE \"a\"\n"
                         "S: A1 OK done\n"
                         "C: A2 CREATE \"b\"\n"
                         "S: A2 NO [AlreadyExists] it is there\n"
                         "C: A3 CREATE \"c\"\n"
                         "S: A3 NO [CANNOT] no such names\n"
                         "C: A4 SUBSCRIBE \"a\"\n"
                         "S: A4 OK done\n"
                         "C: A5 SUBSCRIBE \"c\"\n"
                         "S: A5 NO no such mailbox\n"),
                  client);
}

TEST_CASE("session: FETCH, STORE and the deletion of just these messages") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    Heard heard;
    const auto fetched = co_await session.uid_fetch("1:3", "(UID FLAGS)", heard);
    CHECK(fetched.is_ok());
    CHECK(heard.uids == std::vector<proto::Uid>{1, 3});
    const auto stored = co_await session.uid_store("1", "FLAGS.SILENT (\\Seen $x)");
    CHECK(!stored);
    const auto not_stored = co_await session.uid_store("2", "FLAGS.SILENT ()");
    REQUIRE(not_stored);
    CHECK(not_stored->fault == Fault::flags);
    const auto deleted = co_await session.uid_delete("1");
    CHECK(!deleted);
    const auto not_deleted = co_await session.uid_delete("3");
    REQUIRE(not_deleted);
    CHECK(not_deleted->message == "STORE was refused");
  };
  check_every_end(in(" UIDPLUS", "C: A1 UID FETCH 1:3 (UID FLAGS)\n"
                                 "S: * 1 FETCH (UID 1 FLAGS ())\n"
                                 "S: * 2 FETCH (UID 3 FLAGS ())\n"
                                 "S: A1 OK done\n"
                                 "C: A2 UID STORE 1 FLAGS.SILENT (\\Seen $x)\n"
                                 "S: A2 OK done\n"
                                 "C: A3 UID STORE 2 FLAGS.SILENT ()\n"
                                 "S: A3 NO no\n"
                                 "C: A4 UID STORE 1 +FLAGS.SILENT (\\Deleted)\n"
                                 "S: A4 OK done\n"
                                 "C: A5 UID EXPUNGE 1\n"
                                 "S: * 1 EXPUNGE\n"
                                 "S: A5 OK done\n"
                                 "C: A6 UID STORE 3 +FLAGS.SILENT (\\Deleted)\n"
                                 "S: A6 NO no\n"),
                  client);
}

TEST_CASE("session: UNSELECT only where the server has it: CLOSE would expunge") {
  const auto client = [](Session& session) -> asio::awaitable<void> { co_await session.unselect(); };
  check_every_end(in(" UNSELECT", "C: A1 UNSELECT\nS: A1 OK done\n"), client);
  check_every_end(in("", ""), client);
}

TEST_CASE("session: LOGOUT says goodbye, and an end is an end") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    co_await session.logout();
    CHECK(!session.is_open());
    // Once more does no harm.
    co_await session.logout();
  };
  for (const std::string_view end : {"S: * BYE see you\nS: A1 OK done\n", "S: * BYE see you\n", ""}) {
    CAPTURE(end);
    Stage stage(in("", "C: A1 LOGOUT\n" + std::string(end)), Stage::End::close);
    CHECK(stage.run(with_session(stage.take_stream(), client)).describe() == "");
  }
}

TEST_CASE("session: a mailbox is created for its purpose, or without where the server does not want that") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto first = co_await session.create("a", "\\Sent");
    CHECK_FALSE(first.has_value());
    const auto second = co_await session.create("b", "\\Sent");
    CHECK_FALSE(second.has_value());
    const auto third = co_await session.create("c");
    CHECK_FALSE(third.has_value());
  };
  check_every_end(in(" CREATE-SPECIAL-USE", "C: A1 CREATE \"a\" (USE (\\Sent))\nS: A1 OK done\n"
                                            "C: A2 CREATE \"b\" (USE (\\Sent))\nS: A2 NO [USEATTR] there is one\n"
                                            "C: A3 CREATE \"b\"\nS: A3 OK done\n"
                                            "C: A4 CREATE \"c\"\nS: A4 OK done\n"),
                  client);
  const auto plain = [](Session& session) -> asio::awaitable<void> {
    const auto failure = co_await session.create("a", "\\Sent");
    CHECK_FALSE(failure.has_value());
  };
  check_every_end(in("", "C: A1 CREATE \"a\"\nS: A1 NO [ALREADYEXISTS] there\n"), plain);
}

TEST_CASE("session: mailboxes are deleted, and one that is not there is no failure") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto gone = co_await session.remove("a");
    CHECK_FALSE(gone.has_value());
    const auto failure = co_await session.remove("b");
    REQUIRE(failure.has_value());
    CHECK(failure->message == "DELETE was refused");
    CHECK(failure->server_text == "it has children");
    const auto unsubscribed = co_await session.unsubscribe("a");
    CHECK_FALSE(unsubscribed.has_value());
  };
  check_every_end(in("", "C: A1 DELETE \"a\"\nS: A1 NO [NONEXISTENT] gone\n"
                         "C: A2 DELETE \"b\"\nS: A2 NO it has children\n"
                         "C: A3 UNSUBSCRIBE \"a\"\nS: A3 OK done\n"),
                  client);
}

TEST_CASE("session: access lists") {
  const auto client = [](Session& session) -> asio::awaitable<void> {
    const auto list = co_await session.rights_of("a");
    REQUIRE(list.has_value());
    REQUIRE(list->size() == 2);
    CHECK((*list)[1].identifier == "anyone");
    CHECK((*list)[1].rights == "l");
    const auto set = co_await session.set_rights("a", "bob b", "lrs");
    CHECK_FALSE(set.has_value());
    const auto failure = co_await session.set_rights("a", "eve", "");
    REQUIRE(failure.has_value());
    CHECK(failure->fault == Fault::rights);
    CHECK(failure->message == "DELETEACL was refused");
  };
  check_every_end(in(" ACL", "C: A1 GETACL \"a\"\nS: * ACL a \"bob b\" lr anyone l\nS: A1 OK done\n"
                             "C: A2 SETACL \"a\" \"bob b\" \"lrs\"\nS: A2 OK done\n"
                             "C: A3 DELETEACL \"a\" \"eve\"\nS: A3 NO who\n"),
                  client);
}
