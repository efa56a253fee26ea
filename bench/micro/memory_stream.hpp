#pragma once

#include "core/condition.hpp"
#include "net/stream.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace imapferry::micro {

/// A server that costs next to nothing: greets, and gives every line that begins with a tag the same answer and then
/// OK. A client's share of the work can be measured with it, without sockets and without a kernel.
class MemoryStream : public net::Stream {
 public:
  /// `answer` outlives the stream; one read returns at most `read_at_most` bytes of it, as TLS does with its records.
  MemoryStream(const boost::asio::any_io_executor& executor, std::string_view answer, std::size_t read_at_most);

  boost::asio::awaitable<std::size_t> read_some(std::span<char> into) override;
  boost::asio::awaitable<void> write(std::span<const std::string_view> pieces) override;
  boost::asio::awaitable<void> start_tls(const net::TlsOptions& options) override;
  [[nodiscard]] std::string protection() const override { return {}; }
  [[nodiscard]] bool is_loopback() const override { return true; }
  void close() noexcept override;

 private:
  void receive_line();
  [[nodiscard]] bool has_more() const noexcept { return !from_answer_.empty() || !status_.empty() || !lines_.empty(); }

  core::Condition changed_;
  std::string_view answer_;
  std::size_t read_at_most_;
  std::string received_;          // of a line that has not ended yet
  std::string lines_;             // the tags, each with a blank behind it, that are to be answered
  std::string_view from_answer_;  // what is left of the present answer
  std::string status_;            // what is sent after it
  bool is_closed_ = false;
};

}  // namespace imapferry::micro
