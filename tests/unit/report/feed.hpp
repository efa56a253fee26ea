#pragma once

#include "report/tally.hpp"
#include "run/event.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

/// Event sequences as data, for tests.
namespace imapferry::report::test {

using namespace std::chrono_literals;

/// What happens next: to an account, or to the whole run.
struct Step {
  Step(run::RunEvent happened) : is_run(true), run_event(std::move(happened)) {}
  Step(std::size_t account, run::AccountEvent happened) : number(account), account_event(std::move(happened)) {}
  bool is_run = false;
  run::RunEvent run_event;
  std::size_t number = 0;
  run::AccountEvent account_event;
};

inline const run::Clock::time_point time_zero = run::Clock::time_point{} + 1h;

inline std::string account_name(std::size_t number) {
  static const std::vector<std::string> names{"alice", "bob", "carol"};
  return number < names.size() ? names[number] : "user" + std::to_string(number);
}

inline void feed(run::Observer& observer, const Step& step, run::Clock::time_point now = time_zero) {
  if (step.is_run) {
    observer.on(step.run_event, now);
  } else {
    observer.on(run::AccountRef{step.number, account_name(step.number)}, step.account_event, now);
  }
}

inline void feed(run::Observer& observer, const std::vector<Step>& steps, run::Clock::time_point now = time_zero) {
  for (const Step& step : steps) feed(observer, step, now);
}

inline core::Failure failure(core::Fault fault, std::string message, std::string server_text = {}) {
  return core::Failure{fault, std::move(message), std::move(server_text)};
}

inline Step run_started(std::size_t accounts) {
  return Step(run::RunEvent(run::RunStarted{accounts, "old.example", "new.example"}));
}
inline Step run_finished() { return Step(run::RunEvent(run::RunFinished{})); }
inline Step stop_requested() { return Step(run::RunEvent(run::StopRequested{"SIGINT"})); }

inline Step started(std::size_t account) { return Step(account, run::AccountStarted{}); }
inline Step finished(std::size_t account) { return Step(account, run::AccountFinished{}); }
inline Step stopped(std::size_t account) { return Step(account, run::AccountFinished{{}, {}, true}); }
inline Step failed(std::size_t account, core::Failure why, std::optional<sync::Side> side = {}) {
  return Step(account, run::AccountFinished{std::move(why), side, false});
}

inline Step happened(std::size_t account, sync::Event event) {
  return Step(account, run::AccountEvent(std::move(event)));
}

inline Step connected(std::size_t account, sync::Side side) {
  const bool is_source = side == sync::Side::source;
  return happened(account, sync::Connected{side, is_source ? "old.example:993" : "new.example:143",
                                           is_source ? "TLSv1.3 TLS_AES_256_GCM_SHA384" : "", "* OK ready",
                                           is_source ? "Dovecot 2.3" : ""});
}

/// Mailboxes of the same name on both sides; a name that ends in "+" has yet to be created.
inline Step mapped(std::size_t account, const std::vector<std::string>& names, std::size_t left_out = 0) {
  sync::MailboxesMapped event;
  for (std::string name : names) {
    const bool is_missing = name.back() == '+';
    if (is_missing) name.pop_back();
    event.pairs.push_back({name, name, !is_missing});
  }
  event.left_out = left_out;
  return happened(account, event);
}

struct PlanFigures {
  std::uint64_t source = 0, to_copy = 0, bytes = 0, already = 0, duplicates = 0, flags = 0;
};

inline Step planned(std::size_t account, const std::string& name, PlanFigures figures, bool is_dry = false) {
  sync::MailboxPlanned event;
  event.source = event.destination = name;
  event.source_messages = figures.source;
  event.to_copy = figures.to_copy;
  event.bytes_to_copy = figures.bytes;
  event.already_there = figures.already;
  event.source_duplicates = figures.duplicates;
  event.flags_to_set = figures.flags;
  event.dry = is_dry;
  return happened(account, event);
}

inline Step copied(std::size_t account, const std::string& name, std::uint64_t messages, std::uint64_t bytes) {
  return happened(account, sync::MessagesCopied{name, name, messages, bytes});
}

inline Step refused(std::size_t account, const std::string& name, imap::proto::Uid uid, std::uint64_t size = 1000,
                    core::Fault fault = core::Fault::append, const std::string& subject = "Hello") {
  return happened(account, sync::MessageRefused{name, name, uid, size, subject,
                                                failure(fault, "the destination refused it", "NO too big\x1b[2J")});
}

inline Step mailbox_failed(std::size_t account, const std::string& name, core::Fault fault) {
  return happened(account, sync::MailboxFailed{name, name, failure(fault, "it cannot be carried", "NO sorry")});
}

inline Step done(std::size_t account, const std::string& name) {
  return happened(account, sync::MailboxDone{name, name});
}

inline Step retrying(std::size_t account, sync::Side side, const std::string& mailbox = "INBOX") {
  return happened(account,
                  sync::Retrying{side, mailbox, failure(core::Fault::closed, "the connection ended"), 2, 1500});
}

}  // namespace imapferry::report::test
