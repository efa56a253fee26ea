#include "sync/message/content.hpp"

namespace imapferry::sync {

namespace {

constexpr std::string_view changed_by_servers("\r\n\0", 3);
constexpr std::string_view what_dovecot_makes_of_nul = "\x80";

}  // namespace

void ContentHasher::add(std::string_view text) {
  // One line end is that of the header's last line.
  if (line_ends_ >= (is_at_begin_ ? 1U : 2U)) is_in_header_ = false;
  is_at_begin_ = false;
  if (is_in_header_) {
    line_ends_ = 0;
    return;
  }
  for (; line_ends_ > 0; --line_ends_) hasher_.update("\n");
  hasher_.update(text);
}

void ContentHasher::update(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view plain = bytes.substr(0, bytes.find_first_of(changed_by_servers));
    if (!plain.empty()) {
      add(plain);
      bytes.remove_prefix(plain.size());
      continue;
    }
    if (bytes.front() == '\n') ++line_ends_;
    if (bytes.front() == '\0') add(what_dovecot_makes_of_nul);
    bytes.remove_prefix(1);
  }
}

}  // namespace imapferry::sync
