#pragma once

#include "message.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace imapferry::bench::synthetic {

class SinkMailbox;

/// What FETCH can tell of a message without its bytes.
struct MessageInfo {
  std::uint32_t uid = 0;
  FlagBits flags = 0;
  std::int64_t date = 0;
  std::uint64_t size = 0;
  std::uint64_t mod_seq = 1;
};

/// The bytes of a message, as far as the server can tell them.
struct Content {
  Message made;
  std::string_view header;
  bool has_body = false;  ///< `made` is all of it
};

/// What a session sees of a mailbox: messages counted from 0, in the order of their UIDs.
class Mailbox {
 public:
  explicit Mailbox(std::string name) : name_(std::move(name)) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  virtual ~Mailbox() = default;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  bool is_subscribed = false;

  [[nodiscard]] virtual std::uint32_t uid_validity() const = 0;
  [[nodiscard]] virtual std::uint32_t uid_next() const = 0;
  [[nodiscard]] virtual std::uint64_t highest_mod_seq() const = 0;
  [[nodiscard]] virtual std::uint32_t exists() const = 0;
  /// The bytes of all messages together.
  [[nodiscard]] virtual std::uint64_t total_size() const = 0;
  /// The first message with this UID or a higher one.
  [[nodiscard]] virtual std::uint32_t position_of(std::uint32_t uid) const = 0;
  [[nodiscard]] virtual MessageInfo info(std::uint32_t position) const = 0;
  virtual void read(std::uint32_t position, Content& content) const = 0;
  /// The same mailbox where it can be written; null where it cannot.
  [[nodiscard]] virtual SinkMailbox* sink() noexcept { return nullptr; }

 private:
  std::string name_;
};

class Account {
 public:
  explicit Account(std::string user) : user_(std::move(user)) {}
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  [[nodiscard]] const std::string& user() const noexcept { return user_; }
  using Mailboxes = std::map<std::string, std::unique_ptr<Mailbox>, std::less<>>;
  [[nodiscard]] const Mailboxes& mailboxes() const noexcept { return mailboxes_; }
  [[nodiscard]] Mailbox* find(std::string_view name) const;
  void add(std::unique_ptr<Mailbox> mailbox);

 private:
  std::string user_;
  Mailboxes mailboxes_;
};

/// All accounts of a server: whoever asks has one.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  /// Null when there are too many already.
  virtual std::shared_ptr<Account> account(std::string_view user) = 0;
  /// Null when mailboxes cannot be made here, or no more of them.
  virtual Mailbox* create(Account& account, std::string_view name) = 0;
  /// Adds what the store holds.
  virtual void describe(nlohmann::ordered_json& report) const = 0;
};

}  // namespace imapferry::bench::synthetic
