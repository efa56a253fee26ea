#pragma once

#include "imap/proto/capabilities.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::imap::proto {

/// What a command is, as far as its answers and its place in the pipeline depend on it.
enum class CommandKind {
  capability,
  noop,
  logout,
  starttls,
  compress,
  login,
  authenticate,
  id,
  enable,
  name_space,
  quota,  ///< GETQUOTAROOT
  list,
  lsub,
  status,
  create,
  remove,     ///< DELETE
  subscribe,  ///< also UNSUBSCRIBE
  get_acl,
  set_acl,   ///< also DELETEACL
  select,    ///< also EXAMINE
  unselect,  ///< also CLOSE
  fetch,
  store,
  expunge,
  search,
  append,
};

/// How a literal is announced (RFC 9051 section 4.3, RFC 7888).
enum class LiteralStyle {
  synchronising,      ///< {n}: the server's "+" is awaited before the bytes
  non_synchronising,  ///< {n+}: the bytes follow at once
};

/// The fastest style that is safe for `size` bytes. `trusted` says that a server which reads the arguments before the
/// literal cannot refuse them (invariant: a refused {n+} literal would be read as commands).
[[nodiscard]] LiteralStyle literal_style(const Capabilities& capabilities, std::uint64_t size, bool trusted);

/// One command without its tag: the bytes to write, in pieces, with the places where the server must answer "+" first.
/// A class with constructors, so that it may be a temporary beside a co_await.
class Command {
 public:
  struct Piece {
    enum class Kind {
      text,      ///< our own bytes: [offset, offset + size) of text()
      borrowed,  ///< bytes of somebody else, alive until the command has ended
      streamed,  ///< `size` bytes that are handed over in chunks while the command runs
      wait,      ///< nothing more may be written until the server sends "+"
      dialogue,  ///< a line of our own for each "+" of the server, until it answers the command
    };
    Kind kind = Kind::text;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    const char* data = nullptr;
  };

  /// `verb` is the command with whatever arguments need no quoting: "UID FETCH 1:* (UID FLAGS)".
  Command(CommandKind kind, std::string_view verb);

  /// Adds bytes as they are. They must not come from outside: nothing is quoted.
  Command& raw(std::string_view text);
  /// Adds a space and an astring: quoted where that is possible, else a literal.
  Command& astring(std::string_view value, const Capabilities& capabilities);
  /// Adds "{n}" or "{n+}" and the borrowed bytes.
  Command& literal(std::string_view bytes, LiteralStyle style);
  /// Adds "{n}" or "{n+}" and a place for `size` bytes that are streamed.
  Command& streamed_literal(std::uint64_t size, LiteralStyle style);
  /// Adds somebody else's bytes, alive until the command has ended: what must not be copied, such as a password.
  Command& borrowed(std::string_view bytes);
  /// The same as astring(); the bytes of `form` are borrowed, which is quoted(value) or the value itself.
  Command& borrowed_astring(std::string_view form, bool is_quoted, const Capabilities& capabilities);
  /// Ends the command's line; the rest is a dialogue (SASL): each "+" is told to the handler, and answered by
  /// Engine::offer with a whole line.
  Command& dialogue();
  /// Waits for "+" (the answer to AUTHENTICATE or a bare literal announcement).
  Command& wait();
  /// Nothing may be in flight beside this command: what follows waits for its end (STARTTLS, AUTHENTICATE, LOGIN).
  Command& alone();

  [[nodiscard]] CommandKind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_alone() const noexcept { return is_alone_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] const std::vector<Piece>& pieces() const noexcept { return pieces_; }

 private:
  void announce(std::uint64_t size, LiteralStyle style);

  CommandKind kind_;
  bool is_alone_ = false;
  std::string text_;
  std::vector<Piece> pieces_;
};

/// `value` as a quoted string with its quotes; the caller has checked can_be_quoted.
[[nodiscard]] std::string quoted(std::string_view value);
/// Whether a quoted string can hold it: printable ASCII only.
[[nodiscard]] bool can_be_quoted(std::string_view value) noexcept;

}  // namespace imapferry::imap::proto
