#include "cli/output_options.hpp"

#include "cli/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imapferry::cli {

namespace {

/// It goes into a header as it is.
core::Result<std::string> sender_from(const ParsedOptions& options) {
  constexpr std::size_t longest = 320;
  const std::string sender = options.text("emailreportfrom").value_or("");
  const bool is_plain = std::all_of(sender.begin(), sender.end(), [](char c) { return c >= ' ' && c <= '~'; });
  const bool is_address = is_plain && sender.size() <= longest && sender.find('@') != std::string::npos;
  if (!options.has("emailreportfrom") || is_address) return sender;
  return core::Failure{core::Fault::usage,
                       fmt::format("--emailreportfrom: expected an address such as ann@example.org, saw \"{}\"",
                                   core::printable(sender)),
                       {}};
}

}  // namespace

core::Result<config::OutputSpec> output_from(const ParsedOptions& options) {
  config::OutputSpec output;
  output.verbose = options.flag("verbose");
  output.log = options.flag("log").value_or(true);
  output.log_file = options.text("logfile").value_or("");
  output.log_directory = options.text("logdir").value_or("");
  output.log_every_account = output.log && !output.log_directory.empty();
  const auto is_empty = [&](std::string_view name) { return options.has(name) && options.text(name)->empty(); };
  for (const std::string_view name : {"logfile", "logdir"}) {
    if (is_empty(name)) {
      return core::Failure{core::Fault::usage, "--" + std::string(name) + " is empty; --nolog writes no log file", {}};
    }
  }
  output.errors_dump = options.flag("errorsdump").value_or(true);
  output.folder_sizes = options.flag("foldersizes").value_or(true);
  output.folder_sizes_at_end = options.flag("foldersizesatend").value_or(output.folder_sizes);
  const bool is_wire_wanted =
      options.flag("debugimap").value_or(false) || (!options.has("debugimap") && options.flag("debug").value_or(false));
  output.wire_source = options.flag("debugimap1").value_or(is_wire_wanted);
  output.wire_destination = options.flag("debugimap2").value_or(is_wire_wanted);
  output.report_to_source = options.flag("emailreport1").value_or(false);
  output.report_to_destination = options.flag("emailreport2").value_or(false);
  auto sender = sender_from(options);
  if (!sender) return sender.error();
  output.report_sender = std::move(*sender);
  output.variables = options.list("var");
  return output;
}

}  // namespace imapferry::cli
