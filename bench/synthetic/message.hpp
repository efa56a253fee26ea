#pragma once

#include "book.hpp"
#include "shape.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapferry::bench::synthetic {

/// Flags as bits: the low eight as in imap::proto::SystemFlag, above them keywords. The first keyword is $Forwarded,
/// the only one that made messages have.
using FlagBits = std::uint16_t;
inline constexpr unsigned first_keyword_bit = 8;
inline constexpr FlagBits forwarded = 1U << first_keyword_bit;

/// What a listing tells of a message, and what costs nothing to know.
struct Facts {
  std::uint64_t size = 0;
  std::int64_t date = 0;    ///< INTERNALDATE, in seconds since 1970
  FlagBits flags = 0;       ///< before the delta
  bool is_changed = false;  ///< by the delta

  [[nodiscard]] FlagBits flags_in(Phase phase) const noexcept;
};

/// The bytes of one made message. Only the header is made; the body lies in the book.
class Message {
 public:
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// With the empty line at its end.
  [[nodiscard]] std::string_view header() const noexcept { return header_; }
  /// The bytes that lie together from `offset` on: at least one, or none at the end.
  [[nodiscard]] std::string_view piece(std::uint64_t offset) const noexcept;

 private:
  friend class MadeMailbox;
  const Book* book_ = nullptr;
  std::uint64_t hash_ = 0;
  std::uint64_t size_ = 0;
  std::string header_;
  // Takes up what is left when the body is divided into lines, so that every size is exact.
  std::array<char, 2 * Book::line_size> first_line_{};
  std::size_t first_line_size_ = 0;
};

/// Which message a Message-Id names.
struct MessageName {
  std::uint32_t uid = 0;
  std::string_view folder;  ///< as MadeMailbox::folder()
};

/// Reads what is between "<" and ">" of a made message's Message-Id; nothing when it is somebody else's.
[[nodiscard]] std::optional<MessageName> parse_message_id(std::string_view id);

/// The messages of one mailbox of one user, each a pure function of seed, user, mailbox and UID. None is kept.
class MadeMailbox {
 public:
  /// `number` counts the mailboxes of an account from 1, the INBOX. Shape and book must outlive it.
  MadeMailbox(const Shape& shape, const Book& book, std::string user, std::uint32_t number);

  /// The mailbox that a Message-Id names; nothing when it is none of this seed.
  static std::optional<MadeMailbox> named(const Shape& shape, const Book& book, std::string_view folder);

  [[nodiscard]] const std::string& user() const noexcept { return user_; }
  [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
  /// "INBOX", "Box-2", "Box-3", ...
  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::string_view folder() const noexcept { return folder_; }

  [[nodiscard]] Facts facts(std::uint32_t uid) const;
  /// Whether the mailbox holds such a message, after the delta.
  [[nodiscard]] bool holds(std::uint32_t uid) const {
    return uid >= 1 && uid <= messages_in(*shape_, Phase::after_delta);
  }
  void make(std::uint32_t uid, Message& message) const;

 private:
  [[nodiscard]] std::uint64_t hash(std::uint32_t uid) const noexcept;
  void write_header(std::uint32_t uid, std::int64_t date, std::uint64_t hash, std::string& header) const;
  void write_first_line(std::uint32_t uid, Message& message) const;

  const Shape* shape_;
  const Book* book_;
  std::string user_;
  std::uint32_t number_;
  std::string encoded_user_;
  std::string folder_;
  std::uint64_t smallest_;
  std::uint64_t hash_;
};

}  // namespace imapferry::bench::synthetic
