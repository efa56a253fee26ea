#include "report/error_lines.hpp"

#include "report/words.hpp"

#include <fmt/format.h>

namespace imapferry::report {

using core::Fault;

namespace {

constexpr std::size_t subject_limit = 80;

std::string folder(std::string_view name) { return fmt::format("[{}]", core::printable(name)); }

}  // namespace

std::string error_line(const sync::MessageRefused& refused) {
  const std::string message =
      fmt::format("msg {}/{} {{{}}}", core::printable(refused.source), refused.uid, refused.size);
  const std::string about =
      fmt::format("( Subject:[{}], Size:[{}] )", core::printable(refused.subject, subject_limit), refused.size);
  const std::string why = describe(refused.failure, std::nullopt);
  if (refused.failure.fault == Fault::fetch)
    return fmt::format("- {} could not be fetched {}: {}", message, about, why);
  return fmt::format("- {} could not append {} to folder {}: {}", message, about, core::printable(refused.destination),
                     why);
}

std::string error_line(const sync::MailboxFailed& failed) {
  const std::string why = describe(failed.failure, std::nullopt);
  switch (failed.failure.fault) {
  case Fault::create:
    return fmt::format("Could not create folder {} from {}: {}", folder(failed.destination), folder(failed.source),
                       why);
  case Fault::select:
    return fmt::format("Folder {} -> {}: Could not select: {}", folder(failed.source), folder(failed.destination), why);
  case Fault::fetch:
    return fmt::format("Host1: folder {}: messages could not be fetched: {}", folder(failed.source), why);
  case Fault::flags: return fmt::format("Host2: folder {}: could not set flags: {}", folder(failed.destination), why);
  default: return fmt::format("Folder {} -> {}: {}", folder(failed.source), folder(failed.destination), why);
  }
}

std::string error_line(const core::Failure& failure, std::optional<sync::Side> side, const AccountNames& names) {
  const std::string why = describe(failure, std::nullopt);
  if (!side) return "Failure: " + why;
  const bool is_source = *side == sync::Side::source;
  const int number = is_source ? 1 : 2;
  const std::string host = core::printable(is_source ? names.host1 : names.host2);
  const std::string user = core::printable(is_source ? names.user1 : names.user2);
  switch (failure.fault) {
  case Fault::authentication:
    return fmt::format("Host{} failure: Error login on [{}] with user [{}]: {}", number, host, user, why);
  case Fault::tls:
  case Fault::certificate:
    return fmt::format("Host{0} failure: Can not go to tls encryption on host{0} [{1}]: {2}", number, host, why);
  case Fault::connect:
  case Fault::protocol:
  case Fault::timeout:
  case Fault::closed:
  case Fault::unavailable:
    return fmt::format("Host{0} failure: can not open imap connection on host{0} [{1}] with user [{2}]: {3}", number,
                       host, user, why);
  default: return fmt::format("Host{} failure: {}", number, why);
  }
}

}  // namespace imapferry::report
