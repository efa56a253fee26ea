#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace imapferry::bench::synthetic {

/// The commands that a server knows.
enum class Verb {
  capability,
  noop,
  check,
  logout,
  id,
  login,
  authenticate,
  enable,
  name_space,
  list,
  lsub,
  status,
  create,
  subscribe,
  unsubscribe,
  select,
  examine,
  unselect,
  close,
  append,
  fetch,
  uid_fetch,
  search,
  uid_search,
  store,
  uid_store,
  expunge,
  uid_expunge,
  count_,
};
inline constexpr auto verbs = static_cast<std::size_t>(Verb::count_);

/// "UID FETCH" and the like are one name.
[[nodiscard]] std::optional<Verb> verb_named(std::string_view name) noexcept;
[[nodiscard]] std::string_view name_of(Verb verb) noexcept;

/// When a command may be given.
enum class Needs { nothing, login, mailbox };
[[nodiscard]] Needs needs_of(Verb verb) noexcept;

}  // namespace imapferry::bench::synthetic
