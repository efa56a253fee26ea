#include "sync/command_filter.hpp"

#include "core/pause.hpp"
#include "core/task_group.hpp"
#include "sync/child_process.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>

namespace imapferry::sync {

namespace asio = boost::asio;
using asio::awaitable;
using Stream = asio::posix::stream_descriptor;

namespace {

constexpr auto use = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t piece = 64 << 10;
constexpr std::size_t errors_kept = 2 << 10;
constexpr std::chrono::milliseconds between_looks{5};

/// One run of one command.
class Filter {
 public:
  Filter(const asio::any_io_executor& executor, ChildProcess child, FilterLimits limits)
      : child_(std::move(child)), limits_(limits), input_(executor, child_.input.release()),
        output_(executor, child_.output.release()), errors_(executor, child_.errors.release()), timer_(executor),
        tasks_(executor) {}

  awaitable<core::Result<std::string>> run(std::string_view command, std::string_view input) {
    timer_.expires_after(limits_.time);
    core::TaskGroup watch(timer_.get_executor());
    watch.spawn(watch_time());
    tasks_.spawn(write(input));
    tasks_.spawn(read_output());
    tasks_.spawn(read_errors());
    co_await tasks_.join();
    co_await wait_for_end();
    timer_.cancel();
    co_await watch.join();
    core::Result<std::string> result = judge(command);
    co_return result;
  }

 private:
  /// A command need not read all of its input.
  awaitable<void> write(std::string_view input) {
    co_await asio::async_write(input_, asio::buffer(input.data(), input.size()), use);
    boost::system::error_code ignored;
    input_.close(ignored);
  }

  awaitable<void> read_output() {
    std::string buffer(piece, '\0');
    for (;;) {
      const auto [error, got] = co_await output_.async_read_some(asio::buffer(buffer), use);
      if (error) break;
      if (text_.size() + got > limits_.output) {
        give_up("it writes too much");
        break;
      }
      text_.append(buffer, 0, got);
    }
    // A command that goes on writing is told so.
    boost::system::error_code ignored;
    output_.close(ignored);
  }

  awaitable<void> read_errors() {
    std::string buffer(piece, '\0');
    for (;;) {
      const auto [error, got] = co_await errors_.async_read_some(asio::buffer(buffer), use);
      if (error) break;
      complaint_.append(buffer, 0, std::min(got, errors_kept - std::min(errors_kept, complaint_.size())));
    }
  }

  awaitable<void> watch_time() {
    const auto [error] = co_await timer_.async_wait(use);
    if (!error) give_up(fmt::format("it takes longer than {}", describe(limits_.time)));
  }

  /// Kills it; what else may hold the pipes open is not waited for.
  void give_up(std::string why) {
    if (!why_given_up_.empty()) return;
    why_given_up_ = std::move(why);
    child_.kill();
    boost::system::error_code ignored;
    for (Stream* stream : {&input_, &output_, &errors_}) stream->close(ignored);
  }

  awaitable<void> wait_for_end() {
    if (child_.has_ended()) co_return;
    if (child_.end_descriptor() >= 0) {
      Stream end(timer_.get_executor(), child_.end_descriptor());
      co_await end.async_wait(Stream::wait_read, use);
      end.release();
    }
    while (!child_.has_ended()) co_await core::pause(between_looks);
  }

  core::Result<std::string> judge(std::string_view command) {
    const int status = child_.wait_status();
    std::string why = why_given_up_;
    if (why.empty() && WIFSIGNALED(status)) why = fmt::format("it was ended by signal {}", WTERMSIG(status));
    if (why.empty() && WEXITSTATUS(status) != 0) why = fmt::format("it ended with status {}", WEXITSTATUS(status));
    if (why.empty() && text_.empty()) why = "it wrote nothing";
    if (why.empty()) return std::move(text_);
    while (complaint_.ends_with('\n')) complaint_.pop_back();
    return core::Failure{core::Fault::append,
                         fmt::format("the command \"{}\" has failed: {}", core::printable(command), why), complaint_};
  }

  static std::string describe(std::chrono::milliseconds time) {
    if (time.count() % 1000 == 0) return fmt::format("{} s", time.count() / 1000);
    return fmt::format("{} ms", time.count());
  }

  ChildProcess child_;
  FilterLimits limits_;
  Stream input_, output_, errors_;
  asio::steady_timer timer_;
  core::TaskGroup tasks_;
  std::string text_;
  std::string complaint_;
  std::string why_given_up_;
};

}  // namespace

awaitable<core::Result<std::string>> filter(std::string_view command, std::string_view input, FilterLimits limits) {
  const auto executor = co_await asio::this_coro::executor;
  core::Result<ChildProcess> child = ChildProcess::start(std::string(command));
  if (!child) co_return child.error();
  Filter work(executor, std::move(*child), limits);
  core::Result<std::string> result = co_await work.run(command, input);
  co_return result;
}

}  // namespace imapferry::sync
