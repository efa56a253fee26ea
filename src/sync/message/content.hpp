#pragma once

#include "core/sip_hash.hpp"
#include "imap/proto/uid_set.hpp"

#include <cstddef>
#include <map>
#include <string_view>

namespace imapferry::sync {

/// What a whole message says, as 16 bytes of hash: tells messages apart that have one identity.
using Content = core::Hash128;

using Contents = std::map<imap::proto::Uid, Content>;

/// Hashes a message that comes in pieces. What servers are known to change in messages that they store makes no
/// difference: carriage returns, NUL bytes (Dovecot stores 0x80), line ends at the very end (Courier adds one).
class ContentHasher {
 public:
  enum class Part {
    whole,
    body,  ///< what follows the first empty line
  };
  explicit ContentHasher(const core::HashKey& key, Part part = Part::whole) noexcept
      : hasher_(key), is_in_header_(part == Part::body) {}
  void update(std::string_view bytes);
  /// Ends the hash; the hasher is used up.
  [[nodiscard]] Content finish() noexcept { return hasher_.finish(); }

 private:
  void add(std::string_view text);

  core::SipHasher hasher_;
  bool is_in_header_;
  bool is_at_begin_ = true;
  std::size_t line_ends_ = 0;  ///< not hashed yet: nothing may follow them
};

}  // namespace imapferry::sync
