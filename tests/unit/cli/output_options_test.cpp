#include "../data.hpp"
#include "cli/output_options.hpp"
#include "cli/to_config.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

namespace imapferry::cli {

namespace {

using Words = std::vector<std::string>;
using OnSignal = config::ProcessSpec::OnSignal;

core::Result<Invocation> invoke(Words more, const std::string& variable = {}, const std::string& value = {}) {
  Words argv{"--host1", "old.example", "--user1", "ann", "--password1", "p1",
             "--host2", "new.example", "--user2", "bob", "--password2", "p2"};
  argv.insert(argv.end(), more.begin(), more.end());
  auto parsed = parse_arguments(std::move(argv));
  if (!parsed) return parsed.error();
  Surroundings surroundings = system_surroundings();
  surroundings.environment = [=](const std::string& name) -> std::optional<std::string> {
    return name == variable ? std::optional(value) : std::nullopt;
  };
  return to_config(*parsed, surroundings);
}

config::RunConfig config_of(const Words& more) {
  auto invocation = invoke(more);
  REQUIRE_MESSAGE(invocation.has_value(), invocation.error().message);
  return invocation->config;
}

}  // namespace

TEST_CASE("command line: every secret is masked, however it is given") {
  const auto facts = testing::read_data("imapsync/output.json");
  for (const auto& fact : facts.at("masked_command_line")) {
    CHECK(masked_command_line(fact.at("arguments").get<Words>()) == fact.at("text").get<std::string>());
  }
}

TEST_CASE("output: logs, tables and traces") {
  const config::OutputSpec usual = config_of({}).output;
  CHECK_FALSE(usual.verbose.has_value());
  CHECK((usual.log && usual.errors_dump && usual.folder_sizes && usual.folder_sizes_at_end));
  CHECK_FALSE((usual.log_every_account || usual.wire_source || usual.wire_destination));
  CHECK(config_of({"--verbose"}).output.verbose == true);
  CHECK(config_of({"--noverbose"}).output.verbose == false);
  CHECK_FALSE(config_of({"--nolog", "--logdir", "d"}).output.log_every_account);
  const config::RunConfig named = config_of({"--logfile", "f", "--logdir", "d", "--var", "a=b", "--var", "c"});
  CHECK(named.output.log_file == "f");
  CHECK(named.output.log_directory == "d");
  CHECK(named.output.log_every_account);
  CHECK(named.output.variables == Words{"a=b", "c"});
  CHECK_FALSE(config_of({"--nofoldersizes"}).output.folder_sizes_at_end);
  CHECK(config_of({"--nofoldersizes", "--foldersizesatend"}).output.folder_sizes_at_end);
  CHECK_FALSE(config_of({"--nofoldersizes"}).rules.weigh_first);
  CHECK_FALSE(config_of({}).rules.weigh_first);
  CHECK(config_of({"--foldersizes"}).rules.weigh_first);
  CHECK(config_of({"--debugimap1"}).output.wire_source);
  CHECK_FALSE(config_of({"--debugimap1"}).output.wire_destination);
  CHECK(config_of({"--debug"}).output.wire_destination);
  CHECK_FALSE(config_of({"--debugimap", "--nodebugimap2"}).output.wire_destination);
  CHECK(invoke({"--logfile", ""}).error().fault == core::Fault::usage);
  CHECK(config_of({}).limits.errors == 50);
  CHECK(config_of({"--errorsmax", "0"}).limits.errors == 0);
  CHECK(config_of({"--exitwhenover", "123"}).limits.transferred_bytes == 123);
}

TEST_CASE("process: pid files") {
  CHECK_FALSE(config_of({}).process.writes_pid_file);
  CHECK(config_of({"--tmpdir", "/t"}).process.pid_file == "/t/imapferry.pid");
  CHECK(config_of({}).process.pid_file == "/tmp/imapferry.pid");
  CHECK(invoke({}, "TMPDIR", "/x")->config.process.pid_file == "/x/imapferry.pid");
  CHECK(config_of({"--pidfilelocking"}).process.writes_pid_file);
  const config::ProcessSpec named = config_of({"--pidfile", "p", "--tmpdir", "/t"}).process;
  CHECK(named.pid_file == "p");
  CHECK((named.writes_pid_file && !named.locks_pid_file));
  CHECK_FALSE(config_of({"--pidfile", ""}).process.writes_pid_file);
  CHECK(invoke({"--pidfile", "", "--pidfilelocking"}).error().fault == core::Fault::usage);
}

TEST_CASE("process: signals") {
  const auto usual = config_of({}).process.signals;
  for (const int number : {SIGINT, SIGQUIT, SIGTERM}) CHECK(usual.at(number) == OnSignal::stop);
  CHECK(usual.at(SIGHUP) == OnSignal::show_status);
  CHECK(usual.at(SIGUSR1) == OnSignal::toggle_rates);
  const auto asked = config_of({"--sigreconnect", "INT", "--sigignore", "sighup", "--sigexit", std::to_string(SIGUSR1)})
                         .process.signals;
  CHECK(asked.at(SIGINT) == OnSignal::reconnect);
  CHECK(asked.at(SIGHUP) == OnSignal::ignore);
  CHECK(asked.at(SIGUSR1) == OnSignal::stop);
  CHECK(asked.at(SIGTERM) == OnSignal::stop);
  for (const char* bad : {"KILL", "STOP", "SEGV", "99", ""}) {
    CHECK(invoke({"--sigexit", bad}).error().fault == core::Fault::usage);
  }
  CHECK(invoke({"--sigexit", "INT", "--sigignore", "INT"}).error().message ==
        "--sigignore: INT has another meaning by another option");
}

TEST_CASE("output: reports by mail, of runs that copy") {
  CHECK_FALSE(config_of({}).puts_reports());
  const config::RunConfig both =
      config_of({"--emailreport1", "--emailreport2", "--emailreportfrom", "post@example.org"});
  CHECK((both.puts_reports() && both.output.report_to_source && both.output.report_to_destination));
  CHECK(both.output.report_sender == "post@example.org");
  for (const char* no_copy : {"--dry", "--justfolders", "--justlogin", "--justfoldersizes", "--justautomap",
                              "--justfolderlists", "--justconnect", "--noemailreport2"}) {
    CAPTURE(no_copy);
    CHECK_FALSE(config_of({"--emailreport2", no_copy}).puts_reports());
  }
  for (const char* bad : {"", "nobody", "a@b\r\nBcc: c@d", "\xc3\xa9@example.org"}) {
    CAPTURE(bad);
    CHECK(invoke({"--emailreportfrom", bad}).error().fault == core::Fault::usage);
  }
}

TEST_CASE("process: what needs no run") {
  const auto action = [](Words argv) {
    auto invocation = to_config(*parse_arguments(std::move(argv)));
    REQUIRE(invocation.has_value());
    return invocation->action;
  };
  CHECK(action({"--abort", "--pidfile", "p"}) == CliAction::abort);
  CHECK(action({"--abortbyfile"}) == CliAction::abort_by_file);
  CHECK(action({"--tail"}) == CliAction::tail);
  CHECK(action({"--tests"}) == CliAction::self_test);
  CHECK(action({"--tests_debug"}) == CliAction::self_test);
  CHECK(action({"--testsunit", "names"}) == CliAction::self_test);
  CHECK(to_config(*parse_arguments({"--testsunit", "a", "--testsunit", "b"}))->tests == Words{"a", "b"});
  CHECK(config_of({"--simulong", "1.5"}).process.pretended_seconds == 1.5);
  CHECK(action({"--justbanner"}) == CliAction::banner);
  CHECK(action({"--version", "--tests"}) == CliAction::version);
  CHECK(invoke({"--noabort"})->action == CliAction::run);
  CHECK(parse_arguments({"--testslive"}).error().fault == core::Fault::usage);
}

TEST_CASE("passwords: our own variables go before imapsync's") {
  const auto password_with = [](const std::string& name) {
    const auto invocation = invoke({}, name, "of " + name);
    return std::string(invocation->config.accounts.front().source.password.reveal());
  };
  CHECK(password_with("IMAPFERRY_PASSWORD1") == "of IMAPFERRY_PASSWORD1");
  CHECK(password_with("IMAPSYNC_PASSWORD1") == "of IMAPSYNC_PASSWORD1");
}

}  // namespace imapferry::cli
