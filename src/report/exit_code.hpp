#pragma once

#include "core/failure.hpp"
#include "sync/event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imapferry::report {

class RunTally;

/// The classes in which imapsync counts errors, in the alphabetical order of its names for them: of classes that are
/// equally frequent the first one decides. Those with a comment are ours.
enum class ErrorClass : std::uint8_t {
  append,
  append_size,     ///< the message is too large for the destination
  append_virus,    ///< the destination's scanner refuses it
  authentication,  ///< imapsync always knows the side
  authentication_host1,
  authentication_host2,
  busy,        ///< another process works on the account; imapsync has a pid file for that
  cancelled,   ///< ended because the user stopped the run
  connection,  ///< imapsync always knows the side
  connection_host1,
  connection_host2,
  create,
  tls,
  flags,
  fetch,
  input,     ///< imapsync never goes on after one
  internal,  ///< a defect of ours
  quota,
  select,
  subfolder1,  ///< imapsync never goes on after one
  transfer,    ///< --exitwhenover
  unclassified,
  usage,  ///< imapsync never goes on after one
};

inline constexpr std::size_t error_class_count = 23;
using ErrorCounts = std::array<std::uint64_t, error_class_count>;

/// The class of a failure; `side` is whose failure it was, when that is known.
[[nodiscard]] ErrorClass classify(core::Fault fault, std::optional<sync::Side> side) noexcept;

/// The same, with what the server's words say of a message that it refused.
[[nodiscard]] ErrorClass classify(const core::Failure& failure, std::optional<sync::Side> side);
/// The class of a line about an error, in imapsync's words or a server's, as imapsync tells it.
[[nodiscard]] ErrorClass classify_text(std::string_view line);

/// imapsync's name: "ERR_APPEND".
[[nodiscard]] std::string_view name_of(ErrorClass error) noexcept;

/// The class that was counted most often; nothing when none was.
[[nodiscard]] std::optional<ErrorClass> most_frequent(const ErrorCounts& counts) noexcept;

/// Of a run that a signal has ended before it was done.
inline constexpr int ended_by_signal = 6;
/// Of --tests, when one has failed.
inline constexpr int tests_failed = 254;

/// What a process ends with, as imapsync would: 0 only when nothing failed, was refused or was left undone.
[[nodiscard]] int exit_code(const RunTally& tally);
[[nodiscard]] int exit_code(ErrorClass error) noexcept;
/// The class with that name; nothing when there is none.
[[nodiscard]] std::optional<ErrorClass> class_named(std::string_view name) noexcept;
/// For failures before there is a run: usage, unreadable files.
[[nodiscard]] int exit_code(const core::Failure& failure, std::optional<sync::Side> side = std::nullopt) noexcept;

/// "EXIT_CONNECTION_FAILURE_HOST1"; "EXIT_UNKNOWN" for a number that is none of ours.
[[nodiscard]] std::string_view name_of(int exit_code) noexcept;
/// The name and what it means, as imapsync prints it: "EX_USAGE: command line usage error".
[[nodiscard]] std::string_view describe(int exit_code) noexcept;

}  // namespace imapferry::report
