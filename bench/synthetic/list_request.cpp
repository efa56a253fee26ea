#include "list_request.hpp"

#include "imap/proto/mailbox_name.hpp"

#include <algorithm>

namespace imapferry::bench::synthetic {

namespace {

using imap::proto::is_word;
using imap::proto::Lexer;

constexpr std::size_t most_patterns = 1000;
constexpr std::size_t longest_pattern = 1000;
constexpr char delimiter = '/';

bool read_pattern(Lexer& lexer, std::string_view reference, ListRequest& request) {
  std::string_view pattern;
  if (!lexer.astring(pattern)) return false;
  const std::size_t size = reference.size() + pattern.size();
  if (size > longest_pattern || request.patterns.size() == most_patterns) return lexer.fail("too much is asked for");
  request.patterns.push_back(std::string(reference).append(pattern));
  return true;
}

bool read_patterns(Lexer& lexer, std::string_view reference, ListRequest& request) {
  if (!lexer.accept('(')) return read_pattern(lexer, reference, request);
  while (!lexer.accept(')')) {
    if (!read_pattern(lexer, reference, request)) return false;
    lexer.skip_spaces();
  }
  return true;
}

bool read_return(Lexer& lexer, ListRequest& request) {
  lexer.skip_spaces();
  if (lexer.at_end()) return true;
  if (!is_word(lexer.atom(), "RETURN") || !lexer.expect_space() || !lexer.expect('('))
    return lexer.fail("expected RETURN");
  while (!lexer.accept(')')) {
    const std::string_view option = lexer.atom();
    lexer.skip_spaces();
    if (is_word(option, "SUBSCRIBED")) request.returns_subscribed = true;
    if (is_word(option, "STATUS") && !read_words(lexer, request.status_items)) return false;
    if (option.empty()) return lexer.fail("expected an option of RETURN");
    lexer.skip_spaces();
  }
  return true;
}

}  // namespace

bool ListRequest::asks_for(std::string_view name) const {
  return std::any_of(patterns.begin(), patterns.end(), [name](const std::string& pattern) {
    return matches(imap::proto::is_inbox(pattern) ? std::string_view("INBOX") : pattern, name);
  });
}

bool read_list_request(Lexer& lexer, ListRequest& request) {
  if (lexer.next_is('(')) {
    std::string options;
    if (!read_words(lexer, options) || !lexer.expect_space()) return false;
    request.only_subscribed = options.find("SUBSCRIBED") != std::string::npos;
    request.returns_subscribed = request.only_subscribed;
  }
  std::string_view reference;
  return lexer.astring(reference) && lexer.expect_space() && read_patterns(lexer, reference, request) &&
         read_return(lexer, request);
}

bool read_words(Lexer& lexer, std::string& words) {
  std::vector<std::string_view> list;
  if (!lexer.flag_list(list)) return false;
  words.clear();
  for (const std::string_view word : list) {
    if (!words.empty()) words += ' ';
    words += word;
  }
  return true;
}

bool matches(std::string_view pattern, std::string_view name) {
  // Which beginnings of the pattern fit what has been read of the name: no pattern takes longer than their product.
  std::vector<bool> fits(pattern.size() + 1, false);
  fits[0] = true;
  const auto is_wild = [&](std::size_t i) { return pattern[i] == '*' || pattern[i] == '%'; };
  for (std::size_t i = 0; i < pattern.size() && is_wild(i); ++i) fits[i + 1] = true;
  for (const char c : name) {
    for (std::size_t i = pattern.size(); i > 0; --i) {
      const char wanted = pattern[i - 1];
      if (wanted == '*' || (wanted == '%' && c != delimiter)) {
        fits[i] = fits[i] || fits[i - 1];
      } else {
        fits[i] = wanted == c && fits[i - 1];
      }
    }
    fits[0] = false;
    // A wild card may also stand for nothing.
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (is_wild(i) && fits[i]) fits[i + 1] = true;
    }
  }
  return fits[pattern.size()];
}

}  // namespace imapferry::bench::synthetic
