#include "sync/message/deletion_guard.hpp"

#include <fmt/format.h>

#include <string_view>

namespace imapferry::sync {

namespace {

constexpr std::uint64_t small_mailbox = 100;
constexpr unsigned usual_percent = 50;

std::uint64_t most_of(const config::DeletionLimit& limit, std::uint64_t of) {
  return limit.percent > 0 ? of / 100 * limit.percent + of % 100 * limit.percent / 100 : limit.messages;
}

core::Failure too_many(const DeletionSize& size, std::string_view limit) {
  return core::Failure{core::Fault::deletion,
                       fmt::format("{} of {} messages would be deleted, {}: none is; --maxdelete can allow it",
                                   size.messages, size.of, limit),
                       {}};
}

std::optional<core::Failure> beyond(const config::DeletionLimit& limit, const DeletionSize& size) {
  if (size.messages <= most_of(limit, size.of)) return std::nullopt;
  return too_many(size, limit.percent > 0 ? fmt::format("more than --maxdelete {}%", limit.percent)
                                          : fmt::format("more than --maxdelete {}", limit.messages));
}

}  // namespace

std::optional<core::Failure> forbids_on_destination(const config::DeletionRules& rules, const DeletionSize& size,
                                                    std::uint64_t source_messages) {
  if (size.messages == 0) return std::nullopt;
  if (rules.most) return beyond(*rules.most, size);
  if (source_messages == 0) return too_many(size, "because the source's folder is empty");
  if (size.of <= small_mailbox || size.messages <= most_of({0, usual_percent}, size.of)) return std::nullopt;
  return too_many(size, "more than half");
}

std::optional<core::Failure> forbids_on_source(const config::DeletionRules& rules, const DeletionSize& size) {
  return rules.most && size.messages > 0 ? beyond(*rules.most, size) : std::nullopt;
}

}  // namespace imapferry::sync
