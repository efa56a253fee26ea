#pragma once

#include "sync/message/mailbox_index.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

/// What the micro-benchmarks work on: made from numbers alone, so that every run measures the same bytes.
namespace imapferry::micro {

/// Numbers that look random and are the same in every run (SplitMix64).
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() noexcept;
  /// From 0 to `limit` - 1.
  std::uint64_t below(std::uint64_t limit) noexcept { return next() % limit; }

 private:
  std::uint64_t state_;
};

/// The header of a message, with its empty line: From, To, Subject, ... and `received` Received fields of three lines.
[[nodiscard]] std::string header(std::uint64_t number, std::size_t received);
/// A message of `size` bytes, header and all (or a little more than its header needs).
[[nodiscard]] std::string message(std::uint64_t number, std::size_t size);

// What a server answers. Each is a whole number of responses.
[[nodiscard]] std::string fetch_of_bodies(std::size_t messages, std::size_t size);
[[nodiscard]] std::string fetch_of_flags(std::size_t messages);
[[nodiscard]] std::string fetch_of_metadata(std::size_t messages);
[[nodiscard]] std::string fetch_of_identities(std::size_t messages);
[[nodiscard]] std::string list_of_mailboxes(std::size_t mailboxes);
[[nodiscard]] std::string status_of_mailboxes(std::size_t mailboxes);
[[nodiscard]] std::string search_of(std::size_t messages);
[[nodiscard]] std::string esearch_of(std::size_t messages);

/// An index of `messages` messages, but for every `hole`th (0: all of them). With one number two indexes are alike.
[[nodiscard]] sync::MailboxIndex index_of(std::size_t messages, std::size_t hole);

}  // namespace imapferry::micro
