#pragma once

#include "store.hpp"
#include "world.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

namespace imapferry::bench::synthetic {

/// A mailbox full of made messages: UIDs from 1 on without a gap. It can only be read.
class SourceMailbox final : public Mailbox {
 public:
  SourceMailbox(const World& world, MadeMailbox made);

  [[nodiscard]] std::uint32_t uid_validity() const override;
  [[nodiscard]] std::uint32_t uid_next() const override { return exists() + 1; }
  [[nodiscard]] std::uint64_t highest_mod_seq() const override;
  [[nodiscard]] std::uint32_t exists() const override { return messages_in(world_.shape, world_.phase); }
  [[nodiscard]] std::uint64_t total_size() const override;
  [[nodiscard]] std::uint32_t position_of(std::uint32_t uid) const override;
  [[nodiscard]] MessageInfo info(std::uint32_t position) const override;
  void read(std::uint32_t position, Content& content) const override;

 private:
  const World& world_;
  MadeMailbox made_;
};

/// Accounts that live no longer than the sessions in them: there is nothing to remember.
class SourceStore final : public Store {
 public:
  explicit SourceStore(const World& world) : world_(world) {}

  std::shared_ptr<Account> account(std::string_view user) override;
  Mailbox* create(Account&, std::string_view) override { return nullptr; }
  void describe(nlohmann::ordered_json& report) const override;

 private:
  const World& world_;
  std::unordered_set<std::string> users_;
};

}  // namespace imapferry::bench::synthetic
