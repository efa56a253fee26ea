#include "imap/proto/command.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace imapferry::imap::proto;

namespace {

/// The bytes of a command, with "|" where the server's word is awaited and "<n>" for streamed bytes.
std::string bytes_of(const Command& command) {
  std::string out;
  for (const Command::Piece& piece : command.pieces()) {
    switch (piece.kind) {
    case Command::Piece::Kind::text: out += command.text().substr(piece.offset, piece.size); break;
    case Command::Piece::Kind::borrowed: out += std::string(piece.data, piece.size); break;
    case Command::Piece::Kind::streamed: out += "<" + std::to_string(piece.size) + ">"; break;
    case Command::Piece::Kind::wait: out += "|"; break;
    case Command::Piece::Kind::dialogue: out += "..."; break;
    }
  }
  return out;
}

constexpr auto waiting = LiteralStyle::synchronising;
constexpr auto at_once = LiteralStyle::non_synchronising;

}  // namespace

TEST_CASE("literal style: without waiting only where the server offers it and the arguments are trusted") {
  struct Case {
    std::string_view capabilities;
    std::uint64_t size;
    LiteralStyle trusted;
  };
  const Case cases[] = {
      {"", 0, waiting},
      {"IMAP4rev1", 10, waiting},
      {"IMAP4rev1 LITERAL+", 0, at_once},
      {"IMAP4rev1 LITERAL+", 4096, at_once},
      {"IMAP4rev1 LITERAL+", 4097, at_once},
      {"IMAP4rev1 LITERAL+", std::uint64_t{1} << 40, at_once},
      {"IMAP4rev1 LITERAL-", 0, at_once},
      {"IMAP4rev1 LITERAL-", 4096, at_once},
      {"IMAP4rev1 LITERAL-", 4097, waiting},
      {"IMAP4rev2", 4096, at_once},
      {"IMAP4rev2", 4097, waiting},
      {"IMAP4rev1 LITERAL- LITERAL+", 4097, at_once},
  };
  for (const Case& one : cases) {
    CAPTURE(one.capabilities);
    CAPTURE(one.size);
    const Capabilities capabilities = Capabilities::parse(one.capabilities);
    CHECK(literal_style(capabilities, one.size, true) == one.trusted);
    CHECK(literal_style(capabilities, one.size, false) == waiting);
  }
}

TEST_CASE("astring: quoted where that is possible, else a literal") {
  struct Case {
    std::string value;
    std::string plain;
    std::string with_literal_plus;
  };
  const Case cases[] = {
      {"INBOX", " \"INBOX\"", ""},
      {"", " \"\"", ""},
      {"a b(c)*%{}", " \"a b(c)*%{}\"", ""},
      {"say \"hi\"", " \"say \\\"hi\\\"\"", ""},
      {"back\\slash", " \"back\\\\slash\"", ""},
      {"\\", " \"\\\\\"", ""},
      {"~ ", " \"~ \"", ""},
      {"M\xC3\xBCll", " {5}\r\n|M\xC3\xBCll", " {5+}\r\nM\xC3\xBCll"},
      {"a\r\nb", " {4}\r\n|a\r\nb", " {4+}\r\na\r\nb"},
      {std::string("a\0b", 3), std::string(" {3}\r\n|a\0b", 10), std::string(" {3+}\r\na\0b", 10)},
      {"\x7F", " {1}\r\n|\x7F", " {1+}\r\n\x7F"},
      {"\t", " {1}\r\n|\t", " {1+}\r\n\t"},
      {std::string(1000, 'x'), " \"" + std::string(1000, 'x') + "\"", ""},
      {std::string(1001, 'x'), " {1001}\r\n|" + std::string(1001, 'x'), " {1001+}\r\n" + std::string(1001, 'x')},
  };
  for (const Case& one : cases) {
    CAPTURE(one.value);
    Command plain(CommandKind::select, "SELECT");
    plain.astring(one.value, Capabilities());
    CHECK(bytes_of(plain) == "SELECT" + one.plain);
    Command plus(CommandKind::select, "SELECT");
    plus.astring(one.value, Capabilities::parse("LITERAL+"));
    CHECK(bytes_of(plus) == "SELECT" + (one.with_literal_plus.empty() ? one.plain : one.with_literal_plus));
  }
}

TEST_CASE("command: text that follows text is one piece, and a literal does not cut the next") {
  Command command(CommandKind::append, "APPEND ");
  command.raw("").raw("INBOX").raw(" ");
  CHECK(command.pieces().size() == 1);
  command.literal("abc", at_once)
      .raw(" ")
      .literal("defg", waiting)
      .raw(" ")
      .literal("", waiting)
      .streamed_literal(7, at_once);
  CHECK(bytes_of(command) == "APPEND INBOX {3+}\r\nabc {4}\r\n|defg {0}\r\n|{7+}\r\n<7>");
  Command streamed(CommandKind::append, "APPEND ");
  streamed.streamed_literal(9, waiting);
  CHECK(bytes_of(streamed) == "APPEND {9}\r\n|<9>");
  Command empty(CommandKind::append, "APPEND ");
  empty.streamed_literal(0, waiting).streamed_literal(0, at_once);
  CHECK(bytes_of(empty) == "APPEND {0}\r\n|{0+}\r\n");
}

TEST_CASE("command: borrows literals and does not copy them") {
  const std::string message = "hello";
  Command command(CommandKind::append, "APPEND ");
  command.literal(message, at_once);
  CHECK(static_cast<const void*>(command.pieces().back().data) == message.data());
  const Command moved = std::move(command);
  CHECK(bytes_of(moved) == "APPEND {5+}\r\nhello");
}

TEST_CASE("command: what goes alone says so") {
  Command command(CommandKind::login, "LOGIN");
  CHECK(!command.is_alone());
  CHECK(command.alone().is_alone());
  CHECK(command.kind() == CommandKind::login);
}

TEST_CASE("command: what is borrowed is not copied; a dialogue ends the line") {
  const std::string password = "\"secret\"";
  Command login(CommandKind::login, "LOGIN");
  login.astring("bob", {}).borrowed_astring(password, true, {});
  CHECK(bytes_of(login) == "LOGIN \"bob\" \"secret\"");
  CHECK(login.text().find("secret") == std::string::npos);
  Command literal(CommandKind::login, "LOGIN");
  literal.borrowed_astring("p\xC3\xA4ss", false, {});
  CHECK(bytes_of(literal) == "LOGIN {5}\r\n|p\xC3\xA4ss");
  Command sasl(CommandKind::authenticate, "AUTHENTICATE X");
  CHECK(bytes_of(sasl.dialogue()) == "AUTHENTICATE X\r\n...");
}
