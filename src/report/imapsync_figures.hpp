#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// Figures and names in the form that imapsync gives them, which scripts read.
namespace imapferry::report {

/// "1.000 KiB", "9.729 MiB", "-11.334 GiB": the smallest unit in which there are fewer than 1,000.
[[nodiscard]] std::string binary_bytes(std::int64_t bytes);
/// "999 bytes", "1.001 KB", "3.000 GB".
[[nodiscard]] std::string decimal_bytes(std::uint64_t bytes);
/// Seconds until `left` messages are transferred, when `transferred` took `spent` seconds. Unlike imapsync's, what is
/// there already is no part of either, so it is right on a resync as well.
[[nodiscard]] double time_remaining(double spent, std::uint64_t transferred, double left);
/// "Monday 23 November 2026-11-23 00:32:21 +0000 UTC", in local time.
[[nodiscard]] std::string long_date(std::chrono::system_clock::time_point time);

/// The text with '_' for everything that makes trouble in a file's name: blanks, quotes, wildcards, control characters
/// and what is not ASCII. A '/' stays.
[[nodiscard]] std::string without_forbidden_characters(std::string_view text);
/// "YYYY_MM_DD_HH_MM_SS_mmm_user1_user2.txt", local time, in the directory when one is given; whatever the users are
/// called it stays in there. `suffix` stands before ".txt".
[[nodiscard]] std::string log_file_name(std::chrono::system_clock::time_point start, std::string_view user1,
                                        std::string_view user2, std::string_view directory,
                                        std::string_view suffix = {});

}  // namespace imapferry::report
