#pragma once

#include "imap/proto/capabilities.hpp"
#include "imap/proto/uid_set.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace imapferry::imap::proto {

/// Every view in a response points into the parser's input or the parser itself and dies with the next call of the parser.

/// The word of a status response (RFC 9051 section 7.1).
enum class Condition { ok, no, bad, preauth, bye };

/// A response code: its name in upper case and its argument as text, both empty when there is none.
struct ResponseCode {
  std::string_view name;      ///< "APPENDUID", "TRYCREATE", ... as received; compare without case
  std::string_view argument;  ///< "38505 3955" — everything between the name and "]"
};

/// "A7 OK [READ-WRITE] done", "* BYE ...", or the greeting.
struct StatusResponse {
  std::string_view tag;  ///< empty when untagged
  Condition condition = Condition::ok;
  ResponseCode code;
  std::string_view text;
};

/// "+ text": the server is ready for a literal or for the next line of a SASL exchange.
struct ContinuationResponse {
  std::string_view text;
};

struct CapabilityResponse {
  Capabilities capabilities;
};

enum ListAttribute : std::uint32_t {
  list_noselect = 1,     ///< also set by \NonExistent
  list_noinferiors = 2,
  list_marked = 4,
  list_unmarked = 8,
  list_has_children = 16,
  list_has_no_children = 32,
  list_subscribed = 64,
  list_nonexistent = 128,
  list_remote = 256,
};

/// LIST, LSUB or XLIST data.
struct ListResponse {
  bool lsub = false;
  std::uint32_t attributes = 0;          ///< ListAttribute bits
  std::string_view special_use;          ///< first of \All \Archive \Drafts \Flagged \Junk \Sent \Trash, as received; else empty
  char delimiter = '\0';                 ///< 0 for NIL: a flat name space
  std::string_view mailbox;              ///< as sent (modified UTF-7 as a rule); "INBOX" in any case
};

/// STATUS data (RFC 9051 section 7.3.4, RFC 7162, RFC 8438).
struct StatusDataResponse {
  std::string_view mailbox;
  std::optional<std::uint32_t> messages, recent, unseen, uid_next, uid_validity;
  std::optional<std::uint64_t> highest_mod_seq, size;
};

/// "* FLAGS (...)".
struct FlagsResponse {
  std::vector<std::string_view> flags;
};

/// "* n EXISTS", "* n RECENT", "* n EXPUNGE".
struct NumberResponse {
  enum class Kind { exists, recent, expunge } kind = Kind::exists;
  std::uint32_t number = 0;
};

/// "* VANISHED (EARLIER) 1:3" (RFC 7162).
struct VanishedResponse {
  bool earlier = false;
  UidSet uids;
};

/// "* SEARCH 2 3 5": message numbers or UIDs, whichever was asked for.
struct SearchResponse {
  std::vector<std::uint32_t> numbers;
};

/// "* ESEARCH (TAG "A7") UID COUNT 3 ALL 1:5" (RFC 4731). The correlator decides whose answer it is.
struct ESearchResponse {
  std::string_view tag;
  bool uid = false;
  std::optional<std::uint32_t> min, max, count;
  UidSet all;
};

struct Namespace {
  std::string prefix;
  char delimiter = '\0';  ///< 0 for NIL
};

/// NAMESPACE data (RFC 2342).
struct NamespaceResponse {
  std::vector<Namespace> personal, other_users, shared;
};

/// ACL data (RFC 4314): who may do what with a mailbox.
struct AclResponse {
  struct Entry {
    std::string identifier, rights;
  };
  std::string_view mailbox;
  std::vector<Entry> entries;
};

/// ID data (RFC 2971): at most 30 pairs.
struct IdResponse {
  std::vector<std::pair<std::string, std::string>> fields;
};

struct EnabledResponse {
  Capabilities capabilities;
};

/// Any other untagged response: its first word in upper case or as sent, and the raw rest of its line(s).
struct OtherResponse {
  std::string_view keyword;
  std::string_view rest;
};

/// A body section that came with a FETCH response.
struct BodySection {
  std::string_view section;  ///< "" for BODY[], "HEADER.FIELDS (MESSAGE-ID RECEIVED)", ... the text between the brackets
  bool binary = false;       ///< BINARY[...]
  bool streamed = false;     ///< its bytes went by as literal events; `data` is empty then
  bool nil = false;
  std::uint64_t size = 0;    ///< of the data, streamed or not
  std::string_view data;
};

/// FETCH data. UID is 0 when the server did not send it.
struct FetchResponse {
  std::uint32_t sequence = 0;
  Uid uid = 0;
  bool has_flags = false;
  std::vector<std::string_view> flags;
  std::optional<std::string_view> internal_date;  ///< inside the quotes
  std::optional<std::uint64_t> size;              ///< RFC822.SIZE; not to be trusted
  std::optional<std::uint64_t> mod_seq;
  std::string_view email_id;                      ///< EMAILID (RFC 8474), or empty
  bool has_labels = false;
  std::vector<std::string_view> labels;           ///< X-GM-LABELS, unquoted: "\\Inbox", "Muy Importante"; modified UTF-7
  std::vector<BodySection> sections;
  // Items that we do not ask for (ENVELOPE, BODYSTRUCTURE, X-...) are read over, whatever their shape.
};

using Response = std::variant<StatusResponse, ContinuationResponse, CapabilityResponse, ListResponse, StatusDataResponse,
                              FlagsResponse, NumberResponse, VanishedResponse, SearchResponse, ESearchResponse,
                              NamespaceResponse, AclResponse, IdResponse, EnabledResponse, OtherResponse, FetchResponse>;

}  // namespace imapferry::imap::proto
