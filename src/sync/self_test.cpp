#include "sync/self_test.hpp"

#include "imap/proto/date_time.hpp"
#include "imap/proto/flags.hpp"
#include "imap/proto/mailbox_name.hpp"
#include "imap/proto/uid_set.hpp"
#include "sync/mailbox/mailbox_map.hpp"
#include "sync/mailbox/name_pattern.hpp"
#include "sync/message/identity.hpp"
#include "sync/message/match.hpp"

#include <string>

namespace imapferry::sync {

namespace proto = imap::proto;

namespace {

const IdentityRule test_rule(IdentityKey{{1, 2}});

ListedMailbox mailbox(const std::string& name, char delimiter) {
  ListedMailbox listed;
  listed.name = name;
  listed.wire = proto::to_modified_utf7(name).value_or("");
  listed.delimiter = delimiter;
  return listed;
}

bool maps_names() {
  SideNames source;
  source.mailboxes = {mailbox("INBOX", '.'), mailbox("INBOX.Archive.2019", '.')};
  source.name_space = NameSpace{"INBOX.", '.'};
  SideNames destination;
  destination.mailboxes = {mailbox("INBOX", '/')};
  destination.name_space = NameSpace{"", '/'};
  const core::Result<MailboxMap> map = map_mailboxes(source, destination, config::FolderRules());
  return map && map->pairs.size() == 2 && map->pairs[0].destination == "INBOX" &&
         map->pairs[1].destination == "Archive/2019" && map->problems.empty();
}

Identity identity_of(std::string_view header) { return identity_of_header(test_rule, header).identity; }

bool identifies_messages() {
  const Identity one = identity_of("Message-Id: <1@a>\r\nSubject: x\r\n\r\nbody");
  return one == identity_of("Subject: y\r\nMESSAGE-ID:   <1@a>\r\n\r\n") &&
         !(one == identity_of("Message-Id: <2@a>\r\nSubject: x\r\n\r\n"));
}

bool pairs_messages() {
  MailboxIndex source;
  MailboxIndex destination;
  const auto add = [](MailboxIndex& index, proto::Uid uid, std::string_view header) {
    MailboxIndex::Entry entry;
    entry.uid = uid;
    entry.identity = identity_of(header);
    entry.has_identity = true;
    entry.size = 100;
    entry.date = MailboxIndex::no_date;
    index.add(entry, {});
    index.set_content(uid, identity_of(header));
  };
  add(source, 1, "Message-Id: <1@a>\r\n\r\n");
  add(source, 2, "Message-Id: <2@a>\r\n\r\n");
  add(source, 3, "Message-Id: <2@a>\r\n\r\n");
  add(destination, 9, "Message-Id: <1@a>\r\n\r\n");
  const Matches matches = match(source, destination);
  return matches.pairs.size() == 1 && matches.missing.size() == 1 && matches.source_duplicates.size() == 1 &&
         matches.destination_only.empty();
}

bool matches_patterns() {
  const core::Result<NamePattern> pattern = NamePattern::compile("^INBOX\\.(Sent|Drafts)$");
  if (!pattern || NamePattern::compile("(")) return false;
  const core::Result<bool> hit = pattern->matches("INBOX.Sent");
  const core::Result<bool> miss = pattern->matches("INBOX.Sent.2019");
  return hit && *hit && miss && !*miss;
}

bool reads_dates() {
  const auto date = proto::DateTime::parse("17-Jul-1996 02:44:25 -0700");
  return date && date->unix_seconds == 837596665 && date->to_string() == "17-Jul-1996 02:44:25 -0700" &&
         !proto::DateTime::parse("31-Feb-2020 00:00:00 +0000");
}

bool filters_flags() {
  proto::PermanentFlags permanent;
  permanent.known = true;
  permanent.flags = proto::flags_from("\\Seen \\Answered $Known");
  std::vector<std::string> left_out;
  const proto::Flags kept = proto::permitted(proto::flags_from("\\seen \\Recent $Known other"), permanent, &left_out);
  return kept == proto::flags_from("\\Seen $Known") && left_out == std::vector<std::string>{"other"};
}

bool converts_names() {
  return proto::to_modified_utf7("Entwürfe & Co") == "Entw&APw-rfe &- Co" &&
         proto::from_modified_utf7("&ZeVnLIqe-") == "日本語" && !proto::from_modified_utf7("&ZeVn");
}

bool reads_sets() {
  const auto set = proto::UidSet::parse("1:3,7");
  return set && set->size() == 4 && set->contains(2) && !set->contains(4) && set->to_string() == "1:3,7";
}

}  // namespace

std::vector<SelfCheck> self_checks() {
  return {
      {"mailbox names become modified UTF-7 and back", converts_names()},
      {"dates are read and written", reads_dates()},
      {"flags that the destination cannot hold are left out and named", filters_flags()},
      {"sets of UIDs are read and written", reads_sets()},
      {"messages are identified by their headers", identifies_messages()},
      {"messages of both sides are paired", pairs_messages()},
      {"regular expressions match, and bad ones are refused", matches_patterns()},
      {"mailboxes are mapped from one prefix and separator to another", maps_names()},
  };
}

}  // namespace imapferry::sync
