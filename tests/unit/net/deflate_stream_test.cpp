#include "net/deflate_stream.hpp"
#include "script/pipe_stream.hpp"
#include "server.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace imapferry;
using namespace imapferry::net;
using namespace imapferry::net::test;
namespace asio = boost::asio;

namespace {

/// Text that compresses, and bytes that do not.
std::string content(std::size_t size) {
  std::string text;
  std::uint32_t state = 12345;
  while (text.size() < size) {
    text += "A line that is there again and again.\r\n";
    for (int i = 0; i < 40; ++i) {
      state = state * 1664525 + 1013904223;
      text += static_cast<char>(state >> 24);
    }
  }
  text.resize(size);
  return text;
}

asio::awaitable<void> send(Stream& stream, const std::string& text) {
  const std::string_view pieces[] = {std::string_view(text).substr(0, text.size() / 3), "",
                                     std::string_view(text).substr(text.size() / 3)};
  co_await stream.write(pieces);
  stream.close();
}

asio::awaitable<void> receive(Stream& stream, std::string& text, std::size_t at_once) {
  std::string buffer(at_once, '\0');
  for (;;) {
    const std::size_t count = co_await stream.read_some(buffer);
    if (count == 0) co_return;
    text.append(buffer, 0, count);
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

}  // namespace

TEST_CASE("deflate: what goes in comes out, in whatever portions it travels") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{300'000}}) {
    for (const std::size_t portion : {std::size_t{1}, std::size_t{100}, std::size_t{100'000}}) {
      if (size > 1000 && portion == 1) continue;
      CAPTURE(size);
      CAPTURE(portion);
      asio::io_context io;
      script::PipeOptions options;
      options.read_at_most = portion;
      script::Pipe pipe = script::make_pipe(io.get_executor(), options);
      DeflateStream client(std::move(pipe.client), {});
      DeflateStream server(std::move(pipe.server), {});
      const std::string sent = content(size);
      std::string received;
      run_together(io, send(client, sent), receive(server, received, portion));
      CHECK(received == sent);
    }
  }
}

TEST_CASE("deflate: bytes that had been read before compression began belong to it") {
  asio::io_context io;
  script::Pipe plain = script::make_pipe(io.get_executor());
  std::string compressed;
  {
    DeflateStream client(std::move(plain.client), {});
    run_together(io, send(client, "* OK hello\r\n"), receive(*plain.server, compressed, 1000));
  }
  for (std::size_t cut = 0; cut <= compressed.size(); ++cut) {
    script::Pipe pipe = script::make_pipe(io.get_executor());
    DeflateStream client(std::move(pipe.client), std::string_view(compressed).substr(0, cut));
    std::string received;
    run_together(io, send(*pipe.server, compressed.substr(cut)), receive(client, received, 5));
    CHECK(received == "* OK hello\r\n");
  }
}

TEST_CASE("deflate: what is not compressed ends the connection") {
  asio::io_context io;
  script::Pipe pipe = script::make_pipe(io.get_executor());
  DeflateStream client(std::move(pipe.client), {});
  core::Fault fault = core::Fault::internal;
  run_together(io, send(*pipe.server, "* OK in the clear, which is no DEFLATE\r\n"), fault_of_read(client, fault));
  CHECK(fault == core::Fault::closed);
}
