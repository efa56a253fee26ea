#pragma once

#include "config/run_config.hpp"
#include "core/failure.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::cli {

/// A line that cannot be used, and why. The reason never quotes the line: any part of it may be a password.
struct BadLine {
  std::size_t line = 0;  ///< counted from 1; 0 when it is about the file as a whole
  std::string reason;
};

/// What a users file holds.
struct UsersFile {
  std::vector<config::AccountSpec> accounts;
  std::string host1;  ///< named by the lines, when they are of imapsync's longer form; else empty
  std::string host2;
  std::vector<BadLine>
      bad_lines;  ///< the first ones, at most max_bad_lines; when there is one, accounts must not be used
  std::size_t bad_line_count = 0;  ///< all of them
};

inline constexpr std::size_t max_bad_lines = 20;
inline constexpr std::size_t max_users_line = 64u << 10;
inline constexpr std::size_t max_users_file = 256u << 20;

/// The hosts of the command line, to compare the longer form's with; empty when not given.
struct ExpectedHosts {
  std::string host1;
  std::string host2;
};

/// Reads lines "user1;password1;user2;password2" or "host1;user1;password1;host2;user2;password2", a final ';' allowed:
///   line   = *WSP ( comment / field *( ";" field ) ) [CR]          comment = "#" *any
///   field  = *WSP ( quoted / plain ) *WSP                          quoted  = DQUOTE *( any but DQUOTE / 2DQUOTE )
///   DQUOTE plain  = *( "\;" / "\\" / any but ";" )                        ("\" before anything else is a backslash)
[[nodiscard]] UsersFile parse_users(std::string_view text, const ExpectedHosts& expected = {});

/// All bad lines as one failure (Fault::input): a heading, then one line each.
[[nodiscard]] core::Failure describe_bad_lines(const UsersFile& users, std::string_view path);

}  // namespace imapferry::cli
