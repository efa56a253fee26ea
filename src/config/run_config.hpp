#pragma once

#include "config/account_spec.hpp"
#include "config/output_spec.hpp"
#include "config/process_spec.hpp"
#include "config/run_limits.hpp"
#include "config/server_spec.hpp"
#include "config/state_spec.hpp"
#include "config/sync_rules.hpp"

#include <vector>

namespace imapferry::config {

/// What a run is, as plain values.
struct RunConfig {
  ServerSpec source;
  ServerSpec destination;
  std::vector<AccountSpec> accounts;
  SyncRules rules;
  RunLimits limits;
  StateSpec state;
  OutputSpec output;
  ProcessSpec process;
  bool just_connect = false;  ///< connect to both servers, say what they are, and stop; then a host may be empty

  /// Whether accounts get a report by mail; only runs that copy put one anywhere.
  [[nodiscard]] bool puts_reports() const noexcept {
    const bool copies = !rules.dry && !rules.just_folders && !rules.just_login && !rules.just_folder_lists &&
                        !rules.just_automap && !rules.just_folder_sizes && !just_connect;
    return copies && (output.report_to_source || output.report_to_destination);
  }
};

}  // namespace imapferry::config
