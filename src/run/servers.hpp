#pragma once

#include "config/run_config.hpp"
#include "imap/server.hpp"

namespace imapferry::run {

/// What the command line says of a server, in the words of the IMAP engine.
[[nodiscard]] imap::Server server_of(const config::ServerSpec& spec);

}  // namespace imapferry::run
