#include "sink_tally.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace imapferry::bench::synthetic {

namespace {

using Field = std::pair<const char*, std::uint64_t SinkTally::*>;
constexpr std::array<Field, 11> fields = {{
    {"mailboxes", &SinkTally::mailboxes},
    {"messages", &SinkTally::messages},
    {"bytes", &SinkTally::bytes},
    {"equal", &SinkTally::equal},
    {"different", &SinkTally::different},
    {"unknown", &SinkTally::unknown},
    {"doubled", &SinkTally::doubled},
    {"misplaced", &SinkTally::misplaced},
    {"missing", &SinkTally::missing},
    {"wrong_flags", &SinkTally::wrong_flags},
    {"wrong_dates", &SinkTally::wrong_dates},
}};

/// Goes over the mailboxes of one account. Whose mail it should hold is what the first recognised message says: a user
/// may have another name here than at the source.
class Auditor {
 public:
  explicit Auditor(const SinkWorld& sink) : sink_(sink) {}

  void add(const SinkMailbox& mailbox) {
    ++tally_.mailboxes;
    messages_.clear();
    for (const Record& record : mailbox.records()) judge(record, mailbox.name());
    std::sort(messages_.begin(), messages_.end());
    const auto distinct =
        static_cast<std::uint64_t>(std::unique(messages_.begin(), messages_.end()) - messages_.begin());
    tally_.doubled += messages_.size() - distinct;
    held_ += distinct;
  }

  [[nodiscard]] SinkTally finish() {
    const std::uint64_t expected = messages_in_account(sink_.world);
    tally_.missing = expected - std::min(expected, held_);
    return tally_;
  }

 private:
  void judge(const Record& record, std::string_view mailbox) {
    ++tally_.messages;
    tally_.bytes += record.size;
    switch (record.verdict) {
    case Verdict::equal: ++tally_.equal; break;
    case Verdict::different: ++tally_.different; break;
    case Verdict::unknown: ++tally_.unknown; break;
    }
    if (record.origin == Record::none) return;
    const MadeMailbox& origin = sink_.origins.at(record.origin);
    const Facts facts = origin.facts(record.origin_uid);
    if (record.flags != facts.flags_in(sink_.world.phase)) ++tally_.wrong_flags;
    if (record.kept != Record::none && sink_.kept[record.kept].date != facts.date) ++tally_.wrong_dates;
    if (user_ == nullptr) user_ = &origin.user();
    if (origin.name() != mailbox || origin.user() != *user_) {
      ++tally_.misplaced;
    } else if (record.verdict == Verdict::equal) {
      messages_.push_back(record.origin_uid);
    }
  }

  const SinkWorld& sink_;
  SinkTally tally_;
  const std::string* user_ = nullptr;
  std::vector<std::uint32_t> messages_;
  std::uint64_t held_ = 0;
};

}  // namespace

SinkTally& SinkTally::operator+=(const SinkTally& other) {
  for (const Field& field : fields) this->*field.second += other.*field.second;
  return *this;
}

bool SinkTally::is_complete() const {
  return different + unknown + doubled + misplaced + missing + wrong_flags + wrong_dates == 0;
}

nlohmann::ordered_json SinkTally::to_json() const {
  auto json = nlohmann::ordered_json::object();
  for (const Field& field : fields) json[field.first] = this->*field.second;
  json["is_complete"] = is_complete();
  return json;
}

std::uint64_t messages_in_account(const World& world) {
  return std::uint64_t{world.shape.mailboxes} * messages_in(world.shape, world.phase);
}

SinkTally tally_of(const Account& account, const SinkWorld& sink) {
  Auditor auditor(sink);
  for (const auto& entry : account.mailboxes()) {
    if (const SinkMailbox* mailbox = entry.second->sink()) auditor.add(*mailbox);
  }
  return auditor.finish();
}

}  // namespace imapferry::bench::synthetic
