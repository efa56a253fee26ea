#include "store.hpp"

#include "imap/proto/mailbox_name.hpp"

namespace imapferry::bench::synthetic {

Mailbox* Account::find(std::string_view name) const {
  const auto found = mailboxes_.find(imap::proto::is_inbox(name) ? std::string_view("INBOX") : name);
  return found == mailboxes_.end() ? nullptr : found->second.get();
}

void Account::add(std::unique_ptr<Mailbox> mailbox) {
  std::string name = mailbox->name();
  mailboxes_.emplace(std::move(name), std::move(mailbox));
}

}  // namespace imapferry::bench::synthetic
