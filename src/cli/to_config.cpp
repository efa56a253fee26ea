#include "cli/to_config.hpp"

#include "cli/login_options.hpp"
#include "cli/output_options.hpp"
#include "cli/presets.hpp"
#include "cli/process_options.hpp"
#include "cli/rules_from.hpp"
#include "cli/server_options.hpp"
#include "cli/users_file.hpp"
#include "cli/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

namespace imapferry::cli {

namespace {

core::Failure usage(std::string message) { return core::Failure{core::Fault::usage, std::move(message), {}}; }

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

core::Result<std::string> read_whole_file(const std::string& path, std::size_t limit) {
  const auto failure = [&](int error) {
    return core::Failure{
        core::Fault::input,
        fmt::format("cannot read {}: {}", core::printable(path), std::generic_category().message(error)),
        {}};
  };
  errno = 0;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (!file) return failure(errno);
  std::setvbuf(file.get(), nullptr, _IONBF, 0);  // no second copy of a password
  std::string text;
  std::size_t used = 0;
  while (text.size() <= limit) {
    constexpr std::size_t piece = 64u << 10;
    text.resize(used + piece);
    const std::size_t got = std::fread(text.data() + used, 1, piece, file.get());
    used += got;
    text.resize(used);
    if (got == 0) break;
  }
  if (std::ferror(file.get()) != 0) return failure(errno);
  if (used <= limit) return text;
  core::wipe(text);
  return core::Failure{core::Fault::input, fmt::format("{} is larger than {} bytes", core::printable(path), limit), {}};
}

/// The first line of a password file.
core::Result<core::Secret> read_passfile(const std::string& option, const std::string& path,
                                         const Surroundings& surroundings) {
  constexpr std::size_t largest_passfile = 64u << 10;
  auto text = surroundings.read_file(path, largest_passfile);
  if (!text) return text.error().within("--" + option);
  std::string line = text->substr(0, text->find('\n'));
  core::wipe(*text);
  if (line.ends_with('\r')) line.pop_back();
  const bool has_nul = line.find('\0') != std::string::npos;
  core::Secret password(std::move(line));
  if (password.empty() || has_nul) {
    const std::string_view what = has_nul ? "holds a NUL byte" : "is empty";
    return core::Failure{
        core::Fault::input, fmt::format("--{}: the first line of {} {}", option, core::printable(path), what), {}};
  }
  return password;
}

/// imapsync's order: the file, the environment, the option. Empty when there is none of them.
core::Result<core::Secret> password_from(const ParsedOptions& options, Side side, const Surroundings& surroundings) {
  const std::string passfile = for_side("passfile", side);
  if (const auto path = options.text(passfile)) return read_passfile(passfile, *path, surroundings);
  for (const std::string_view name : {"IMAPFERRY_PASSWORD", "IMAPSYNC_PASSWORD"}) {
    auto variable = surroundings.environment(for_side(name, side));
    if (variable && !variable->empty()) return core::Secret(std::move(*variable));
  }
  return options.secret(for_side("password", side)).value_or(core::Secret());
}

core::Result<std::string> user_from(const ParsedOptions& options, Side side) {
  const std::string name = for_side("user", side);
  const std::string given = options.text(name).value_or("");
  std::string user(options.flag("sanitize").value_or(true) ? trimmed(given) : std::string_view(given));
  if (options.has(name) && user.empty()) return usage(fmt::format("--{} is empty", name));
  if (user.find_first_of("\r\n") != std::string::npos) return usage(fmt::format("--{} holds a line end", name));
  return user;
}

/// Puts what one group of options asks for in its place.
template <class Rules>
core::Result<void> take(core::Result<Rules> rules, Rules& place) {
  if (!rules) return rules.error();
  place = std::move(*rules);
  return {};
}

core::Result<config::SyncRules> rules_from(const ParsedOptions& options) {
  config::SyncRules rules;
  if (auto taken = take(folder_rules_from(options), rules.folders); !taken) return taken.error();
  if (auto taken = take(selection_rules_from(options), rules.selection); !taken) return taken.error();
  if (auto taken = take(identity_rules_from(options), rules.identity); !taken) return taken.error();
  if (auto taken = take(message_rules_from(options), rules.messages); !taken) return taken.error();
  if (auto taken = take(flag_rules_from(options), rules.flags); !taken) return taken.error();
  rules.labels = label_rules_from(options);
  if (auto taken = take(deletion_rules_from(options), rules.deletion); !taken) return taken.error();
  rules.dry = options.flag("dry").value_or(false);
  // The earliest stage ends the run.
  rules.just_login = options.flag("justlogin").value_or(false);
  rules.just_folder_lists = options.flag("justfolderlists").value_or(false) && !rules.just_login;
  rules.just_automap = options.flag("justautomap").value_or(false) && !rules.just_login && !rules.just_folder_lists;
  const bool just_names = rules.just_login || rules.just_folder_lists || rules.just_automap;
  rules.just_folder_sizes = options.flag("justfoldersizes").value_or(false) && !just_names;
  rules.weigh_first = options.flag("foldersizes").value_or(false) && !rules.just_folder_sizes && !just_names;
  rules.just_folders = options.flag("justfolders").value_or(false) && !rules.just_folder_sizes && !just_names;
  return rules;
}

/// By the XDG base directory specification, where nobody has named a directory.
std::string default_state_directory(const Surroundings& surroundings) {
  const std::string state_home = surroundings.environment("XDG_STATE_HOME").value_or("");
  if (state_home.starts_with('/')) return state_home + "/imapferry";
  const std::string home = surroundings.environment("HOME").value_or("");
  return home.starts_with('/') ? home + "/.local/state/imapferry" : std::string();
}

core::Result<config::StateSpec> state_from(const ParsedOptions& options, const Surroundings& surroundings) {
  config::StateSpec state;
  state.wait = options.flag("wait").value_or(false);
  if (!options.flag("state").value_or(true)) {
    if (options.has("statedir")) return usage("--statedir and --nostate exclude each other");
    return state;
  }
  state.is_default = !options.has("statedir");
  state.directory = state.is_default ? default_state_directory(surroundings) : options.text("statedir").value_or("");
  if (!state.is_default && state.directory.empty()) return usage("--statedir is empty");
  return state;
}

/// What is zero or less is no limit, as in imapsync.
core::Rates rates_from(const ParsedOptions& options) {
  core::Rates rates;
  rates.messages_per_second = std::max(options.number("maxmessagespersecond").value_or(0), 0.0);
  rates.bytes_per_second =
      static_cast<double>(std::max<std::int64_t>(options.integer("maxbytespersecond").value_or(0), 0));
  rates.bytes_before =
      static_cast<std::uint64_t>(std::max<std::int64_t>(options.integer("maxbytesafter").value_or(0), 0));
  if (const auto seconds = options.number("maxsleep")) {
    rates.longest_pause = std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(*seconds * 1000)));
  }
  return rates;
}

config::RunLimits limits_from(const ParsedOptions& options) {
  config::RunLimits limits;
  limits.max_accounts = static_cast<std::size_t>(options.integer("maxaccounts").value_or(0));
  limits.lanes = static_cast<std::size_t>(options.integer("lanes").value_or(0));
  limits.memory = static_cast<std::size_t>(options.size("memory").value_or(limits.memory));
  limits.batch_messages = static_cast<std::size_t>(options.integer("batchmessages").value_or(0));
  limits.batch_bytes = static_cast<std::size_t>(options.size("batchbytes").value_or(0));
  limits.rates = rates_from(options);
  limits.errors =
      static_cast<std::uint64_t>(options.integer("errorsmax").value_or(static_cast<std::int64_t>(limits.errors)));
  limits.transferred_bytes = static_cast<std::uint64_t>(options.integer("exitwhenover").value_or(0));
  return limits;
}

Progress progress_from(const ParsedOptions& options) {
  const std::string word = lower(options.text("progress").value_or("auto"));
  if (word == "live") return Progress::live;
  if (word == "plain") return Progress::plain;
  if (word == "none") return Progress::none;
  return Progress::automatic;
}

/// One line for all options that were accepted and do nothing.
void warn_of_ignored(const ParsedOptions& options, std::vector<std::string>& warnings) {
  std::vector<std::string> names;
  for (const GivenOption& given : options.given()) {
    if (!given.preset.empty() || (given.is_on ? given.option->status : given.option->negated) != Status::ignored)
      continue;
    const std::string name = (given.is_on ? "--" : "--no") + std::string(given.option->name());
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  if (!names.empty()) warnings.push_back("accepted for imapsync's sake, without effect: " + joined(names));
}

core::Result<void> add_single_account(const ParsedOptions& options, const Surroundings& surroundings,
                                      Invocation& invocation) {
  auto user1 = user_from(options, Side::source);
  if (!user1) return user1.error();
  auto user2 = user_from(options, Side::destination);
  if (!user2) return user2.error();
  config::RunConfig& config = invocation.config;
  if (!config.just_connect && user1->empty() != user2->empty()) {
    return usage(fmt::format("--{} is missing", user1->empty() ? "user1" : "user2"));
  }
  if (!config.just_connect && user1->empty()) {
    invocation.warnings.emplace_back("no --user1, --user2 or --usersfile: connecting only, as with --justconnect");
    config.just_connect = true;
  }
  if (config.just_connect) return {};
  auto password1 = password_from(options, Side::source, surroundings);
  if (!password1) return password1.error();
  auto password2 = password_from(options, Side::destination, surroundings);
  if (!password2) return password2.error();
  config::AccountSpec account;
  account.name = *user1 == *user2 ? *user1 : *user1 + " -> " + *user2;
  account.source = config::Login{std::move(*user1), std::move(*password1)};
  account.destination = config::Login{std::move(*user2), std::move(*password2)};
  invocation.needs_password1 = account.source.password.empty() && config.source.login.needs_password();
  invocation.needs_password2 = account.destination.password.empty() && config.destination.login.needs_password();
  config.accounts.push_back(std::move(account));
  return {};
}

core::Result<void> add_users_file(const ParsedOptions& options, const Surroundings& surroundings,
                                  config::RunConfig& config) {
  for (const std::string_view name : {"user1", "user2", "password1", "password2", "passfile1", "passfile2"}) {
    if (options.has(name)) return usage(fmt::format("--usersfile and --{} exclude each other", name));
  }
  const std::string path = options.text("usersfile").value_or("");
  auto text = surroundings.read_file(path, max_users_file);
  if (!text) return text.error().within("--usersfile");
  UsersFile users = parse_users(*text, ExpectedHosts{config.source.host, config.destination.host});
  core::wipe(*text);
  if (users.bad_line_count > 0) return describe_bad_lines(users, path);
  config.accounts = std::move(users.accounts);
  if (config.source.host.empty()) config.source.host = users.host1;
  if (config.destination.host.empty()) config.destination.host = users.host2;
  return {};
}

/// What needs no servers; the first of these ends the program.
std::optional<CliAction> action_without_run(const ParsedOptions& options) {
  struct Meaning {
    std::string_view option;
    CliAction action;
  };
  if (options.given().empty()) return CliAction::help;
  if (options.has("testsunit")) return CliAction::self_test;
  constexpr std::array meanings{
      Meaning{"help", CliAction::help},         Meaning{"version", CliAction::version},
      Meaning{"tests", CliAction::self_test},   Meaning{"testsdebug", CliAction::self_test},
      Meaning{"justbanner", CliAction::banner}, Meaning{"abort", CliAction::abort},
      Meaning{"tail", CliAction::tail},         Meaning{"abortbyfile", CliAction::abort_by_file},
  };
  for (const Meaning& meaning : meanings) {
    const bool is_command = find_option(meaning.option)->kind == Kind::action;
    if (is_command ? options.has(meaning.option) : options.flag(meaning.option).value_or(false)) return meaning.action;
  }
  return std::nullopt;
}

/// Only a connection that was asked for by name makes sense with one server.
core::Result<void> check_hosts(const ParsedOptions& options, const config::RunConfig& config) {
  const bool has1 = !config.source.host.empty();
  const bool has2 = !config.destination.host.empty();
  if ((has1 && has2) || (options.flag("justconnect") == true && (has1 || has2))) return {};
  if (!has1 && !has2) return usage("--host1 and --host2 are missing: which servers?");
  return usage(
      fmt::format("--{} is missing: {}", has1 ? "host2" : "host1", has1 ? "to which server?" : "from which server?"));
}

}  // namespace

Surroundings system_surroundings() { return Surroundings{&environment_variable, &read_whole_file}; }

core::Result<Invocation> to_config(const ParsedOptions& options, const Surroundings& surroundings) {
  Invocation invocation;
  if (const std::optional<CliAction> action = action_without_run(options)) invocation.action = *action;
  invocation.tests = options.list("testsunit");
  config::RunConfig& config = invocation.config;
  auto process = process_from(options, surroundings);
  if (!process) return process.error();
  config.process = std::move(*process);
  if (invocation.action != CliAction::run) return invocation;
  auto output = output_from(options);
  if (!output) return output.error();
  config.output = std::move(*output);
  auto state = state_from(options, surroundings);
  if (!state) return state.error();
  config.state = std::move(*state);
  invocation.as_json = options.flag("json").value_or(false);
  if (options.flag("status") == true) {
    invocation.action = CliAction::status;
    return invocation;
  }
  if (invocation.as_json) return usage("--json goes with --status");
  auto source = server_from(options, Side::source, invocation.warnings);
  if (!source) return source.error();
  auto destination = server_from(options, Side::destination, invocation.warnings);
  if (!destination) return destination.error();
  config.source = std::move(*source);
  config.destination = std::move(*destination);
  if (auto taken = take(login_from(options, Side::source, surroundings), config.source.login); !taken) {
    return taken.error();
  }
  if (auto taken = take(login_from(options, Side::destination, surroundings), config.destination.login); !taken) {
    return taken.error();
  }
  auto rules = rules_from(options);
  if (!rules) return rules.error();
  config.rules = std::move(*rules);
  const bool has_roots = !config.rules.folders.source_root.empty() || !config.rules.folders.destination_root.empty();
  if (has_roots && options.flag("automap") == true) {
    invocation.warnings.emplace_back("--subfolder1 and --subfolder2 turn --automap off");
  }
  config.limits = limits_from(options);
  config.just_connect = options.flag("justconnect").value_or(false);
  invocation.progress = progress_from(options);
  warn_of_ignored(options, invocation.warnings);
  invocation.presets = preset_lines(options);

  auto accounts = options.has("usersfile") ? add_users_file(options, surroundings, config)
                                           : add_single_account(options, surroundings, invocation);
  if (!accounts) return accounts.error();
  if (auto hosts = check_hosts(options, config); !hosts) return hosts.error();
  return invocation;
}

}  // namespace imapferry::cli
