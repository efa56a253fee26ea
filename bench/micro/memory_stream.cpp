#include "memory_stream.hpp"

#include "core/failure.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace imapferry::micro {

using boost::asio::awaitable;

MemoryStream::MemoryStream(const boost::asio::any_io_executor& executor, std::string_view answer,
                           std::size_t read_at_most)
    : changed_(executor), answer_(answer), read_at_most_(read_at_most),
      status_("* OK [CAPABILITY IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS] ready\r\n") {}

awaitable<std::size_t> MemoryStream::read_some(std::span<char> into) {
  while (!has_more() && !is_closed_) co_await changed_.wait();
  if (is_closed_) throw core::Error(core::Fault::closed, "the connection was closed here");
  // A socket gives the loop to others between two reads.
  const auto executor = changed_.executor();
  co_await boost::asio::post(executor, boost::asio::use_awaitable);
  if (from_answer_.empty() && status_.empty()) {
    const std::size_t end = lines_.find(' ');
    from_answer_ = answer_;
    status_ = fmt::format("{} OK done\r\n", std::string_view(lines_).substr(0, end));
    lines_.erase(0, end + 1);
  }
  const std::string_view source = from_answer_.empty() ? std::string_view(status_) : from_answer_;
  const std::size_t count = std::min({into.size(), source.size(), read_at_most_});
  std::memcpy(into.data(), source.data(), count);
  if (from_answer_.empty()) {
    status_.erase(0, count);
  } else {
    from_answer_.remove_prefix(count);
  }
  co_return count;
}

awaitable<void> MemoryStream::write(std::span<const std::string_view> pieces) {
  for (const std::string_view piece : pieces) {
    received_ += piece;
    if (received_.ends_with("\r\n")) receive_line();
  }
  changed_.notify_all();
  const auto executor = changed_.executor();
  co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

void MemoryStream::receive_line() {
  lines_ += std::string_view(received_).substr(0, received_.find(' ') + 1);
  received_.clear();
}

awaitable<void> MemoryStream::start_tls(const net::TlsOptions&) { co_return; }

void MemoryStream::close() noexcept {
  is_closed_ = true;
  changed_.notify_all();
}

}  // namespace imapferry::micro
