#pragma once

#include "imap/proto/parser.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::testing {

/// Bytes in quotes, with whatever does not print escaped.
inline std::string quote(std::string_view bytes) {
  std::string out = "'";
  for (const char c : bytes) {
    if (c == '\r')
      out += "\\r";
    else if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// One word and the values of a response that are not empty, as text: what a test compares.
class Describe {
 public:
  /// `bodies` are the bytes of streamed sections, in order; without them the description says that they were streamed.
  explicit Describe(const std::vector<std::string>* bodies = nullptr) : bodies_(bodies) {}

  std::string operator()(const imap::proto::StatusResponse& r) {
    static constexpr std::string_view words[] = {"ok", "no", "bad", "preauth", "bye"};
    begin(words[static_cast<std::size_t>(r.condition)]);
    text("tag", r.tag);
    text("code", r.code.name);
    text("argument", r.code.argument);
    text("text", r.text);
    return out_;
  }
  std::string operator()(const imap::proto::ContinuationResponse& r) {
    begin("continue");
    text("text", r.text);
    return out_;
  }
  std::string operator()(const imap::proto::CapabilityResponse& r) {
    begin("capability");
    for (const auto& name : r.capabilities.names()) out_ += " " + name;
    return out_;
  }
  std::string operator()(const imap::proto::EnabledResponse& r) {
    begin("enabled");
    for (const auto& name : r.capabilities.names()) out_ += " " + name;
    return out_;
  }
  std::string operator()(const imap::proto::ListResponse& r) {
    begin(r.lsub ? "lsub" : "list");
    if (r.attributes != 0) out_ += fmt::format(" attributes={}", r.attributes);
    text("use", r.special_use);
    if (r.delimiter != '\0') text("delimiter", std::string_view(&r.delimiter, 1));
    text("mailbox", r.mailbox);
    return out_;
  }
  std::string operator()(const imap::proto::StatusDataResponse& r) {
    begin("status");
    text("mailbox", r.mailbox);
    number("messages", r.messages);
    number("recent", r.recent);
    number("unseen", r.unseen);
    number("uidnext", r.uid_next);
    number("uidvalidity", r.uid_validity);
    number("modseq", r.highest_mod_seq);
    number("size", r.size);
    return out_;
  }
  std::string operator()(const imap::proto::FlagsResponse& r) {
    begin("flags");
    for (const auto flag : r.flags) out_ += " " + quote(flag);
    return out_;
  }
  std::string operator()(const imap::proto::NumberResponse& r) {
    static constexpr std::string_view words[] = {"exists", "recent", "expunge"};
    return fmt::format("{} {}", words[static_cast<std::size_t>(r.kind)], r.number);
  }
  std::string operator()(const imap::proto::VanishedResponse& r) {
    return fmt::format("vanished{} {}", r.earlier ? " earlier" : "", r.uids.to_string());
  }
  std::string operator()(const imap::proto::SearchResponse& r) {
    begin("search");
    for (const auto number : r.numbers) out_ += fmt::format(" {}", number);
    return out_;
  }
  std::string operator()(const imap::proto::ESearchResponse& r) {
    begin("esearch");
    text("tag", r.tag);
    if (r.uid) out_ += " uid";
    number("min", r.min);
    number("max", r.max);
    number("count", r.count);
    if (!r.all.empty()) out_ += " all=" + r.all.to_string();
    return out_;
  }
  std::string operator()(const imap::proto::NamespaceResponse& r) {
    begin("namespace");
    for (const auto* kind : {&r.personal, &r.other_users, &r.shared}) {
      out_ += " (";
      for (const auto& entry : *kind) {
        out_ += quote(entry.prefix);
        out_ += entry.delimiter == '\0' ? "-" : quote(std::string_view(&entry.delimiter, 1));
      }
      out_ += ")";
    }
    return out_;
  }
  std::string operator()(const imap::proto::AclResponse& r) {
    begin("acl");
    text("mailbox", r.mailbox);
    for (const auto& entry : r.entries) out_ += fmt::format(" {}={}", quote(entry.identifier), quote(entry.rights));
    return out_;
  }
  std::string operator()(const imap::proto::IdResponse& r) {
    begin("id");
    for (const auto& [name, value] : r.fields) out_ += fmt::format(" {}={}", quote(name), quote(value));
    return out_;
  }
  std::string operator()(const imap::proto::OtherResponse& r) {
    begin("other");
    text("keyword", r.keyword);
    text("rest", r.rest);
    return out_;
  }
  std::string operator()(const imap::proto::FetchResponse& r) {
    begin(fmt::format("fetch {}", r.sequence));
    if (r.uid != 0) out_ += fmt::format(" uid={}", r.uid);
    if (r.has_flags) out_ += " flags";
    for (const auto flag : r.flags) out_ += ":" + quote(flag);
    if (r.internal_date) out_ += " date=" + quote(*r.internal_date);
    number("size", r.size);
    number("modseq", r.mod_seq);
    text("emailid", r.email_id);
    if (r.has_labels) out_ += " labels";
    for (const auto label : r.labels) out_ += ":" + quote(label);
    std::size_t streamed = 0;
    for (const auto& section : r.sections) {
      out_ += " ";
      if (section.streamed && bodies_ != nullptr)
        add_section(section, bodies_->at(streamed++));
      else
        add_section(section, std::nullopt);
    }
    return out_;
  }
  std::string operator()(const imap::proto::BodySection& section) {
    add_section(section, std::nullopt);
    return out_;
  }

 private:
  void begin(std::string_view word) { out_ += word; }
  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) out_ += fmt::format(" {}={}", name, quote(value));
  }
  template <class T>
  void number(std::string_view name, const std::optional<T>& value) {
    if (value) out_ += fmt::format(" {}={}", name, *value);
  }
  void add_section(const imap::proto::BodySection& section, std::optional<std::string_view> streamed_body) {
    out_ += fmt::format("{}[{}]{{{}}}", section.binary ? "binary" : "body", section.section, section.size);
    if (section.nil)
      out_ += "nil";
    else if (section.streamed && !streamed_body)
      out_ += section.data.empty() ? "streamed" : "streamed, but with data";
    else
      out_ += quote(streamed_body.value_or(section.data));
  }

  const std::vector<std::string>* bodies_;
  std::string out_;
};

}  // namespace imapferry::testing
