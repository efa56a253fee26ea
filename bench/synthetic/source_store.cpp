#include "source_store.hpp"

#include "random.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace imapferry::bench::synthetic {

namespace {

constexpr std::size_t most_users = 1'000'000;
constexpr std::uint64_t first_mod_seq = 1;
constexpr std::uint64_t delta_mod_seq = 2;

}  // namespace

SourceMailbox::SourceMailbox(const World& world, MadeMailbox made)
    : Mailbox(made.name()), world_(world), made_(std::move(made)) {
  is_subscribed = true;
}

std::uint32_t SourceMailbox::uid_validity() const {
  return static_cast<std::uint32_t>(hash_of(made_.folder()) >> 33) + 1;
}

std::uint64_t SourceMailbox::highest_mod_seq() const {
  return world_.phase == Phase::after_delta ? delta_mod_seq : first_mod_seq;
}

std::uint64_t SourceMailbox::total_size() const {
  std::uint64_t total = 0;
  for (std::uint32_t uid = 1; uid <= exists(); ++uid) total += made_.facts(uid).size;
  return total;
}

std::uint32_t SourceMailbox::position_of(std::uint32_t uid) const {
  return std::min(std::max<std::uint32_t>(uid, 1) - 1, exists());
}

MessageInfo SourceMailbox::info(std::uint32_t position) const {
  const std::uint32_t uid = position + 1;
  const Facts facts = made_.facts(uid);
  MessageInfo info;
  info.uid = uid;
  info.size = facts.size;
  info.date = facts.date;
  info.flags = facts.flags_in(world_.phase);
  const bool is_old = !facts.is_changed && uid <= world_.shape.messages;
  info.mod_seq = is_old || world_.phase == Phase::before_delta ? first_mod_seq : delta_mod_seq;
  return info;
}

void SourceMailbox::read(std::uint32_t position, Content& content) const {
  made_.make(position + 1, content.made);
  content.header = content.made.header();
  content.has_body = true;
}

std::shared_ptr<Account> SourceStore::account(std::string_view user) {
  if (users_.size() >= most_users) return nullptr;
  users_.emplace(user);
  auto account = std::make_shared<Account>(std::string(user));
  for (std::uint32_t number = 1; number <= world_.shape.mailboxes; ++number) {
    MadeMailbox made(world_.shape, world_.book, std::string(user), number);
    account->add(std::make_unique<SourceMailbox>(world_, std::move(made)));
  }
  return account;
}

void SourceStore::describe(nlohmann::ordered_json& report) const {
  const std::uint64_t mailboxes = std::uint64_t{world_.shape.mailboxes} * users_.size();
  report["accounts"] = users_.size();
  report["mailboxes"] = mailboxes;
  report["messages"] = mailboxes * messages_in(world_.shape, world_.phase);
}

}  // namespace imapferry::bench::synthetic
