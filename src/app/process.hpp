#pragma once

#include <cstdint>
#include <string>

namespace imapferry::app {

/// Keeps passwords out of core files: none are written.
void forbid_core_files();

/// Ends this process by a signal, as one does that never heard of it: so whoever has started it sees which one it was.
/// Returns only where the system does not let that be: the first process of a container.
void die_by(int signal);

/// Raises the number of files that may be open to what the system allows: every connection is one.
void raise_file_limit();

/// Lets freed buffers of a batch's size be used again: giving each back to the system and touching a fresh one costs as
/// much as copying the message.
void keep_freed_memory();

/// The most memory that this process has held so far, in bytes; 0 when the system does not tell.
[[nodiscard]] std::uint64_t peak_memory();

/// What it holds now.
[[nodiscard]] std::uint64_t resident_memory();
/// Seconds of all processors that it has used.
[[nodiscard]] double cpu_seconds();
/// "0.24 0.25 0.22 3/1533", as the system tells its load.
[[nodiscard]] std::string load_average();
[[nodiscard]] unsigned processors();
[[nodiscard]] std::string host_name();

}  // namespace imapferry::app
