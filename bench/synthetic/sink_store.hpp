#pragma once

#include "origins.hpp"
#include "receiver.hpp"
#include "store.hpp"
#include "world.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::bench::synthetic {

/// What is kept of a message: 28 bytes.
struct Record {
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  std::uint32_t uid = 0;
  std::uint32_t size = 0;
  std::uint32_t mod_seq = 0;
  std::uint32_t origin = none;  ///< which mailbox of the source it comes from
  std::uint32_t origin_uid = 0;
  std::uint32_t kept = none;  ///< where what cannot be made again is kept
  FlagBits flags = 0;
  Verdict verdict = Verdict::unknown;
};
static_assert(sizeof(Record) <= 32, "a million messages have to fit");

/// What the store knows of a message beyond its record, because it is not what the source would have.
struct Kept {
  std::string header;  ///< empty: the made message's
  std::int64_t date = 0;
};

/// What all mailboxes of a sink share.
struct SinkWorld {
  explicit SinkWorld(World& of) : world(of), origins(of) {}
  World& world;
  Origins origins;
  std::deque<Kept> kept;
  std::size_t kept_bytes = 0;
};

/// A mailbox that takes messages and forgets their bodies.
class SinkMailbox final : public Mailbox {
 public:
  SinkMailbox(SinkWorld& sink, std::string name, std::uint32_t uid_validity)
      : Mailbox(std::move(name)), sink_(sink), uid_validity_(uid_validity) {}

  [[nodiscard]] std::uint32_t uid_validity() const override { return uid_validity_; }
  [[nodiscard]] std::uint32_t uid_next() const override { return uid_next_; }
  [[nodiscard]] std::uint64_t highest_mod_seq() const override { return mod_seq_; }
  [[nodiscard]] std::uint32_t exists() const override { return static_cast<std::uint32_t>(records_.size()); }
  [[nodiscard]] std::uint64_t total_size() const override;
  [[nodiscard]] std::uint32_t position_of(std::uint32_t uid) const override;
  [[nodiscard]] MessageInfo info(std::uint32_t position) const override;
  void read(std::uint32_t position, Content& content) const override;
  [[nodiscard]] SinkMailbox* sink() noexcept override { return this; }

  [[nodiscard]] Receiver receiver() { return Receiver(sink_.origins); }
  /// A record of what has come, to be stored with others or not at all.
  [[nodiscard]] Record record_of(Receiver::Received received, FlagBits flags, std::int64_t date);
  /// Stores them and returns the UID of the first; they follow each other.
  std::uint32_t append(std::span<const Record> records);
  void set_flags(std::uint32_t position, FlagBits flags);
  /// Removes messages; `positions` ascend.
  void expunge(const std::vector<std::uint32_t>& positions);

  struct Expunged {
    std::uint32_t position;
    std::uint32_t uid;
  };
  /// Everything that was ever removed, in order: each session tells what it has not told yet.
  [[nodiscard]] const std::vector<Expunged>& expunged() const noexcept { return expunged_; }
  [[nodiscard]] const std::deque<Record>& records() const noexcept { return records_; }

 private:
  [[nodiscard]] std::int64_t date_of(const Record& record) const;

  SinkWorld& sink_;
  std::uint32_t uid_validity_;
  std::uint32_t uid_next_ = 1;
  std::uint32_t mod_seq_ = 1;
  std::deque<Record> records_;
  std::vector<Expunged> expunged_;
};

/// Accounts that begin empty and last as long as the process.
class SinkStore final : public Store {
 public:
  explicit SinkStore(World& world) : sink_(world) {}

  std::shared_ptr<Account> account(std::string_view user) override;
  Mailbox* create(Account& account, std::string_view name) override;
  void describe(nlohmann::ordered_json& report) const override;

 private:
  SinkWorld sink_;
  std::map<std::string, std::shared_ptr<Account>, std::less<>> accounts_;
  std::uint32_t mailboxes_ = 0;
};

}  // namespace imapferry::bench::synthetic
