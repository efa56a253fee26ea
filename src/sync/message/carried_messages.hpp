#pragma once

#include "sync/message/identity.hpp"

#include <cstddef>
#include <unordered_set>

namespace imapferry::sync {

/// The messages of an account that are in some mailbox of the destination, as far as this run has come.
class CarriedMessages {
 public:
  void add(const Identity& identity) { identities_.insert(identity); }
  [[nodiscard]] bool has(const Identity& identity) const { return identities_.contains(identity); }

 private:
  struct Hash {
    std::size_t operator()(const Identity& identity) const noexcept {
      return static_cast<std::size_t>(identity.bits[0]);
    }
  };
  std::unordered_set<Identity, Hash> identities_;
};

}  // namespace imapferry::sync
