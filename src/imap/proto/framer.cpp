#include "imap/proto/framer.hpp"

#include "imap/proto/lexer.hpp"

#include <cstring>

namespace imapferry::imap::proto {

namespace {

bool may_have_literals(std::string_view first_line) {
  if (first_line.front() != '*') return false;
  const std::size_t word = first_line.find_first_not_of(' ', 1);
  if (word == std::string_view::npos) return false;
  const std::size_t word_end = first_line.find_first_of(" \r\n", word);
  return !condition_of(first_line.substr(word, word_end - word)).has_value();
}

}  // namespace

Framer::Found Framer::find(std::string_view input) {
  for (;;) {
    if (searched_ >= input.size()) return Incomplete{searched_ - input.size() + 1};

    const void* line_feed = std::memchr(input.data() + searched_, '\n', input.size() - searched_);
    const std::size_t line_end = line_feed == nullptr
                                     ? input.size()
                                     : static_cast<std::size_t>(static_cast<const char*>(line_feed) - input.data()) + 1;
    const std::size_t room = limits_.line - line_bytes_;
    if (line_end - line_start_ > room) return LineTooLong{line_start_ + room};
    searched_ = line_end;
    if (line_feed == nullptr) return Incomplete{};

    const std::string_view line = input.substr(line_start_, line_end - line_start_);
    if (first_line_) has_literals_ = may_have_literals(line);
    first_line_ = false;
    line_bytes_ += line.size();

    auto header = has_literals_ ? literal_header_of_line(line) : std::nullopt;
    if (!header) {
      const std::size_t ending = line.size() > 1 && line[line.size() - 2] == '\r' ? 2 : 1;
      return Complete{line_end - ending, line_end};
    }
    header->at += line_start_;
    header->end += line_start_;
    if (header->size > limits_.inline_literals - literal_bytes_) return *header;
    const auto size = static_cast<std::size_t>(header->size);
    literal_bytes_ += size;
    line_start_ = searched_ = line_end + size;
  }
}

void Framer::reset() noexcept {
  line_start_ = searched_ = line_bytes_ = literal_bytes_ = 0;
  first_line_ = true;
}

}  // namespace imapferry::imap::proto
