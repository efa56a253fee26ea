#pragma once

#include "net/stream.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace imapferry::imap {

/// Hears what travels on connections: one line at a time, printable, without secrets and of bounded length.
class WireListener {
 public:
  virtual ~WireListener() = default;
  virtual void on_wire(std::string_view line) = 0;
};

/// Makes lines for people of what travels on one connection. From LOGIN or AUTHENTICATE until the server's answer
/// nothing that we send is shown, and no challenge; of literals only the beginning is.
class WireTrace {
 public:
  enum class Direction { sent, received };
  WireTrace(WireListener& listener, std::uint64_t connection);

  void feed(Direction direction, std::string_view bytes);
  /// Something that is no bytes: the end, TLS.
  void note(std::string_view what);

 private:
  struct Way {
    std::string line;            ///< what came since the last line end, its middle left out when it is too long
    std::uint64_t left_out = 0;  ///< bytes
    std::uint64_t literal_left = 0, literal_size = 0;
    std::string literal_start;
    bool is_synchronising = false;
    bool is_continued = false;  ///< a literal came before this line
  };
  std::string_view take_literal(Direction direction, std::string_view bytes);
  void take_text(Way& way, std::string_view text);
  void end_line(Direction direction);
  void sent_line(Way& way);
  void received_line(Way& way);
  void begin_literal(Way& way);
  void emit(Direction direction, std::string_view text);

  WireListener& listener_;
  std::string name_;
  Way sent_, received_;
  std::string tag_;         ///< of the last command
  std::string secret_tag_;  ///< of a login that has not been answered
};

/// The same stream, of which everything is told to the listener, which must outlive it.
[[nodiscard]] std::unique_ptr<net::Stream> traced(std::unique_ptr<net::Stream> stream, WireListener& listener);

}  // namespace imapferry::imap
