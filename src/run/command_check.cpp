#include "run/command_check.hpp"

#include "sync/command_filter.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace imapferry::run {

namespace {

boost::asio::awaitable<void> try_command(const std::string& command, const config::MessageRules& rules,
                                         std::optional<core::Failure>& failure) {
  sync::FilterLimits limits;
  limits.time = rules.command_time;
  const core::Result<std::string> result = co_await sync::filter(command, " ", limits);
  if (!result) failure = result.error();
}

core::Result<void> check(std::string_view option, const std::string& command, const config::MessageRules& rules) {
  boost::asio::io_context loop(1);
  std::optional<core::Failure> failure;
  boost::asio::co_spawn(loop, try_command(command, rules, failure), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
  if (!failure) return {};
  core::Failure result = failure->within(option);
  result.fault = core::Fault::usage;
  result.message += " (tried with a text of one blank; --nopipemesscheck does without)";
  return result;
}

}  // namespace

core::Result<void> check_commands(const config::MessageRules& rules) {
  if (!rules.check_commands) return {};
  for (const std::string& command : rules.commands) {
    if (auto checked = check("--pipemess", command, rules); !checked) return checked;
  }
  if (rules.long_line_command.empty()) return {};
  return check("--maxlinelengthcmd", rules.long_line_command, rules);
}

}  // namespace imapferry::run
