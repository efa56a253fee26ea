#pragma once

#include "imap/read_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace imapferry::bench::synthetic {

/// Cuts what a client sends into commands and literals, however the bytes arrive. It reads and writes nothing itself:
///
///   for (;;) switch (reader.next()) {
///     case Event::need_input:  read into reader.room(), then reader.received(n)
///     case Event::literal:     reader.keep(), reader.stream() or reader.drop(), whatever the server thinks of it
///     case Event::data:        some bytes of a literal that is streamed
///     case Event::command:     the command, or what stands behind its last streamed literal, has come to its end
///     case Event::too_long:    the client sends more than a command may have; nothing can be read any more
///   }
class CommandReader {
 public:
  static constexpr std::size_t longest_command = std::size_t{128} << 10;  ///< with the literals that are kept

  enum class Event { need_input, literal, data, command, too_long };
  struct Literal {
    std::uint64_t size = 0;
    bool is_synchronising = true;  ///< the client waits for "+" before it sends the bytes
  };

  [[nodiscard]] Event next();

  /// The command so far, without the end of its last line. After a streamed literal it begins anew behind that.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] const Literal& literal() const noexcept { return literal_; }
  /// The announced literal becomes part of text(), with its announcement.
  void keep();
  /// The announced literal comes as data; text() is over.
  void stream();
  /// The announced literal does not come, because the client was told that it is refused; neither does the rest.
  void drop();

  /// The bytes of this event; valid until room() is asked for.
  [[nodiscard]] std::string_view data() const noexcept { return data_; }
  /// Whether the literal is complete with them.
  [[nodiscard]] bool is_literal_over() const noexcept { return left_ == 0; }

  [[nodiscard]] std::span<char> room() { return input_.prepare(1); }
  void received(std::size_t size) { input_.commit(size); }

 private:
  enum class State {
    line,       // up to the next end of a line
    announced,  // the caller has yet to say what becomes of a literal
    keeping,    // its bytes go to text_
    streaming,  // its bytes are handed over
  };

  Event read_line();
  Event read_kept();
  Event read_streamed();
  [[nodiscard]] std::string_view input() const noexcept { return {input_.data().data(), input_.data().size()}; }

  imap::ReadBuffer input_;
  State state_ = State::line;
  std::string text_;
  std::size_t searched_ = 0;  // of the input: no end of a line before this
  bool is_over_ = false;      // text_ was a whole command, and the caller has seen it
  Literal literal_;
  std::uint64_t left_ = 0;
  std::string_view data_;
};

}  // namespace imapferry::bench::synthetic
