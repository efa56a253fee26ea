#pragma once

#include "cli/parse.hpp"
#include "config/run_config.hpp"
#include "core/failure.hpp"

#include <string>
#include <vector>

namespace imapferry::cli {

enum class Side { source = 1, destination = 2 };

/// The name of an option for one side: ("host", source) is "host1".
[[nodiscard]] std::string for_side(std::string_view name, Side side);

/// One server as the options describe it; its host is empty when none was named. Port and protection follow imapsync:
/// --ssl is TLS on 993, --tls is STARTTLS on 143, --nossl with --notls is neither on 143, --nossl alone is STARTTLS
/// when offered on 143, and with none of them 993 is probed before 143. A port that was given is the only one, and on
/// 993 TLS is spoken from the start.
[[nodiscard]] core::Result<config::ServerSpec> server_from(const ParsedOptions& options, Side side,
                                                           std::vector<std::string>& warnings);

}  // namespace imapferry::cli
