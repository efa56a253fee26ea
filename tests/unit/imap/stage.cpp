#include "stage.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace imapferry::imap::test {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> catching(asio::awaitable<void> client, core::Failure& failure) {
  try {
    co_await std::move(client);
  } catch (const core::Error& error) {
    failure = error.failure();
  }
}

}  // namespace

core::Failure Stage::run(asio::awaitable<void> client) {
  core::Failure failure;
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(server.play());
  tasks.push_back(catching(std::move(client), failure));
  script::run_all(io, std::move(tasks));
  CHECK(server.trouble() == "");
  return failure;
}

asio::awaitable<std::unique_ptr<Session>> open_session(std::unique_ptr<net::Stream> stream) {
  Server server;
  server.host = "mail.example";
  Route route;
  route.port = 143;
  route.implicit_tls = false;
  const Credentials credentials{"bob", core::Secret("secret")};
  std::unique_ptr<Session> session = co_await Session::open(std::move(stream), server, route, credentials);
  co_return session;
}

asio::awaitable<void> with_session(std::unique_ptr<net::Stream> stream, SessionClient client) {
  std::unique_ptr<Session> session = co_await open_session(std::move(stream));
  co_await client(*session);
}

void check_every_end(std::string_view dialogue, SessionClient client) {
  std::size_t turns = 0;
  {
    Stage stage(dialogue);
    turns = stage.server.turns();
    const core::Failure failure = stage.run(with_session(stage.take_stream(), client));
    CHECK(failure.describe() == "");
  }
  for (std::size_t turn = 0; turn < turns; ++turn) {
    CAPTURE(turn);
    Stage stage(dialogue);
    stage.server.close_after(turn);
    const core::Failure failure = stage.run(with_session(stage.take_stream(), client));
    CHECK(failure.fault == core::Fault::closed);
    CHECK(failure.message.find("without a word") != std::string::npos);
  }
}

}  // namespace imapferry::imap::test
