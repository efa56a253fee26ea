#include "script/pipe_stream.hpp"

#include "core/condition.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <string_view>
#include <utility>

namespace imapferry::script {

namespace asio = boost::asio;

namespace {

/// One direction of a pipe; both ends share it. `offset` bytes of `bytes` have been read already.
struct Direction {
  explicit Direction(const asio::any_io_executor& executor) : changed(executor) {}

  [[nodiscard]] std::size_t size() const { return bytes.size() - offset; }

  core::Condition changed;
  std::string bytes;
  std::size_t offset = 0;
  bool is_writer_gone = false;
  bool is_reader_gone = false;
};

class PipeStream final : public net::Stream {
 public:
  PipeStream(std::shared_ptr<Direction> incoming, std::shared_ptr<Direction> outgoing, PipeOptions options)
      : incoming_(std::move(incoming)), outgoing_(std::move(outgoing)), options_(std::move(options)) {}
  ~PipeStream() override { close(); }

  asio::awaitable<std::size_t> read_some(std::span<char> into) override {
    assert(!into.empty());
    while (incoming_->size() == 0 && !incoming_->is_writer_gone && !incoming_->is_reader_gone) {
      co_await incoming_->changed.wait();
    }
    if (incoming_->is_reader_gone) throw core::Error(core::Fault::closed, "pipe: the stream was closed");
    co_return take(into);
  }

  asio::awaitable<void> write(std::span<const std::string_view> pieces) override {
    for (std::string_view piece : pieces) {
      while (!piece.empty()) {
        while (outgoing_->size() >= options_.capacity && !is_cut()) co_await outgoing_->changed.wait();
        fail_if_cut();
        piece.remove_prefix(put(piece));
      }
    }
    fail_if_cut();
  }

  asio::awaitable<void> start_tls(const net::TlsOptions&) override {
    fail_if_cut();
    if (options_.tls_failure) throw core::Error(*options_.tls_failure);
    is_protected_ = true;
    co_return;
  }

  [[nodiscard]] std::string protection() const override { return is_protected_ ? "PIPE" : ""; }
  [[nodiscard]] bool is_loopback() const override { return options_.is_loopback; }

  void close() noexcept override {
    incoming_->is_reader_gone = true;
    outgoing_->is_writer_gone = true;
    incoming_->changed.notify_all();
    outgoing_->changed.notify_all();
  }

 private:
  std::size_t take(std::span<char> into) {
    Direction& from = *incoming_;
    const std::size_t count = std::min({into.size(), from.size(), options_.read_at_most});
    if (count == 0) return 0;
    std::copy_n(from.bytes.data() + from.offset, count, into.data());
    from.offset += count;
    if (from.offset >= from.bytes.size() / 2) {
      from.bytes.erase(0, from.offset);
      from.offset = 0;
    }
    from.changed.notify_all();
    return count;
  }

  std::size_t put(std::string_view piece) {
    Direction& to = *outgoing_;
    const std::size_t count = std::min(piece.size(), options_.capacity - to.size());
    to.bytes.append(piece.substr(0, count));
    to.changed.notify_all();
    return count;
  }

  [[nodiscard]] bool is_cut() const { return outgoing_->is_reader_gone || outgoing_->is_writer_gone; }

  void fail_if_cut() const {
    if (outgoing_->is_writer_gone) throw core::Error(core::Fault::closed, "pipe: the stream was closed");
    if (outgoing_->is_reader_gone) throw core::Error(core::Fault::closed, "pipe: the other end closed the stream");
  }

  std::shared_ptr<Direction> incoming_;
  std::shared_ptr<Direction> outgoing_;
  PipeOptions options_;
  bool is_protected_ = false;
};

}  // namespace

Pipe make_pipe(const asio::any_io_executor& executor, const PipeOptions& options) {
  auto to_server = std::make_shared<Direction>(executor);
  auto to_client = std::make_shared<Direction>(executor);
  Pipe pipe;
  pipe.client = std::make_unique<PipeStream>(to_client, to_server, options);
  pipe.server = std::make_unique<PipeStream>(to_server, to_client, options);
  return pipe;
}

Pipe make_pipe(const asio::any_io_executor& executor) { return make_pipe(executor, PipeOptions()); }

}  // namespace imapferry::script
