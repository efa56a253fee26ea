#pragma once

#include "imap/proto/lexer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imapferry::bench::synthetic {

/// One thing that FETCH asks for.
struct FetchItem {
  enum class Kind { uid, flags, internal_date, size, mod_seq, section };
  enum class Part { whole, header, fields, fields_not, text };

  Kind kind = Kind::uid;
  Part part = Part::whole;
  std::string answered_as;          ///< "BODY[HEADER.FIELDS (SUBJECT)]<0>": as the answer names a section
  std::vector<std::string> fields;  ///< of Part::fields and Part::fields_not
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;  ///< of a partial: "<0.2048>"
};

/// The arguments of FETCH behind the set (RFC 9051 section 6.4.5, RFC 7162 section 3.1.4.1).
struct FetchRequest {
  std::vector<FetchItem> items;
  std::uint64_t changed_since = 0;
  bool wants_vanished = false;

  [[nodiscard]] bool has(FetchItem::Kind kind) const;
};

/// False, and the reason in the lexer, when they are not well formed or ask for what is not known here.
[[nodiscard]] bool read_fetch_request(imap::proto::Lexer& lexer, FetchRequest& request);

}  // namespace imapferry::bench::synthetic
