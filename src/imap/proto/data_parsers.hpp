#pragma once

#include "imap/proto/lexer.hpp"
#include "imap/proto/response.hpp"

namespace imapferry::imap::proto {

/// One function for each kind of response: the lexer stands behind the response's keyword, the response is empty. They
/// return false when the lexer has failed, and otherwise have read everything.

bool parse_capability(Lexer& lexer, CapabilityResponse& response);
bool parse_enabled(Lexer& lexer, EnabledResponse& response);
bool parse_id(Lexer& lexer, IdResponse& response);

bool parse_list(Lexer& lexer, ListResponse& response);
bool parse_status_data(Lexer& lexer, StatusDataResponse& response);
bool parse_flags(Lexer& lexer, FlagsResponse& response);
bool parse_namespace(Lexer& lexer, NamespaceResponse& response);
bool parse_acl(Lexer& lexer, AclResponse& response);

bool parse_search(Lexer& lexer, SearchResponse& response);
bool parse_esearch(Lexer& lexer, ESearchResponse& response);
bool parse_vanished(Lexer& lexer, VanishedResponse& response);

/// The lexer stands at the condition's word; the tag is already there.
bool parse_status(Lexer& lexer, StatusResponse& response);

}  // namespace imapferry::imap::proto
