#include "sync/mailbox/automap.hpp"

#include "imap/proto/mailbox_name.hpp"
#include "sync/mailbox/special_use.hpp"

#include <string_view>

namespace imapferry::sync {

namespace {

/// The mailbox for each purpose; the lowest of the names as the server spells them.
std::map<std::string_view, const ListedMailbox*> mailboxes_by_purpose(const SideNames& side) {
  std::map<std::string_view, const ListedMailbox*> said, guessed;
  for (const ListedMailbox& mailbox : side.mailboxes) {
    if (!mailbox.can_select() || imap::proto::is_inbox(mailbox.name)) continue;
    const std::string_view use = purpose_of(mailbox, side.name_space);
    if (use.empty()) continue;
    auto& found = regular_special_use(mailbox.special_use).empty() ? guessed : said;
    const auto [known, is_new] = found.emplace(use, &mailbox);
    if (!is_new && mailbox.wire < known->second->wire) known->second = &mailbox;
  }
  said.merge(guessed);
  return said;
}

}  // namespace

std::string_view purpose_of(const ListedMailbox& mailbox, const NameSpace& name_space) {
  if (imap::proto::is_inbox(mailbox.name)) return {};
  const std::string_view said = regular_special_use(mailbox.special_use);
  return !said.empty() ? said : guess_special_use(mailbox.name, name_space);
}

std::map<std::string, std::string, std::less<>> automap(const SideNames& source, const SideNames& destination) {
  const std::map<std::string_view, const ListedMailbox*> there = mailboxes_by_purpose(destination);
  std::map<std::string, std::string, std::less<>> pairs;
  for (const ListedMailbox& mailbox : source.mailboxes) {
    const auto found = there.find(purpose_of(mailbox, source.name_space));
    if (found != there.end()) pairs.emplace(mailbox.name, found->second->name);
  }
  return pairs;
}

}  // namespace imapferry::sync
