#pragma once

#include "core/failure.hpp"
#include "imap/connection.hpp"
#include "imap/session.hpp"
#include "script/pipe_stream.hpp"
#include "script/scripted_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::imap::test {

/// A scripted server, and the client's end of a pipe to it.
class Stage {
 public:
  using End = script::ScriptedServer::End;
  explicit Stage(std::string_view dialogue, End end = End::wait) : Stage(dialogue, end, script::PipeOptions()) {}
  Stage(std::string_view dialogue, End end, const script::PipeOptions& options)
      : pipe_(script::make_pipe(io.get_executor(), options)), server(std::move(pipe_.server), dialogue, end) {}

  /// Plays the client beside the server. What it threw; an empty message when it ended well.
  core::Failure run(boost::asio::awaitable<void> client);

  /// For the client: to be called once.
  std::unique_ptr<net::Stream> take_stream() { return std::move(pipe_.client); }

  boost::asio::io_context io;

 private:
  script::Pipe pipe_;

 public:
  script::ScriptedServer server;
};

/// Opens a session over a stream; `Route` and `Server` are what a loopback server without TLS needs.
boost::asio::awaitable<std::unique_ptr<Session>> open_session(std::unique_ptr<net::Stream> stream);

/// What a client does with a session that is logged in, or that `PREAUTH` has let in.
using SessionClient = boost::asio::awaitable<void> (*)(Session& session);

/// Opens a session, hands it to the client, and lets it go.
boost::asio::awaitable<void> with_session(std::unique_ptr<net::Stream> stream, SessionClient client);

/// Plays a dialogue to its end, which must be a good one; then with the server closing before each of its turns, and
/// each time the client hears of a lost connection.
void check_every_end(std::string_view dialogue, SessionClient client);

}  // namespace imapferry::imap::test
