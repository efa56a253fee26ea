#include "script/scripted_server.hpp"

#include "core/failure.hpp"
#include "unit/proto/describe.hpp"

#include <boost/asio/co_spawn.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <utility>

namespace imapferry::script {

namespace asio = boost::asio;
using testing::quote;

ScriptedServer::ScriptedServer(std::unique_ptr<net::Stream> stream, std::string_view dialogue, End end)
    : stream_(std::move(stream)), end_(end) {
  while (!dialogue.empty()) {
    const std::size_t line_end = std::min(dialogue.find('\n'), dialogue.size());
    const std::string_view line = dialogue.substr(0, line_end);
    dialogue.remove_prefix(std::min(line_end + 1, dialogue.size()));
    if (line.empty()) continue;
    const bool is_of_server = line.front() == 'S';
    REQUIRE((is_of_server || line.front() == 'C'));
    REQUIRE(line.size() >= 3);
    if (turns_.empty() || turns_.back().is_of_server != is_of_server) turns_.emplace_back(is_of_server, "");
    turns_.back().text += line.substr(3);
    if (line[1] == ':') turns_.back().text += "\r\n";
  }
}

void ScriptedServer::close_after(std::size_t turns) {
  turns_.erase(turns_.begin() + static_cast<std::ptrdiff_t>(turns), turns_.end());
  end_ = End::close;
}

asio::awaitable<void> ScriptedServer::play() {
  try {
    for (const Turn& turn : turns_) {
      if (turn.is_of_server) {
        const std::string_view pieces[] = {turn.text};
        co_await stream_->write(pieces);
      } else {
        const bool is_as_expected = co_await expect(turn.text);
        if (!is_as_expected) break;
      }
    }
    if (end_ == End::wait && trouble_.empty()) co_await expect_end();
  } catch (const core::Error& error) {
    // The client has closed. Whether it should have is for the test to say.
    if (end_ == End::wait) trouble_ = error.what();
  }
  stream_->close();
  is_finished_ = true;
}

asio::awaitable<bool> ScriptedServer::expect(const std::string& text) {
  char buffer[4096];
  while (received_.size() < text.size() && text.starts_with(received_)) {
    const std::size_t count = co_await stream_->read_some(buffer);
    if (count == 0) break;
    received_.append(buffer, count);
  }
  if (!received_.starts_with(text)) {
    trouble_ = fmt::format("expected {}, saw {}", quote(text), quote(received_));
    co_return false;
  }
  received_.erase(0, text.size());
  co_return true;
}

asio::awaitable<void> ScriptedServer::expect_end() {
  char buffer[4096];
  for (std::size_t count = 1; count > 0;) {
    count = co_await stream_->read_some(buffer);
    received_.append(buffer, count);
  }
  if (!received_.empty()) trouble_ = fmt::format("expected nothing more, saw {}", quote(received_));
}

void run_all(asio::io_context& io, std::vector<asio::awaitable<void>> tasks) {
  using namespace std::chrono_literals;
  std::exception_ptr error;
  std::size_t running = tasks.size();
  for (auto& task : tasks) {
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr ended_with) {
      if (ended_with && !error) error = ended_with;
      --running;
    });
  }
  // Far more than any test needs: it only tells a hang from the rest.
  io.run_for(60s);
  CHECK_MESSAGE(running == 0, "a task hangs");
  CHECK_MESSAGE(io.stopped(), "something was left behind that never ends");
  if (error) std::rethrow_exception(error);
}

}  // namespace imapferry::script
