#include "sink_store.hpp"

#include "sink_tally.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace imapferry::bench::synthetic {

namespace {

constexpr std::size_t most_accounts = 1'000'000;
constexpr std::uint32_t most_mailboxes = 2'000'000;
// Beyond this, headers that cannot be made again are dropped.
constexpr std::size_t most_kept_bytes = std::size_t{256} << 20;
// An account that stands in the report by its name; of more there are only the sums.
constexpr std::size_t most_accounts_named = 100;

}  // namespace

std::uint64_t SinkMailbox::total_size() const {
  std::uint64_t total = 0;
  for (const Record& record : records_) total += record.size;
  return total;
}

std::uint32_t SinkMailbox::position_of(std::uint32_t uid) const {
  const auto found =
      std::partition_point(records_.begin(), records_.end(), [uid](const Record& record) { return record.uid < uid; });
  return static_cast<std::uint32_t>(found - records_.begin());
}

std::int64_t SinkMailbox::date_of(const Record& record) const {
  if (record.kept != Record::none) return sink_.kept[record.kept].date;
  return sink_.origins.at(record.origin).facts(record.origin_uid).date;
}

MessageInfo SinkMailbox::info(std::uint32_t position) const {
  const Record& record = records_[position];
  MessageInfo info;
  info.uid = record.uid;
  info.flags = record.flags;
  info.date = date_of(record);
  info.size = record.size;
  info.mod_seq = record.mod_seq;
  return info;
}

void SinkMailbox::read(std::uint32_t position, Content& content) const {
  const Record& record = records_[position];
  const bool has_own_header = record.kept != Record::none && !sink_.kept[record.kept].header.empty();
  content.has_body = record.verdict == Verdict::equal;
  if (has_own_header || record.origin == Record::none) {
    content.header = sink_.kept[record.kept].header;
    return;
  }
  sink_.origins.at(record.origin).make(record.origin_uid, content.made);
  content.header = content.made.header();
}

Record SinkMailbox::record_of(Receiver::Received received, FlagBits flags, std::int64_t date) {
  Record record;
  record.size = static_cast<std::uint32_t>(received.size);
  record.flags = flags;
  record.verdict = received.verdict;
  bool is_as_made = received.verdict != Verdict::unknown && received.header.empty();
  if (received.verdict != Verdict::unknown) {
    record.origin = received.origin;
    record.origin_uid = received.uid;
    is_as_made = is_as_made && sink_.origins.at(received.origin).facts(received.uid).date == date;
  }
  if (is_as_made) return record;
  if (sink_.kept_bytes + received.header.size() > most_kept_bytes) received.header.clear();
  sink_.kept_bytes += received.header.size();
  record.kept = static_cast<std::uint32_t>(sink_.kept.size());
  sink_.kept.push_back(Kept{std::move(received.header), date});
  return record;
}

std::uint32_t SinkMailbox::append(std::span<const Record> records) {
  const std::uint32_t first = uid_next_;
  ++mod_seq_;
  for (Record record : records) {
    record.uid = uid_next_++;
    record.mod_seq = mod_seq_;
    records_.push_back(record);
  }
  return first;
}

void SinkMailbox::set_flags(std::uint32_t position, FlagBits flags) {
  Record& record = records_[position];
  if (record.flags == flags) return;
  record.flags = flags;
  record.mod_seq = ++mod_seq_;
}

void SinkMailbox::expunge(const std::vector<std::uint32_t>& positions) {
  if (positions.empty()) return;
  ++mod_seq_;
  // What is left of each: from the highest down, so that a position is true when it is told.
  for (auto position = positions.rbegin(); position != positions.rend(); ++position) {
    expunged_.push_back(Expunged{*position, records_[*position].uid});
    records_.erase(records_.begin() + *position);
  }
}

std::shared_ptr<Account> SinkStore::account(std::string_view user) {
  const auto known = accounts_.find(user);
  if (known != accounts_.end()) return known->second;
  if (accounts_.size() >= most_accounts) return nullptr;
  auto account = std::make_shared<Account>(std::string(user));
  create(*account, "INBOX");
  accounts_.emplace(user, account);
  return account;
}

Mailbox* SinkStore::create(Account& account, std::string_view name) {
  if (mailboxes_ == most_mailboxes) return nullptr;
  auto mailbox = std::make_unique<SinkMailbox>(sink_, std::string(name), ++mailboxes_);
  Mailbox* const created = mailbox.get();
  account.add(std::move(mailbox));
  return created;
}

void SinkStore::describe(nlohmann::ordered_json& report) const {
  SinkTally total;
  auto by_account = nlohmann::ordered_json::object();
  for (const auto& [user, account] : accounts_) {
    const SinkTally tally = tally_of(*account, sink_);
    total += tally;
    if (by_account.size() < most_accounts_named) by_account[user] = tally.to_json();
  }
  // Accounts that nobody has logged in to yet lack everything.
  const std::uint64_t absent = sink_.world.users - std::min<std::uint64_t>(sink_.world.users, accounts_.size());
  total.missing += absent * messages_in_account(sink_.world);
  report["accounts"] = accounts_.size();
  report.update(total.to_json());
  if (accounts_.size() <= most_accounts_named) report["by_account"] = std::move(by_account);
}

}  // namespace imapferry::bench::synthetic
