#pragma once

#include "wire.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::bench {

/// Just enough of an IMAP client to write messages as fast as a server takes them. Throws std::runtime_error on
/// anything but OK.
class BareClient {
 public:
  /// Connects and waits for the greeting.
  BareClient(const std::string& host, const std::string& port, Protection protection);

  void login(std::string_view user, std::string_view password);
  /// Creates the mailbox if the server does not say that it is there already.
  void create(std::string_view mailbox);
  void logout();

  /// Sends complete commands, each with its tag from `tag_of(i)`, at most `depth` of them unanswered, and waits for
  /// all.
  void run_pipelined(const std::vector<std::string>& commands, std::size_t depth);
  [[nodiscard]] static std::string tag_of(std::size_t command);

 private:
  std::string command(std::string_view line);
  std::string read_line();
  bool next_line(std::string& line);

  Wire wire_;
  std::string received_;
  std::size_t read_up_to_ = 0;
  std::size_t tags_ = 0;
};

}  // namespace imapferry::bench
