#include "script/pipe_stream.hpp"
#include "server.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imapferry;
using namespace imapferry::net;
using namespace imapferry::net::test;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> send(Stream& stream, std::string text) {
  co_await write_all(stream, text);
  stream.close();
}

asio::awaitable<void> receive(Stream& stream, std::string& text, std::vector<std::size_t>& counts) {
  char buffer[64];
  for (;;) {
    const std::size_t count = co_await stream.read_some(buffer);
    counts.push_back(count);
    if (count == 0) co_return;
    text.append(buffer, count);
  }
}

asio::awaitable<void> fault_of_write(Stream& stream, std::string text, core::Fault& fault) {
  try {
    co_await write_all(stream, text);
  } catch (const core::Error& error) {
    fault = error.failure().fault;
  }
}

asio::awaitable<void> fault_of_read(Stream& stream, core::Fault& fault) {
  char buffer[64];
  try {
    co_await stream.read_some(buffer);
  } catch (const core::Error& error) {
    fault = error.failure().fault;
  }
}

asio::awaitable<void> close_it(Stream& stream) {
  stream.close();
  co_return;
}

asio::awaitable<void> secure(Stream& stream, std::string& protection, core::Fault& fault) {
  const TlsOptions options;
  try {
    co_await stream.start_tls(options);
  } catch (const core::Error& error) {
    fault = error.failure().fault;
  }
  protection = stream.protection();
}

}  // namespace

TEST_CASE("pipe: what one end writes the other reads, then its end") {
  asio::io_context io;
  script::Pipe pipe = script::make_pipe(io.get_executor());
  const std::string sent = pattern(1000);
  std::string text;
  std::vector<std::size_t> counts;
  run_together(io, send(*pipe.client, sent), receive(*pipe.server, text, counts));
  CHECK((text == sent));
  CHECK(counts.back() == 0);
}

TEST_CASE("pipe: a bounded pipe makes the writer wait, and can give byte by byte") {
  asio::io_context io;
  script::PipeOptions options;
  options.capacity = 7;
  options.read_at_most = 1;
  script::Pipe pipe = script::make_pipe(io.get_executor(), options);
  const std::string sent = pattern(500);
  std::string text;
  std::vector<std::size_t> counts;
  run_together(io, send(*pipe.server, sent), receive(*pipe.client, text, counts));
  CHECK((text == sent));
  CHECK(counts.size() == sent.size() + 1);
}

TEST_CASE("pipe: closing ends a write that waits at the other end and a read at this one") {
  asio::io_context io;
  script::PipeOptions options;
  options.capacity = 4;
  script::Pipe pipe = script::make_pipe(io.get_executor(), options);
  core::Fault read = core::Fault::internal;
  core::Fault write = core::Fault::internal;
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(fault_of_write(*pipe.client, "more than fits", write));
  tasks.push_back(fault_of_read(*pipe.client, read));
  tasks.push_back(close_it(*pipe.client));
  run_together(io, std::move(tasks));
  CHECK(read == core::Fault::closed);
  CHECK(write == core::Fault::closed);
}

TEST_CASE("pipe: an end that goes is closed") {
  asio::io_context io;
  script::Pipe pipe = script::make_pipe(io.get_executor());
  pipe.server.reset();
  core::Fault write = core::Fault::internal;
  std::string text;
  std::vector<std::size_t> counts;
  run_together(io, fault_of_write(*pipe.client, "x", write), receive(*pipe.client, text, counts));
  CHECK(write == core::Fault::closed);
  CHECK(counts == std::vector<std::size_t>{0});
}

TEST_CASE("pipe: TLS is only pretended, or refused when that is wanted") {
  for (const bool is_refused : {false, true}) {
    asio::io_context io;
    script::PipeOptions options;
    if (is_refused) options.tls_failure = core::Failure{core::Fault::certificate, "not trusted", {}};
    script::Pipe pipe = script::make_pipe(io.get_executor(), options);
    std::string protection = "unset";
    core::Fault fault = core::Fault::internal;
    std::vector<asio::awaitable<void>> tasks;
    tasks.push_back(secure(*pipe.client, protection, fault));
    run_together(io, std::move(tasks));
    CHECK(protection == (is_refused ? "" : "PIPE"));
    CHECK(fault == (is_refused ? core::Fault::certificate : core::Fault::internal));
  }
}
