#include "core/worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <functional>
#include <future>
#include <thread>

using namespace imapferry;
namespace asio = boost::asio;

namespace {

struct Threads {
  std::thread::id before, at_work, after;
};

asio::awaitable<void> note_threads(core::Worker& worker, std::promise<void>& may_end, Threads& threads) {
  threads.before = std::this_thread::get_id();
  std::function<void()> work = [&] {
    threads.at_work = std::this_thread::get_id();
    may_end.get_future().wait();
  };
  co_await worker.run(std::move(work));
  threads.after = std::this_thread::get_id();
}

}  // namespace

TEST_CASE("worker: the loop goes on while the work is done, and the result comes back to the loop") {
  asio::io_context io(1);
  core::Worker worker;
  std::promise<void> may_end;
  Threads threads;
  std::exception_ptr error;
  asio::co_spawn(io, note_threads(worker, may_end, threads), [&](std::exception_ptr ended) { error = ended; });
  // Only a loop that still turns lets the work end.
  asio::post(io, [&] { asio::post(io, [&] { may_end.set_value(); }); });
  io.run();
  CHECK(error == nullptr);
  CHECK(threads.before == std::this_thread::get_id());
  CHECK(threads.after == std::this_thread::get_id());
  CHECK(threads.at_work != std::this_thread::get_id());
}
