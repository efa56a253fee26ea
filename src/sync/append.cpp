#include "sync/append.hpp"

#include "imap/proto/date_time.hpp"
#include "sync/message/mailbox_index.hpp"

#include <algorithm>

namespace imapferry::sync {

using imap::proto::Command;
using imap::proto::CommandKind;
using imap::proto::LiteralStyle;

namespace {

// Between these (1970 and 2038) every server that was tried takes a date; others may be refused as no date at all.
constexpr std::int64_t first_common_date = 86'400;
constexpr std::int64_t last_common_date = 2'145'916'800;

bool is_common_date(std::int64_t date) {
  return date == MailboxIndex::no_date || (date >= first_common_date && date <= last_common_date);
}

/// " (flags) "date" " in front of a literal.
std::string arguments(const MessageMeta& meta) {
  std::string text = " (";
  text += meta.flags.to_string();
  text += ") ";
  if (meta.date != MailboxIndex::no_date) {
    text += '"';
    text += imap::proto::DateTime{meta.date, meta.zone_minutes}.to_string();
    text += "\" ";
  }
  return text;
}

}  // namespace

bool AppendProof::is_proven(const MessageMeta& meta) const {
  return is_common_date(meta.date) && !would_learn_from(meta);
}

bool AppendProof::would_learn_from(const MessageMeta& meta) const {
  return !has_accepted_ || !std::all_of(meta.flags.keywords.begin(), meta.flags.keywords.end(),
                                        [this](const std::string& keyword) { return keywords_.contains(keyword); });
}

void AppendProof::prove(const MessageMeta& meta) {
  has_accepted_ = true;
  keywords_.insert(meta.flags.keywords.begin(), meta.flags.keywords.end());
}

Command append_command(std::string_view mailbox, std::span<const AppendItem> items, const AppendProof& proof,
                       const imap::proto::Capabilities& capabilities) {
  Command command(CommandKind::append, "APPEND");
  command.astring(mailbox, capabilities);
  // What a synchronising literal of this very command has got past the server is proven for the messages behind it.
  AppendProof so_far = proof;
  for (const AppendItem& item : items) {
    const LiteralStyle style =
        imap::proto::literal_style(capabilities, item.bytes.size(), so_far.is_proven(*item.meta));
    command.raw(arguments(*item.meta)).literal(item.bytes, style);
    so_far.prove(*item.meta);
  }
  return command;
}

Command streamed_append_command(std::string_view mailbox, const MessageMeta& meta, std::uint64_t size,
                                const imap::proto::Capabilities& capabilities) {
  Command command(CommandKind::append, "APPEND");
  command.astring(mailbox, capabilities).raw(arguments(meta)).streamed_literal(size, LiteralStyle::synchronising);
  return command;
}

}  // namespace imapferry::sync
