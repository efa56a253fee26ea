#include "command_reader.hpp"

#include "imap/proto/literal.hpp"

#include <algorithm>
#include <utility>

namespace imapferry::bench::synthetic {

CommandReader::Event CommandReader::next() {
  // What was handed over last is used up.
  input_.consume(std::exchange(data_, {}).size());
  if (std::exchange(is_over_, false)) text_.clear();
  switch (state_) {
  case State::announced: return Event::literal;
  case State::line: return read_line();
  case State::keeping: return read_kept();
  case State::streaming: return read_streamed();
  }
  return Event::too_long;
}

CommandReader::Event CommandReader::read_line() {
  const std::string_view bytes = input();
  const std::size_t newline = bytes.find('\n', searched_);
  const std::size_t end = newline == std::string_view::npos ? bytes.size() : newline + 1;
  if (text_.size() + end > longest_command) return Event::too_long;
  if (newline == std::string_view::npos) {
    searched_ = end;
    return Event::need_input;
  }
  const std::string_view line = bytes.substr(0, end);
  searched_ = 0;
  if (const auto header = imap::proto::literal_header_of_line(line)) {
    literal_.size = header->size;
    literal_.is_synchronising = line[line.rfind('}') - 1] != '+';
    text_ += line;
    input_.consume(end);
    state_ = State::announced;
    return Event::literal;
  }
  text_ += line.substr(0, line.find_last_not_of("\r\n") + 1);
  input_.consume(end);
  is_over_ = true;
  return Event::command;
}

void CommandReader::keep() {
  left_ = literal_.size;
  state_ = State::keeping;
}

void CommandReader::stream() {
  text_.clear();
  left_ = literal_.size;
  state_ = State::streaming;
}

void CommandReader::drop() {
  text_.clear();
  state_ = State::line;
}

CommandReader::Event CommandReader::read_kept() {
  if (left_ > longest_command - std::min(longest_command, text_.size())) return Event::too_long;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input().size()));
  text_ += input().substr(0, size);
  input_.consume(size);
  left_ -= size;
  if (left_ > 0) return Event::need_input;
  state_ = State::line;
  return read_line();
}

CommandReader::Event CommandReader::read_streamed() {
  if (left_ > 0 && input().empty()) return Event::need_input;
  data_ = input().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input().size())));
  left_ -= data_.size();
  if (left_ == 0) state_ = State::line;
  return Event::data;
}

}  // namespace imapferry::bench::synthetic
