#pragma once

#include <cstdint>

namespace imapferry::app {

/// Keeps passwords out of core files: none are written.
void forbid_core_files();

/// Raises the number of files that may be open to what the system allows: every connection is one.
void raise_file_limit();

/// Lets freed buffers of a batch's size be used again: giving each back to the system and touching a fresh one costs as
/// much as copying the message.
void keep_freed_memory();

/// The most memory that this process has held so far, in bytes; 0 when the system does not tell.
[[nodiscard]] std::uint64_t peak_memory();

}  // namespace imapferry::app
