#include "../directory.hpp"
#include "store/store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace imapferry;
namespace asio = boost::asio;
using store::Store;

namespace {

const store::AccountKey key{"a", "anna", "b", "anna"};

Store::Opened open_or_fail(const std::string& directory) {
  core::Result<Store::Opened> opened = Store::open(directory);
  REQUIRE(opened.has_value());
  return std::move(*opened);
}

/// Runs a coroutine to its end.
void play(asio::awaitable<void> task) {
  asio::io_context io(1);
  std::exception_ptr error;
  asio::co_spawn(io, std::move(task), [&](std::exception_ptr thrown) { error = thrown; });
  io.run();
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> write_and_read(Store& store, std::size_t& accounts, bool& is_elsewhere) {
  const std::thread::id here = std::this_thread::get_id();
  store.post([](store::Backend& backend) { backend.account(key, "posted"); });
  const Store::Work work = [&](store::Backend& backend) {
    accounts = backend.accounts().size();
    is_elsewhere = std::this_thread::get_id() != here;
  };
  const bool is_done = co_await store.run(work);
  CHECK(is_done);
  CHECK(std::this_thread::get_id() == here);
}

asio::awaitable<void> fail_and_go_on(Store& store) {
  const Store::Work bad = [](store::Backend&) { throw store::Trouble(store::Trouble::Kind::failed, "no room"); };
  const Store::Work good = [](store::Backend&) {};
  const bool is_bad_done = co_await store.run(bad);
  CHECK_FALSE(is_bad_done);
  const bool is_good_done = co_await store.run(good);
  CHECK_FALSE(is_good_done);
}

void scribble(const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(20);
  file << std::string(200, 'z');
}

}  // namespace

TEST_CASE("store: work is done on another thread, in order, and is there at the next opening") {
  const Directory directory;
  std::size_t accounts = 0;
  bool is_elsewhere = false;
  {
    const Store::Opened opened = open_or_fail(directory.file("state"));
    play(write_and_read(*opened.store, accounts, is_elsewhere));
  }
  CHECK(accounts == 1);
  CHECK(is_elsewhere);
  const auto read = store::read_accounts(directory.file("state"));
  REQUIRE(read.has_value());
  REQUIRE(read->size() == 1);
  CHECK(read->front().name == "posted");
}

TEST_CASE("store: only its user can read it") {
  const Directory directory;
  const Store::Opened opened = open_or_fail(directory.file("a/b/state"));
  struct stat facts {};
  REQUIRE(::stat(opened.store->path().c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  REQUIRE(::stat(directory.file("a/b").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0700);
}

TEST_CASE("store: trouble ends the use of it, not the run, and is told once") {
  const Directory directory;
  const Store::Opened opened = open_or_fail(directory.path);
  play(fail_and_go_on(*opened.store));
  const auto trouble = opened.store->take_trouble();
  REQUIRE(trouble);
  CHECK(trouble->find("no room") != std::string::npos);
  CHECK_FALSE(opened.store->take_trouble());
}

TEST_CASE("store: a damaged one is put aside and a new one begun") {
  const Directory directory;
  { const Store::Opened opened = open_or_fail(directory.path); }
  scribble(store::path_in(directory.path));
  const Store::Opened opened = open_or_fail(directory.path);
  REQUIRE(opened.notes.size() == 1);
  CHECK(opened.notes.front().find("put aside as") != std::string::npos);
  std::size_t kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path)) {
    if (entry.path().string().find(".damaged-") != std::string::npos) ++kept;
  }
  CHECK(kept == 1);
}

TEST_CASE("store: a directory that cannot be is an error with the way out") {
  const Directory directory;
  std::ofstream(directory.file("plain")) << "x";
  const auto opened = Store::open(directory.file("plain"));
  REQUIRE(opened.has_error());
  CHECK(opened.error().message.find("--nostate") != std::string::npos);
}

TEST_CASE("store: an account is held by one process, and its end releases it") {
  const Directory directory;
  Store::Opened opened = open_or_fail(directory.path);
  int ready[2];
  int end[2];
  REQUIRE(::pipe(ready) == 0);
  REQUIRE(::pipe(end) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    // Only system calls from here on: threads do not live on in a child.
    auto locks = store::Locks::open(directory.file("imapferry.lock"));
    const bool has_it = locks && !locks->hold(key);
    char byte = has_it ? 'y' : 'n';
    if (::write(ready[1], &byte, 1) != 1 || ::read(end[0], &byte, 1) < 0) ::_exit(1);
    ::_exit(0);
  }
  char answer = 0;
  REQUIRE(::read(ready[0], &answer, 1) == 1);
  CHECK(answer == 'y');
  const auto holder = opened.store->locks().hold(key);
  REQUIRE(holder);
  CHECK(*holder == child);
  CHECK_FALSE(opened.store->locks().hold(store::AccountKey{"a", "bert", "b", "bert"}));
  CHECK_FALSE(opened.store->locks().exclude_others());
  REQUIRE(::write(end[1], "x", 1) == 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK_FALSE(opened.store->locks().hold(key));
  CHECK(opened.store->locks().exclude_others());
  for (const int file : {ready[0], ready[1], end[0], end[1]}) ::close(file);
}
