#include "fetch_answer.hpp"

#include "imap/proto/flags.hpp"
#include "text.hpp"

#include <algorithm>

namespace imapferry::bench::synthetic {

namespace {

using Kind = FetchItem::Kind;
using Part = FetchItem::Part;

bool is_named(const std::vector<std::string>& fields, std::string_view line) {
  const std::string_view name = line.substr(0, line.find(':'));
  return std::any_of(fields.begin(), fields.end(),
                     [name](const std::string& field) { return imap::proto::equals_ignoring_case(field, name); });
}

/// The fields that are asked for, with their continuation lines, and the empty line at the end.
void append_fields(std::string& out, const FetchItem& item, std::string_view header) {
  bool is_wanted = false;
  while (!header.empty()) {
    const std::string_view line = header.substr(0, header.find('\n') + 1);
    if (line.empty() || line == "\r\n") break;
    if (line.front() != ' ' && line.front() != '\t') {
      is_wanted = is_named(item.fields, line) == (item.part == Part::fields);
    }
    if (is_wanted) out += line;
    header.remove_prefix(line.size());
  }
  out += "\r\n";
}

Section text_section(const FetchItem& item, std::string_view text) {
  Section section;
  section.text = text.substr(std::min<std::uint64_t>(item.offset, text.size()));
  if (item.length) section.text = section.text.substr(0, static_cast<std::size_t>(*item.length));
  section.size = section.text.size();
  return section;
}

Section body_section(const FetchItem& item, const Content& content) {
  Section section;
  section.is_nil = !content.has_body;
  section.is_streamed = true;
  if (section.is_nil) return section;
  const std::uint64_t start = item.part == Part::text ? content.header.size() : 0;
  section.offset = std::min(start + item.offset, content.made.size());
  section.size = content.made.size() - section.offset;
  if (item.length) section.size = std::min(section.size, *item.length);
  return section;
}

}  // namespace

Section section_of(const FetchItem& item, const Content& content, std::string& scratch) {
  switch (item.part) {
  case Part::whole:
  case Part::text: return body_section(item, content);
  case Part::header: return text_section(item, content.header);
  case Part::fields:
  case Part::fields_not: break;
  }
  scratch.clear();
  append_fields(scratch, item, content.header);
  return text_section(item, scratch);
}

void append_item(std::string& out, const FetchItem& item, const MessageInfo& info, const FlagTable& flags) {
  switch (item.kind) {
  case Kind::uid: append_number(out += "UID ", info.uid); break;
  case Kind::flags:
    flags.append(out += "FLAGS (", info.flags);
    out += ')';
    break;
  case Kind::internal_date:
    append_internal_date(out += "INTERNALDATE \"", info.date);
    out += '"';
    break;
  case Kind::size: append_number(out += "RFC822.SIZE ", info.size); break;
  case Kind::mod_seq:
    append_number(out += "MODSEQ (", info.mod_seq);
    out += ')';
    break;
  case Kind::section: break;
  }
}

}  // namespace imapferry::bench::synthetic
