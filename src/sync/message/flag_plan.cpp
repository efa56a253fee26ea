#include "sync/message/flag_plan.hpp"

namespace imapferry::sync {

using imap::proto::Flags;
using imap::proto::UidSet;

namespace {

UidSet& uids_to(FlagPlan& plan, FlagChange::How how, const Flags& flags) {
  FlagChange change(how, flags);
  std::string item = change.item();
  return plan.try_emplace(std::move(item), std::move(change)).first->second.uids;
}

}  // namespace

FlagPlan plan_replacements(const Matches& matches, const MailboxIndex& source, const MailboxIndex& destination,
                           const FlagTranslator& translate) {
  FlagPlan plan;
  // A mailbox has few different sets of flags: what is wanted instead of each is made out once.
  std::map<const Flags*, Flags> wanted;
  for (const Matches::Pair& pair : matches.pairs) {
    const Flags& flags = source.flags(pair.source);
    auto known = wanted.find(&flags);
    if (known == wanted.end()) known = wanted.emplace(&flags, translate(flags)).first;
    if (known->second == destination.flags(pair.destination)) continue;
    uids_to(plan, FlagChange::How::replace, known->second).add(destination.uid(pair.destination));
  }
  return plan;
}

FlagPlan plan_merges(const Matches& matches, const MailboxIndex& source, const MailboxIndex& destination,
                     const FlagTranslator& translate, const FlagsBefore& before, const UidSet& remembered) {
  using How = FlagChange::How;
  FlagPlan plan;
  const Flags none;
  for (const Matches::Pair& pair : matches.pairs) {
    const imap::proto::Uid uid = source.uid(pair.source);
    const auto changed = before.find(uid);
    if (changed == before.end() && remembered.contains(uid)) continue;
    const Flags& there = destination.flags(pair.destination);
    const Flags& old = changed == before.end() ? none : changed->second;
    const Flags now = translate(source.flags(pair.source));
    const Flags added = without(without(now, old), there);
    const Flags removed = common(without(old, now), there);
    const imap::proto::Uid copy = destination.uid(pair.destination);
    if (!added.empty()) uids_to(plan, How::add, added).add(copy);
    if (!removed.empty()) uids_to(plan, How::remove, removed).add(copy);
  }
  return plan;
}

std::uint64_t size_of(const FlagPlan& plan) noexcept {
  std::uint64_t size = 0;
  for (const auto& [item, planned] : plan) size += planned.uids.size();
  return size;
}

}  // namespace imapferry::sync
