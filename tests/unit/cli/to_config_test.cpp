#include "cli/to_config.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace imapferry::cli {

namespace {

using Words = std::vector<std::string>;
using config::Protection;

/// An environment and files that exist only here.
struct World {
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;

  [[nodiscard]] Surroundings surroundings() const {
    Surroundings result;
    result.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    result.read_file = [this](const std::string& path, std::size_t) -> core::Result<std::string> {
      const auto found = files.find(path);
      if (found == files.end()) return core::Failure{core::Fault::input, "cannot read " + path, {}};
      return found->second;
    };
    return result;
  }
};

core::Result<Invocation> invoke(Words argv, const World& world = {}) {
  auto parsed = parse_arguments(std::move(argv));
  if (!parsed) return parsed.error();
  return to_config(*parsed, world.surroundings());
}

/// A complete command line, and more behind it.
Words complete(Words more) {
  Words argv{"--host1", "old.example", "--user1", "ann", "--password1", "p1",
             "--host2", "new.example", "--user2", "bob", "--password2", "p2"};
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

config::RunConfig config_of(const Words& more) {
  auto invocation = invoke(complete(more));
  REQUIRE_MESSAGE(invocation.has_value(), invocation.error().message);
  return invocation->config;
}

core::Failure failure_of(const Words& argv, const World& world = {}) {
  const auto invocation = invoke(argv, world);
  REQUIRE_FALSE(invocation.has_value());
  return invocation.error();
}

}  // namespace

TEST_CASE("config: rules about the texts of messages") {
  const config::MessageRules none = config_of({}).rules.messages;
  CHECK_FALSE(none.concern_texts());
  CHECK(none.check_commands);
  const config::MessageRules rules = config_of({"--skipmess",
                                                "/a/",
                                                "--skipmess",
                                                "m{b}i",
                                                "--regexmess",
                                                "s/$sync->{user1}/x/",
                                                "--pipemess",
                                                "cat",
                                                "--pipemess",
                                                "sed s/a/b/",
                                                "--nopipemesscheck",
                                                "--pipetimeout",
                                                "7",
                                                "--disarmreadreceipts",
                                                "--addheader",
                                                "--truncmess",
                                                "100",
                                                "--maxlinelength",
                                                "998",
                                                "--minmaxlinelength",
                                                "0",
                                                "--maxlinelengthcmd",
                                                "fold"})
                                         .rules.messages;
  CHECK(rules.concern_texts());
  CHECK(rules.skip == Words{"/a/", "m{b}i"});
  CHECK(rules.substitutions == Words{"s/$sync->{user1}/x/"});
  CHECK(rules.commands == Words{"cat", "sed s/a/b/"});
  CHECK_FALSE(rules.check_commands);
  CHECK(rules.command_time == std::chrono::seconds(7));
  CHECK(rules.disarm_read_receipts);
  CHECK(rules.add_id);
  CHECK(rules.truncate_at == 100U);
  CHECK(rules.longest_line == 998U);
  CHECK(rules.least_long_line == 0U);
  CHECK(rules.long_line_command == "fold");
}

TEST_CASE("config: rules about texts that cannot be meant") {
  const auto message_of = [](const Words& more) { return failure_of(complete(more)).message; };
  CHECK(message_of({"--regexmess", "lalala"}).find("--regexmess: the expression \"lalala\"") == 0);
  CHECK(message_of({"--regexmess", "s/a/$h2_prefix/"}).find("no variable is called h2_prefix") != std::string::npos);
  CHECK(message_of({"--skipmess", "s/a/b/"}).find("--skipmess: the expression") == 0);
  CHECK(message_of({"--pipemess", ""}).find("--pipemess is empty") == 0);
  CHECK(message_of({"--maxlinelengthcmd", "fold"}).find("goes with --maxlinelength") != std::string::npos);
  CHECK(!message_of({"--truncmess", "0"}).empty());
  CHECK(!message_of({"--maxlinelength", "-1"}).empty());
}

TEST_CASE("config: a plain command line and its defaults") {
  const auto invocation = invoke(complete({}));
  REQUIRE(invocation.has_value());
  CHECK(invocation->action == CliAction::run);
  CHECK(invocation->warnings.empty());
  CHECK(invocation->progress == Progress::automatic);
  CHECK_FALSE(invocation->needs_password1);
  CHECK_FALSE(invocation->needs_password2);
  const config::RunConfig& config = invocation->config;
  CHECK(config.source.host == "old.example");
  CHECK(config.destination.host == "new.example");
  for (const auto* server : {&config.source, &config.destination}) {
    CHECK_FALSE(server->port.has_value());
    CHECK(server->protection == Protection::automatic);
    CHECK(server->probe_tls_port);
    CHECK(server->allow_starttls);
    CHECK(server->family == config::AddressFamily::any);
    CHECK(server->tls.verify_certificate);
    CHECK(server->tls.ca_file.empty());
    CHECK(server->timeout == std::chrono::seconds(120));
    CHECK(server->send_id);
    CHECK(server->max_connections == 0);
  }
  REQUIRE(config.accounts.size() == 1);
  CHECK(config.accounts[0].name == "ann -> bob");
  CHECK(config.accounts[0].line == 0);
  CHECK(config.accounts[0].source.user == "ann");
  CHECK(config.accounts[0].source.password.reveal() == "p1");
  CHECK(config.accounts[0].destination.user == "bob");
  CHECK(config.accounts[0].destination.password.reveal() == "p2");
  CHECK_FALSE(config.just_connect);
  CHECK(config.rules.folders.names.empty());
  CHECK_FALSE(config.rules.dry);
  CHECK_FALSE(config.rules.just_folders);
  CHECK_FALSE(config.rules.just_folder_sizes);
  CHECK(config.rules.flags.present == config::FlagRules::Present::replace);
  CHECK(config.rules.deletion.copy_deleted);
  CHECK(config.rules.folders.subscribe);
  CHECK(config.limits.max_accounts == 0);
  CHECK(config.limits.lanes == 0);
  CHECK(config.limits.memory == 64u << 20);
  CHECK(config.limits.batch_messages == 0);
  CHECK(config.limits.batch_bytes == 0);
}

TEST_CASE("config: port and protection follow imapsync's rules") {
  struct Case {
    Words options;
    std::optional<std::uint16_t> port;
    Protection protection;
    bool probes, allows_starttls;
  };
  const Case cases[] = {
      {{}, std::nullopt, Protection::automatic, true, true},
      {{"--nosslcheck"}, std::nullopt, Protection::automatic, false, true},
      {{"--ssl1"}, std::uint16_t{993}, Protection::tls, false, true},
      {{"--tls1"}, std::uint16_t{143}, Protection::starttls, false, true},
      {{"--nossl1", "--notls1"}, std::uint16_t{143}, Protection::none, false, false},
      {{"--nossl1"}, std::uint16_t{143}, Protection::automatic, false, true},
      {{"--notls1"}, std::nullopt, Protection::automatic, true, false},
      {{"--ssl1", "--notls1"}, std::uint16_t{993}, Protection::tls, false, false},
      {{"--nossl1", "--tls1"}, std::uint16_t{143}, Protection::starttls, false, true},
      {{"--port1", "1143"}, std::uint16_t{1143}, Protection::automatic, false, true},
      {{"--port1", "993"}, std::uint16_t{993}, Protection::tls, false, true},
      {{"--port1", "993", "--notls1"}, std::uint16_t{993}, Protection::tls, false, false},
      {{"--port1", "993", "--tls1"}, std::uint16_t{993}, Protection::starttls, false, true},
      {{"--port1", "993", "--nossl1"}, std::uint16_t{993}, Protection::automatic, false, true},
      {{"--port1", "993", "--nossl1", "--notls1"}, std::uint16_t{993}, Protection::none, false, false},
      {{"--port1", "1993", "--ssl1"}, std::uint16_t{1993}, Protection::tls, false, true},
      {{"--port1", "1143", "--tls1"}, std::uint16_t{1143}, Protection::starttls, false, true},
      {{"--port1", "1143", "--nossl1", "--notls1"}, std::uint16_t{1143}, Protection::none, false, false},
  };
  for (const Case& test : cases) {
    const config::RunConfig config = config_of(test.options);
    INFO("options from ", test.options.empty() ? "none" : test.options[0], ", ", test.options.size());
    CHECK(config.source.port == test.port);
    CHECK(config.source.protection == test.protection);
    CHECK(config.source.probe_tls_port == test.probes);
    CHECK(config.source.allow_starttls == test.allows_starttls);
    CHECK(config.destination.protection == Protection::automatic);
    CHECK_FALSE(config.destination.port.has_value());
    CHECK(config.destination.allow_starttls);
  }
  const config::RunConfig twin = config_of({"--tls2", "--port2", "2143"});
  CHECK(twin.destination.protection == Protection::starttls);
  CHECK(twin.destination.port == std::uint16_t{2143});
  CHECK(twin.source.protection == Protection::automatic);
  CHECK(failure_of(complete({"--ssl2", "--tls2"})).message.find("--ssl2 and --tls2 exclude each other") !=
        std::string::npos);
}

TEST_CASE("config: certificates, addresses, timeouts, connections") {
  auto invocation = invoke(complete({"--sslargs1", "SSL_verify_mode=0", "--sslargs2", "SSL_verify_mode=1", "--sslargs2",
                                     "SSL_ca_file=/ca.pem", "--inet6", "--timeout", "30", "--timeout2", "0.0001",
                                     "--noid", "--maxconnections1", "3", "--maxconnections2", "4"}));
  REQUIRE(invocation.has_value());
  const config::RunConfig& config = invocation->config;
  CHECK_FALSE(config.source.tls.verify_certificate);
  CHECK(config.destination.tls.verify_certificate);
  CHECK(config.destination.tls.ca_file == "/ca.pem");
  CHECK(config.source.family == config::AddressFamily::ipv6);
  CHECK(config.destination.family == config::AddressFamily::ipv6);
  CHECK(config.source.timeout == std::chrono::seconds(30));
  CHECK(config.destination.timeout == std::chrono::milliseconds(1));
  CHECK_FALSE(config.source.send_id);
  CHECK(config.source.max_connections == 3);
  CHECK(config.destination.max_connections == 4);
  REQUIRE(invocation->warnings.size() == 1);
  CHECK(invocation->warnings[0] == "--sslargs1: the certificate of host1 is not checked");

  CHECK(config_of({"--timeout", "0"}).source.timeout.count() == 0);
  CHECK(config_of({"--ipv4"}).destination.family == config::AddressFamily::ipv4);
  CHECK(config_of({"--ipv4", "--noipv4"}).destination.family == config::AddressFamily::any);
  CHECK(failure_of(complete({"--inet4", "--inet6"})).fault == core::Fault::usage);
  CHECK(failure_of(complete({"--sslargs1", "SSL_verify_mode=maybe"})).message ==
        "--sslargs1: SSL_verify_mode: expected 0 or 1, saw \"maybe\"");
}

TEST_CASE("config: what is copied, and with what") {
  const config::RunConfig config = config_of({"--folder",
                                              "INBOX",
                                              "--folder",
                                              "Sent",
                                              "--folderrec",
                                              "Work",
                                              "--include",
                                              "^A",
                                              "--exclude",
                                              "b$",
                                              "--dry",
                                              "--noresyncflags",
                                              "--nosubscribe",
                                              "--maxaccounts",
                                              "8",
                                              "--lanes",
                                              "2",
                                              "--memory",
                                              "256M",
                                              "--batchmessages",
                                              "50",
                                              "--batchbytes",
                                              "4M",
                                              "--progress",
                                              "plain"});
  CHECK(config.rules.folders.names == Words{"INBOX", "Sent"});
  CHECK(config.rules.folders.recursive == Words{"Work"});
  CHECK(config.rules.folders.include == Words{"^A"});
  CHECK(config.rules.folders.exclude == Words{"b$"});
  CHECK(config.rules.dry);
  CHECK(config.rules.flags.present == config::FlagRules::Present::keep);
  CHECK_FALSE(config.rules.folders.subscribe);
  CHECK(config.limits.max_accounts == 8);
  CHECK(config.limits.lanes == 2);
  CHECK(config.limits.memory == 256u << 20);
  CHECK(config.limits.batch_messages == 50);
  CHECK(config.limits.batch_bytes == 4u << 20);
  CHECK(config_of({"--justfolders"}).rules.just_folders);
  const config::RunConfig both = config_of({"--justfolders", "--justfoldersizes"});
  CHECK(both.rules.just_folder_sizes);
  CHECK_FALSE(both.rules.just_folders);
}

TEST_CASE("config: folders") {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  const config::FolderRules rules =
      config_of({"--prefix1", "", "--sep2", ".", "--subscribed", "--f1f2", "a=b=c", "--f1f2h", "d=e", "--nofixslash2",
                 "--nomixfolders", "--automap", "--regextrans2", "s/$h1_prefix/${h2_prefix}/", "--syncacls"})
          .rules.folders;
  CHECK(rules.source_prefix == "");
  CHECK_FALSE(rules.destination_prefix.has_value());
  CHECK_FALSE(rules.source_separator.has_value());
  CHECK(rules.destination_separator == '.');
  CHECK(rules.only_subscribed);
  CHECK(rules.renamed == Pairs{{"a", "b=c"}, {"d", "e"}});
  CHECK_FALSE(rules.fix_slash);
  CHECK_FALSE(rules.mix_cases);
  CHECK(rules.automap);
  CHECK(rules.automap_children);
  CHECK(rules.copy_rights);
  const config::FolderRules plain = config_of({}).rules.folders;
  CHECK(plain.fix_slash);
  CHECK(plain.mix_cases);
  CHECK(plain.subscribe);
  CHECK_FALSE(plain.automap);
  CHECK_FALSE(plain.skip_empty);
  // A branch that goes elsewhere has no use for a server's special folders.
  CHECK_FALSE(config_of({"--automap", "--subfolder2", "Old"}).rules.folders.automap);
  CHECK_FALSE(config_of({"--automap", "--subfolder1", "Old"}).rules.folders.automap);
  CHECK(config_of({"--justautomap"}).rules.folders.automap);
  CHECK_FALSE(config_of({"--justautomap", "--noautomap"}).rules.folders.automap);
}

TEST_CASE("config: folders that cannot be meant") {
  struct Row {
    Words options;
    const char* start;
  };
  const std::vector<Row> rows = {
      {{"--sep1", ""}, "--sep1: expected one character, saw \"\""},
      {{"--sep2", "//"}, "--sep2: expected one character, saw \"//\""},
      {{"--f1f2", "toto="}, "--f1f2: expected SOURCE FOLDER=DESTINATION FOLDER, saw \"toto=\""},
      {{"--f1f2", "toto"}, "--f1f2: expected"},
      {{"--f1f2", "=a"}, "--f1f2: expected"},
      {{"--f1f2h", "a="}, "--f1f2h: expected"},
      {{"--subfolder1", "  "}, "--subfolder1 is empty"},
      {{"--subfolder2", ""}, "--subfolder2 is empty"},
      {{"--regextrans2", "bad regex"}, "--regextrans2: "},
      {{"--regextrans2", "s/(/x/"}, "--regextrans2: "},
      {{"--delete2foldersonly", "/(/"}, "--delete2foldersonly: "},
      {{"--delete2foldersbutnot", "x y"}, "--delete2foldersbutnot: "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.options[1]);
    const core::Failure failure = failure_of(complete(row.options));
    CHECK(failure.fault == core::Fault::usage);
    CHECK(failure.message.substr(0, std::string_view(row.start).size()) == row.start);
  }
}

TEST_CASE("config: deletion of folders") {
  CHECK_FALSE(config_of({}).rules.deletion.destination_folders);
  CHECK(config_of({"--delete2folders"}).rules.deletion.destination_folders);
  const config::DeletionRules only = config_of({"--delete2foldersonly", "/^x/i"}).rules.deletion;
  CHECK(only.destination_folders);
  CHECK(only.destination_folders_only == "/^x/i");
  CHECK(config_of({"--delete2foldersbutnot", "m{x}"}).rules.deletion.destination_folders);
  CHECK_FALSE(config_of({"--delete2foldersbutnot", "m{x}", "--nodelete2folders"}).rules.deletion.destination_folders);
  CHECK(config_of({"--delete1emptyfolders"}).rules.deletion.empty_source_folders);
}

TEST_CASE("config: of the stages at which a run may end the first one counts") {
  const config::SyncRules rules =
      config_of({"--justfolders", "--justfoldersizes", "--justautomap", "--justfolderlists"}).rules;
  CHECK(rules.just_folder_lists);
  CHECK_FALSE((rules.just_automap || rules.just_folder_sizes || rules.just_folders));
}

TEST_CASE("config: flags and deletions on later runs") {
  CHECK(config_of({"--flagsmerge"}).rules.flags.present == config::FlagRules::Present::merge);
  CHECK_FALSE(config_of({"--nocopydeleted2"}).rules.deletion.copy_deleted);
}

TEST_CASE("config: labels, and who asks for them") {
  CHECK_FALSE(config_of({}).rules.labels.concern_labels());
  const config::LabelRules copies = config_of({"--synclabels"}).rules.labels;
  CHECK(copies.set_on_copies);
  CHECK_FALSE(copies.bring_in_line);
  CHECK(copies.is_demanded);
  const config::LabelRules both = config_of({"--gmail1", "--gmail2"}).rules.labels;
  CHECK(both.set_on_copies);
  CHECK(both.bring_in_line);
  CHECK_FALSE(both.is_demanded);
  CHECK(config_of({"--gmail1", "--gmail2", "--resynclabels"}).rules.labels.is_demanded);
  const config::LabelRules one = config_of({"--gmail1", "--gmail2", "--nosynclabels"}).rules.labels;
  CHECK_FALSE(one.set_on_copies);
  CHECK(one.bring_in_line);
  CHECK_FALSE(one.is_demanded);
}

TEST_CASE("config: where what is remembered is kept") {
  const auto state_of = [](const Words& more, const World& world) {
    auto invocation = invoke(complete(more), world);
    REQUIRE_MESSAGE(invocation.has_value(), invocation.error().message);
    return invocation->config.state;
  };
  const World home{{{"HOME", "/home/ann"}}, {}};
  const World both{{{"HOME", "/home/ann"}, {"XDG_STATE_HOME", "/var/state"}}, {}};
  const World relative{{{"HOME", "/home/ann"}, {"XDG_STATE_HOME", "state"}}, {}};
  CHECK(state_of({}, home).directory == "/home/ann/.local/state/imapferry");
  CHECK(state_of({}, home).is_default);
  CHECK_FALSE(state_of({}, home).wait);
  CHECK(state_of({}, both).directory == "/var/state/imapferry");
  CHECK(state_of({}, relative).directory == "/home/ann/.local/state/imapferry");
  CHECK(state_of({}, World()).directory.empty());
  CHECK(state_of({"--nostate"}, both).directory.empty());
  CHECK(state_of({"--statedir", "here", "--wait"}, both).directory == "here");
  CHECK_FALSE(state_of({"--statedir", "here"}, both).is_default);
  CHECK(state_of({"--statedir", "here", "--wait"}, both).wait);
  CHECK(failure_of(complete({"--statedir", "here", "--nostate"})).fault == core::Fault::usage);
  CHECK(failure_of(complete({"--statedir", ""})).fault == core::Fault::usage);
}

TEST_CASE("config: the status needs no servers") {
  for (const Words& argv : {Words{"status", "--statedir", "here"}, Words{"--status", "--statedir", "here"}}) {
    const auto invocation = invoke(argv);
    REQUIRE(invocation.has_value());
    CHECK(invocation->action == CliAction::status);
    CHECK(invocation->config.state.directory == "here");
    CHECK_FALSE(invocation->as_json);
  }
  CHECK(invoke({"--status", "--json"})->as_json);
  CHECK(failure_of(complete({"--json"})).fault == core::Fault::usage);
}

TEST_CASE("config: how progress is shown") {
  struct Case {
    std::string_view word;
    Progress progress;
  };
  const Case cases[] = {
      {"auto", Progress::automatic}, {"live", Progress::live}, {"Plain", Progress::plain}, {"NONE", Progress::none}};
  for (const Case& test : cases)
    CHECK(invoke(complete({"--progress", std::string(test.word)}))->progress == test.progress);
}

TEST_CASE("config: passwords come from the file, then the environment, then the option, then the terminal") {
  World world;
  world.files = {
      {"p1", "from file\r\nsecond line\n"}, {"empty", "\nx"}, {"nothing", ""}, {"nul", std::string("a\0b", 3)}};
  const auto passwords = [&](Words more) {
    Words argv{"--host1", "a", "--user1", "u", "--host2", "b", "--user2", "u"};
    argv.insert(argv.end(), more.begin(), more.end());
    auto invocation = invoke(argv, world);
    REQUIRE(invocation.has_value());
    const config::AccountSpec& account = invocation->config.accounts.at(0);
    CHECK(invocation->needs_password1 == account.source.password.empty());
    CHECK(invocation->needs_password2 == account.destination.password.empty());
    return std::string(account.source.password.reveal()) + "/" + std::string(account.destination.password.reveal());
  };
  CHECK(passwords({}) == "/");
  CHECK(passwords({"--password1", "o1"}) == "o1/");
  CHECK(passwords({"--password2", "o2"}) == "/o2");
  CHECK(passwords({"--password1", ""}) == "/");
  CHECK(passwords({"--passfile1", "p1", "--password1", "o1"}) == "from file/");
  world.variables["IMAPSYNC_PASSWORD1"] = "e1";
  world.variables["IMAPSYNC_PASSWORD2"] = "";
  CHECK(passwords({"--password1", "o1", "--password2", "o2"}) == "e1/o2");
  CHECK(passwords({"--passfile1", "p1", "--password2", "o2"}) == "from file/o2");

  CHECK(failure_of(complete({"--passfile2", "absent"}), world).fault == core::Fault::input);
  CHECK(failure_of(complete({"--passfile2", "absent"}), world).message == "--passfile2: cannot read absent");
  CHECK(failure_of(complete({"--passfile1", "empty"}), world).message ==
        "--passfile1: the first line of empty is empty");
  CHECK(failure_of(complete({"--passfile1", "nothing"}), world).fault == core::Fault::input);
  CHECK(failure_of(complete({"--passfile1", "nul"}), world).message ==
        "--passfile1: the first line of nul holds a NUL byte");
}

TEST_CASE("config: host and user names are cleaned, unless --nosanitize") {
  const auto cleaned = invoke({"--host1", " imap.exa/mple.org/", "--user1", " ann ", "--host2", "b", "--user2", "ann",
                               "--password1", " p ", "--password2", "p"});
  REQUIRE(cleaned.has_value());
  CHECK(cleaned->config.source.host == "imap.example.org");
  CHECK(cleaned->config.accounts.at(0).source.user == "ann");
  CHECK(cleaned->config.accounts.at(0).name == "ann");
  CHECK(cleaned->config.accounts.at(0).source.password.reveal() == " p ");
  const auto raw = invoke({"--nosanitize", "--host1", "a/b", "--user1", " ann ", "--host2", "b", "--user2", "ann"});
  REQUIRE(raw.has_value());
  CHECK(raw->config.source.host == "a/b");
  CHECK(raw->config.accounts.at(0).source.user == " ann ");
}

TEST_CASE("config: servers and users that are missing or cannot be") {
  struct Case {
    Words argv;
    std::string_view message;
  };
  const Case cases[] = {
      {{"--dry"}, "--host1 and --host2 are missing: which servers?"},
      {{"--host1", "a", "--user1", "u", "--user2", "u"}, "--host2 is missing: to which server?"},
      {{"--host2", "a", "--user1", "u", "--user2", "u"}, "--host1 is missing: from which server?"},
      {{"--host1", "a"}, "--host2 is missing: to which server?"},
      {{"--host1", "a", "--host2", "b", "--user1", "u"}, "--user2 is missing"},
      {{"--host1", "a", "--host2", "b", "--user2", "u"}, "--user1 is missing"},
      {{"--host1", "a", "--host2", "b", "--user1", " ", "--user2", "u"}, "--user1 is empty"},
      {{"--host1", "a", "--host2", "b", "--user1", "u\nv", "--user2", "u"}, "--user1 holds a line end"},
      {{"--host1", "/", "--host2", "b"}, "--host1 is empty"},
      {{"--host1", "a\x01", "--host2", "b"}, "--host1 holds a blank or a control character"},
      {{"--host1", "a:993", "--host2", "b"},
       "--host1: expected a name or an address, saw \"a:993\"; a port goes into --port1"},
      {{"--host1", "imaps://a", "--host2", "b"},
       "--host1: expected a name or an address, saw \"imaps:a\"; a port goes into --port1"},
  };
  for (const Case& test : cases) {
    const core::Failure failure = failure_of(test.argv);
    CHECK(failure.fault == core::Fault::usage);
    CHECK(failure.message == test.message);
  }
  CHECK(invoke({"--host1", "::1", "--host2", "[::1]", "--justconnect"}).has_value());
}

TEST_CASE("config: without users it connects only") {
  const auto unnamed = invoke({"--host1", "a", "--host2", "b"});
  REQUIRE(unnamed.has_value());
  CHECK(unnamed->config.just_connect);
  CHECK(unnamed->config.accounts.empty());
  CHECK_FALSE(unnamed->needs_password1);
  REQUIRE(unnamed->warnings.size() == 1);
  CHECK(unnamed->warnings[0] == "no --user1, --user2 or --usersfile: connecting only, as with --justconnect");
  const auto asked = invoke({"--host1", "a", "--justconnect"});
  REQUIRE(asked.has_value());
  CHECK(asked->config.just_connect);
  CHECK(asked->warnings.empty());
  CHECK(asked->config.destination.host.empty());
  CHECK(invoke({"--host1", "a", "--host2", "b", "--user1", "u", "--justconnect"}).has_value());
  CHECK(failure_of({"--justconnect"}).fault == core::Fault::usage);
}

TEST_CASE("config: help, version, and an empty command line") {
  CHECK(invoke({})->action == CliAction::help);
  CHECK(invoke({"--help"})->action == CliAction::help);
  CHECK(invoke({"--version"})->action == CliAction::version);
  CHECK(invoke({"--version", "--help"})->action == CliAction::help);
  CHECK(invoke({"--help", "--delete2", "--host1", "a:b"})->action == CliAction::help);
}

TEST_CASE("config: ignored options are named once, in one warning") {
  const auto invocation = invoke(complete({"--split1", "500", "--nouid1", "--split1", "100", "--nofoldersizes",
                                           "--syncinternaldates", "--fast", "--usecache"}));
  REQUIRE(invocation.has_value());
  REQUIRE(invocation->warnings.size() == 1);
  CHECK(invocation->warnings[0] == "accepted for imapsync's sake, without effect: --split1, --nouid1, --fast");
}

TEST_CASE("config: a users file") {
  World world;
  world.files = {{"short", "a;p;b;q\nc;r;c;s;\n"}, {"long", "H1;a;p;h2;b;q;\n"}, {"bad", "a;p;b;q\nx\n"}};
  const auto accounts = invoke({"--host1", "h1", "--host2", "h2", "--usersfile", "short"}, world);
  REQUIRE(accounts.has_value());
  REQUIRE(accounts->config.accounts.size() == 2);
  CHECK(accounts->config.accounts[1].name == "c");
  CHECK(accounts->config.accounts[1].line == 2);
  CHECK_FALSE(accounts->config.just_connect);
  CHECK_FALSE(accounts->needs_password1);

  const auto hosts = invoke({"--usersfile", "long"}, world);
  REQUIRE(hosts.has_value());
  CHECK(hosts->config.source.host == "H1");
  CHECK(hosts->config.destination.host == "h2");
  CHECK(invoke({"--usersfile", "long", "--host1", "h1 "}, world).has_value());
  CHECK(failure_of({"--usersfile", "long", "--host1", "other"}, world).fault == core::Fault::input);
  CHECK(failure_of({"--usersfile", "short"}, world).message == "--host1 and --host2 are missing: which servers?");
  CHECK(failure_of({"--host1", "a", "--host2", "b", "--usersfile", "absent"}, world).fault == core::Fault::input);
  CHECK(failure_of({"--host1", "a", "--host2", "b", "--usersfile", "bad"}, world).message.find("line 2") !=
        std::string::npos);
  for (const char* name : {"user1", "user2", "password1", "password2", "passfile1", "passfile2"}) {
    const core::Failure failure =
        failure_of({"--host1", "a", "--host2", "b", "--usersfile", "short", std::string("--") + name, "x"}, world);
    CHECK(failure.message == std::string("--usersfile and --") + name + " exclude each other");
  }
}

TEST_CASE("config: real files are read up to a limit, and what cannot be read is named") {
  const Surroundings surroundings = system_surroundings();
  char path[] = "/tmp/imapferry-test-XXXXXX";
  const int file = mkstemp(path);
  REQUIRE(file >= 0);
  const std::string content(100'000, 'x');
  REQUIRE(write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  close(file);
  CHECK(surroundings.read_file(path, content.size()).value() == content);
  const auto too_large = surroundings.read_file(path, content.size() - 1);
  REQUIRE_FALSE(too_large.has_value());
  CHECK(too_large.error().message == std::string(path) + " is larger than 99999 bytes");
  std::remove(path);
  const auto absent = surroundings.read_file(path, 10);
  REQUIRE_FALSE(absent.has_value());
  CHECK(absent.error().fault == core::Fault::input);
  CHECK(absent.error().message == std::string("cannot read ") + path + ": No such file or directory");
  CHECK(surroundings.read_file("/", 10).error().message == "cannot read /: Is a directory");
  REQUIRE(setenv("IMAPFERRY_TEST_VARIABLE", "v", 1) == 0);
  CHECK(surroundings.environment("IMAPFERRY_TEST_VARIABLE") == "v");
  REQUIRE(unsetenv("IMAPFERRY_TEST_VARIABLE") == 0);
  CHECK(surroundings.environment("IMAPFERRY_TEST_VARIABLE") == std::nullopt);
}

}  // namespace imapferry::cli
