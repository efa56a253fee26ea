#include "net/deflate_stream.hpp"

#include "core/failure.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace imapferry::net {

using boost::asio::awaitable;

namespace {

constexpr int raw_window = -15;  // without a header, the largest window there is
constexpr int memory_level = 8;
constexpr std::size_t transfer_size = 32u << 10;

Bytef* bytes_of(const char* text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text)); }

}  // namespace

DeflateStream::DeflateStream(std::unique_ptr<Stream> beneath, std::string_view received)
    : beneath_(std::move(beneath)), reading_(std::make_unique<z_stream>()), writing_(std::make_unique<z_stream>()),
      received_(std::max(transfer_size, received.size())), end_(received.size()) {
  std::copy(received.begin(), received.end(), received_.begin());
  if (inflateInit2(reading_.get(), raw_window) != Z_OK) throw std::bad_alloc();
  if (deflateInit2(writing_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_window, memory_level, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    inflateEnd(reading_.get());
    throw std::bad_alloc();
  }
}

DeflateStream::~DeflateStream() {
  inflateEnd(reading_.get());
  deflateEnd(writing_.get());
}

/// As much as is there for `into`; 0 when more has to be read first.
std::size_t DeflateStream::inflate_into(std::span<char> into) {
  reading_->next_in = bytes_of(received_.data() + begin_);
  reading_->avail_in = static_cast<uInt>(end_ - begin_);
  reading_->next_out = bytes_of(into.data());
  const auto room = static_cast<uInt>(std::min<std::size_t>(into.size(), transfer_size));
  reading_->avail_out = room;
  const int code = inflate(reading_.get(), Z_SYNC_FLUSH);
  begin_ = end_ - reading_->avail_in;
  has_more_ = reading_->avail_out == 0;
  // Z_BUF_ERROR only says that there was nothing to do.
  if (code != Z_OK && code != Z_BUF_ERROR) {
    throw core::Error(core::Fault::closed, code == Z_STREAM_END ? "the server has ended the compression"
                                                                : "what the server sends is not compressed as agreed");
  }
  return room - reading_->avail_out;
}

awaitable<std::size_t> DeflateStream::read_some(std::span<char> into) {
  while (true) {
    if (begin_ < end_ || has_more_) {
      const std::size_t count = inflate_into(into);
      if (count > 0) co_return count;
    }
    const std::size_t received = co_await beneath_->read_some(received_);
    if (received == 0) co_return 0;
    begin_ = 0;
    end_ = received;
  }
}

void DeflateStream::deflate_piece(std::string_view piece, int flush) {
  writing_->next_in = bytes_of(piece.data());
  writing_->avail_in = static_cast<uInt>(piece.size());
  do {
    const std::size_t used = compressed_.size();
    compressed_.resize(used + transfer_size);
    writing_->next_out = bytes_of(compressed_.data() + used);
    writing_->avail_out = transfer_size;
    deflate(writing_.get(), flush);
    compressed_.resize(used + transfer_size - writing_->avail_out);
  } while (writing_->avail_out == 0);
}

awaitable<void> DeflateStream::write(std::span<const std::string_view> pieces) {
  // A piece may be as large as a batch: what is compressed of it goes before there is more.
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const std::string_view part = piece.substr(0, transfer_size);
      piece.remove_prefix(part.size());
      deflate_piece(part, Z_NO_FLUSH);
      if (compressed_.size() < transfer_size) continue;
      const std::string_view ready(compressed_);
      co_await beneath_->write(std::span(&ready, 1));
      compressed_.clear();
    }
  }
  deflate_piece({}, Z_SYNC_FLUSH);
  const std::string_view rest(compressed_);
  co_await beneath_->write(std::span(&rest, 1));
  compressed_.clear();
}

awaitable<void> DeflateStream::start_tls(const TlsOptions&) {
  throw core::Error(core::Fault::internal, "TLS beneath compression has to come first");
  co_return;
}

}  // namespace imapferry::net
