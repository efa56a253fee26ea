#include "cli/output_options.hpp"

#include "cli/words.hpp"

namespace imapferry::cli {

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
  output.variables = options.list("var");
  return output;
}

}  // namespace imapferry::cli
