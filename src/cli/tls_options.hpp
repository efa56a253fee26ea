#pragma once

#include "cli/server_options.hpp"

#include <string>
#include <vector>

namespace imapferry::cli {

/// --sslargs1/2 and --ssl1/2_ssl_version of one server: those settings of Perl's IO::Socket::SSL that have a meaning
/// here. Others are refused by name, since a connection might be less protected without them than was meant.
[[nodiscard]] core::Result<config::TlsSpec> tls_from(const ParsedOptions& options, Side side,
                                                     std::vector<std::string>& warnings);

}  // namespace imapferry::cli
