#pragma once

#include "net/stream.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::script {

/// The server's side of a dialogue over a stream, from a text that reads like an example of the RFC:
///
///   S: * OK ready             it sends this line
///   C: A1 NOOP                it waits for just these bytes
///   S: A1 OK done
///
/// Adjacent lines of the server are sent in one piece. Lines end with CRLF, but for those of "S- " and "C- ", which go
/// on with the next line of the same side. A literal is written as the lines that it consists of.
class ScriptedServer {
 public:
  /// What the server does when it has played its lines.
  enum class End {
    wait,   ///< until the client goes
    close,  ///< at once, without a word
  };
  ScriptedServer(std::unique_ptr<net::Stream> stream, std::string_view dialogue, End end = End::wait);

  /// How many times the server or the client speaks.
  [[nodiscard]] std::size_t turns() const noexcept { return turns_.size(); }
  /// Plays only so many turns, and closes then.
  void close_after(std::size_t turns);

  boost::asio::awaitable<void> play();
  /// Empty as long as the client has said what the dialogue has it say, and no more.
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }
  [[nodiscard]] bool is_finished() const noexcept { return is_finished_; }

 private:
  struct Turn {
    Turn(bool is_server, std::string_view bytes) : is_of_server(is_server), text(bytes) {}
    bool is_of_server;
    std::string text;
  };
  boost::asio::awaitable<bool> expect(const std::string& text);
  boost::asio::awaitable<void> expect_end();

  std::unique_ptr<net::Stream> stream_;
  std::vector<Turn> turns_;
  End end_;
  std::string received_;
  std::string trouble_;
  bool is_finished_ = false;
};

/// Runs tasks side by side until all of them, and whatever they have started, have ended. What hangs or throws makes
/// the test fail.
void run_all(boost::asio::io_context& io, std::vector<boost::asio::awaitable<void>> tasks);

}  // namespace imapferry::script
