#include "run/account_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace imapferry::run {

using State = store::AccountOutcome::State;

namespace {

/// The port only where the user has named one: with and without TLS it is the same server.
std::string name_of(const config::ServerSpec& spec) {
  if (!spec.known_as.empty()) return spec.known_as;
  std::string host = spec.host;
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const bool is_usual = !spec.port || *spec.port == 143 || *spec.port == 993;
  return is_usual ? host : fmt::format("{}:{}", host, *spec.port);
}

}  // namespace

store::AccountKey key_of(const config::RunConfig& config, const config::AccountSpec& account) {
  return store::AccountKey{name_of(config.source), account.source.user, name_of(config.destination),
                           account.destination.user};
}

boost::asio::awaitable<std::int64_t> AccountRecord::begin() {
  outcome_.started = std::time(nullptr);
  const auto work = [this](store::Backend& backend) {
    number_ = backend.account(key_, name_);
    backend.put_outcome(number_, outcome_);
  };
  const bool is_done = co_await store_.run(work);
  co_return is_done ? number_ : 0;
}

void AccountRecord::on(const sync::Event& event) {
  if (const auto* copied = std::get_if<sync::MessagesCopied>(&event)) {
    outcome_.messages += copied->messages;
    outcome_.bytes += copied->bytes;
  } else if (const auto* refused = std::get_if<sync::MessageRefused>(&event)) {
    ++outcome_.refused;
    if (first_failure_.empty()) first_failure_ = refused->failure.describe();
  } else if (const auto* failed = std::get_if<sync::MailboxFailed>(&event)) {
    ++failed_mailboxes_;
    if (first_failure_.empty()) first_failure_ = failed->failure.within(failed->source).describe();
  }
}

void AccountRecord::end(const AccountFinished& end) {
  if (number_ == 0) return;
  outcome_.finished = std::time(nullptr);
  if (end.failure) {
    outcome_.state = State::failed;
    outcome_.reason = end.failure->describe();
  } else if (end.was_stopped) {
    outcome_.state = State::partial;
    outcome_.reason = !end.limit                    ? "stopped by the user"
                      : *end.limit == Limit::errors ? "stopped after too many errors"
                                                    : "stopped when enough was copied";
  } else if (outcome_.refused > 0 || failed_mailboxes_ > 0) {
    outcome_.state = State::partial;
    outcome_.reason = first_failure_;
  } else {
    outcome_.state = State::finished;
  }
  store_.post(
      [number = number_, outcome = outcome_](store::Backend& backend) { backend.put_outcome(number, outcome); });
}

}  // namespace imapferry::run
