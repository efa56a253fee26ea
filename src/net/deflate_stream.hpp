#pragma once

#include "net/stream.hpp"

#include <memory>
#include <string>
#include <vector>

struct z_stream_s;

namespace imapferry::net {

/// Compresses what goes over another stream (RFC 4978): DEFLATE without header or trailer, both ways, flushed at the
/// end of each write so that nothing waits. About 300 KiB for each connection.
class DeflateStream final : public Stream {
 public:
  /// `received` are bytes of the other side that have been read already.
  DeflateStream(std::unique_ptr<Stream> beneath, std::string_view received);
  ~DeflateStream() override;

  boost::asio::awaitable<std::size_t> read_some(std::span<char> into) override;
  boost::asio::awaitable<void> write(std::span<const std::string_view> pieces) override;
  boost::asio::awaitable<void> start_tls(const TlsOptions& options) override;
  [[nodiscard]] std::string protection() const override { return beneath_->protection(); }
  [[nodiscard]] bool is_loopback() const override { return beneath_->is_loopback(); }
  void close() noexcept override { beneath_->close(); }

 private:
  std::size_t inflate_into(std::span<char> into);
  void deflate_piece(std::string_view piece, int flush);

  std::unique_ptr<Stream> beneath_;
  std::unique_ptr<z_stream_s> reading_;
  std::unique_ptr<z_stream_s> writing_;
  std::vector<char> received_;  ///< compressed; what is not read yet begins at begin_
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool has_more_ = true;  ///< the last call filled its buffer: there may be output without new input
  std::string compressed_;
};

}  // namespace imapferry::net
