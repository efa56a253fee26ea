#include "session.hpp"

#include "text.hpp"

#include <openssl/evp.h>

#include <span>
#include <utility>

namespace imapferry::bench::synthetic {

using boost::asio::awaitable;
using imap::proto::Capability;
using imap::proto::Lexer;

namespace {

// A session that waits keeps no more than this: there may be ten thousand of them.
constexpr std::size_t idle_output = std::size_t{16} << 10;
constexpr std::size_t longest_user = 255;
constexpr std::size_t longest_response = 4096;

const imap::proto::ParserLimits lexer_limits;

/// The user of a PLAIN response: what is between its two NULs (RFC 4616). Empty when it is none.
std::string user_of_plain(std::string_view base64) {
  if (base64.empty() || base64.size() % 4 != 0 || base64.size() > longest_response) return {};
  std::string plain(base64.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(plain.data()),
                      reinterpret_cast<const unsigned char*>(base64.data()), static_cast<int>(base64.size()));
  if (size < 0) return {};
  const std::size_t start = plain.find('\0') + 1;
  const std::size_t end = plain.find('\0', start);
  if (start == 0 || end == std::string::npos) return {};
  return plain.substr(start, end - start);
}

}  // namespace

Session::Session(net::Stream& stream, World& world, Store& store, const imap::proto::Capabilities& capabilities,
                 Traffic& traffic)
    : stream_(stream), world_(world), store_(store), capabilities_(capabilities), traffic_(traffic) {}

awaitable<void> Session::run() {
  tell("* OK [" + capability_text() + "] synthetic server ready");
  bool goes_on = true;
  while (goes_on) goes_on = co_await serve_next();
  co_await flush();
  if (!has_logged_out_) ++traffic_.lost_connections;
}

/// False when the connection is to end.
awaitable<bool> Session::serve_next() {
  using Event = CommandReader::Event;
  const Event event = reader_.next();
  if (event == Event::need_input) {
    co_await flush();
    if (out_.capacity() > idle_output) std::string().swap(out_);
    const std::size_t size = co_await stream_.read_some(reader_.room());
    reader_.received(size);
    traffic_.bytes_in += size;
    co_return size > 0;
  }
  if (event == Event::too_long) {
    ++traffic_.protocol_errors;
    tell("* BYE a command is too long");
    co_return false;
  }
  if (event == Event::literal) co_return take_literal();
  if (event == Event::data) take_data();
  if (event == Event::command) {
    co_await perform();
    co_await flush_if_full();
  }
  co_return !is_over_;
}

awaitable<void> Session::flush() {
  if (out_.empty()) co_return;
  const std::string_view all = out_;
  co_await stream_.write(std::span(&all, 1));
  traffic_.bytes_out += out_.size();
  out_.clear();
}

awaitable<void> Session::flush_if_full() {
  if (out_.size() >= full_output) co_await flush();
}

awaitable<void> Session::perform() {
  if (is_appending_) {
    if (append_refusal_.empty() && !reader_.text().empty()) append_refusal_ = "BAD expected the end of the command";
    end_append();
    co_return;
  }
  if (std::exchange(awaits_sasl_, false)) {
    authenticate_with(reader_.text());
    co_return;
  }
  scratch_.clear();
  Lexer lexer(reader_.text(), scratch_, lexer_limits);
  Verb verb = Verb::noop;
  if (!begin_command(lexer, verb)) co_return;
  lexer.skip_spaces();
  if (verb == Verb::fetch) {
    co_await fetch(lexer, By::number);
  } else if (verb == Verb::uid_fetch) {
    co_await fetch(lexer, By::uid);
  } else {
    perform_simple(verb, lexer);
  }
}

/// Reads tag and name. False when the command has been answered already.
bool Session::begin_command(Lexer& lexer, Verb& verb) {
  tag_ = lexer.atom();
  lexer.skip_spaces();
  std::string name(lexer.atom());
  if (imap::proto::is_word(name, "UID")) {
    lexer.skip_spaces();
    (name += ' ') += lexer.atom();
  }
  const std::optional<Verb> known = verb_named(name);
  if (tag_.empty() || !known) {
    if (tag_.empty()) tag_ = "*";
    bad("unknown command");
    return false;
  }
  verb = *known;
  ++traffic_.commands[static_cast<std::size_t>(verb)];
  return is_allowed(verb);
}

bool Session::is_allowed(Verb verb) {
  const Needs needs = needs_of(verb);
  if (needs != Needs::nothing && !account_) return bad("log in first"), false;
  if (needs == Needs::mailbox && selected_ == nullptr) return bad("select a mailbox first"), false;
  return true;
}

void Session::perform_simple(Verb verb, Lexer& lexer) {
  std::vector<Run> runs;
  switch (verb) {
  case Verb::capability: tell("* " + capability_text()); return ok("done");
  case Verb::noop:
  case Verb::check: tell_changes(); return ok("done");
  case Verb::logout:
    is_over_ = has_logged_out_ = true;
    tell("* BYE logging out");
    return ok("done");
  case Verb::id: tell("* ID (\"name\" \"synthetic\")"); return ok("done");
  case Verb::login: return log_in(lexer);
  case Verb::authenticate: return authenticate(lexer);
  case Verb::enable: return enable(lexer);
  case Verb::name_space: tell("* NAMESPACE ((\"\" \"/\")) NIL NIL"); return ok("done");
  case Verb::list:
  case Verb::lsub: return list(lexer, verb);
  case Verb::status: return status(lexer);
  case Verb::create: return create(lexer);
  case Verb::subscribe: return subscribe(lexer, true);
  case Verb::unsubscribe: return subscribe(lexer, false);
  case Verb::select: return select(lexer, Mode::read_write);
  case Verb::examine: return select(lexer, Mode::read_only);
  case Verb::unselect: leave_mailbox(); return ok("done");
  case Verb::close:
    if (mode_ == Mode::read_write) expunge(runs_of("1:*", By::number));
    leave_mailbox();
    return ok("done");
  case Verb::append: return bad("expected a literal");
  case Verb::search: return search(lexer, By::number);
  case Verb::uid_search: return search(lexer, By::uid);
  case Verb::store: return store_flags(lexer, By::number);
  case Verb::uid_store: return store_flags(lexer, By::uid);
  case Verb::expunge:
    expunge(runs_of("1:*", By::number));
    tell_changes();
    return ok("done");
  case Verb::uid_expunge:
    if (!offers(Capability::uidplus) || !read_runs(lexer, By::uid, runs)) return bad("expected a set of UIDs");
    expunge(runs);
    tell_changes();
    return ok("done");
  case Verb::fetch:
  case Verb::uid_fetch:
  case Verb::count_: break;
  }
}

std::string Session::capability_text() const {
  std::string text = "CAPABILITY";
  for (const std::string& name : capabilities_.names()) (text += ' ') += name;
  return text;
}

void Session::tell(std::string_view line) { (out_ += line) += "\r\n"; }

void Session::ok(std::string_view text) { ((((out_ += tag_) += " OK ")) += text) += "\r\n"; }

void Session::no(std::string_view text) { ((((out_ += tag_) += " NO ")) += text) += "\r\n"; }

void Session::bad(std::string_view text) {
  ++traffic_.protocol_errors;
  ((((out_ += tag_) += " BAD ")) += text) += "\r\n";
}

void Session::log_in(Lexer& lexer) {
  std::string_view user;
  std::string_view password;
  if (!lexer.astring(user) || !lexer.expect_space() || !lexer.astring(password) || !lexer.expect_end()) {
    return bad("expected user and password");
  }
  enter(user);
}

void Session::authenticate(Lexer& lexer) {
  if (!imap::proto::is_word(lexer.atom(), "PLAIN")) return no("only PLAIN is known");
  lexer.skip_spaces();
  if (!lexer.at_end()) {
    if (!offers(Capability::sasl_ir)) return bad("no initial response without SASL-IR");
    return authenticate_with(lexer.word());
  }
  awaits_sasl_ = true;
  tell("+ ");
}

void Session::authenticate_with(std::string_view response) { enter(user_of_plain(response)); }

/// Any user may come in, with any password.
void Session::enter(std::string_view user) {
  if (account_) return bad("already logged in");
  if (user.empty() || user.size() > longest_user) return no("[AUTHENTICATIONFAILED] expected a user");
  account_ = store_.account(user);
  if (!account_) return no("[LIMIT] too many accounts");
  ++traffic_.logins;
  ok("[" + capability_text() + "] logged in");
}

void Session::enable(Lexer& lexer) {
  std::string enabled = "* ENABLED";
  while (!lexer.at_end()) {
    const std::string_view name = lexer.atom();
    if (name.empty()) return bad("expected names of capabilities");
    const bool is_qresync = imap::proto::is_word(name, "QRESYNC") && offers(Capability::qresync);
    const bool is_condstore = imap::proto::is_word(name, "CONDSTORE") && offers(Capability::condstore);
    has_qresync_ = has_qresync_ || is_qresync;
    if (is_qresync || is_condstore) (enabled += ' ') += name;
    lexer.skip_spaces();
  }
  tell(enabled);
  ok("done");
}

}  // namespace imapferry::bench::synthetic
