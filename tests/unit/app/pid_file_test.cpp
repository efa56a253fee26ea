#include "../data.hpp"
#include "../directory.hpp"
#include "app/pid_file.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace imapferry;
using namespace imapferry::app;

namespace {

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

}  // namespace

TEST_CASE("pid file: what is a process number") {
  const auto facts = testing::read_data("imapsync/output.json");
  for (const auto& fact : facts.at("pid")) {
    CAPTURE(fact.dump());
    CHECK(parse_pid(fact.at("text").get<std::string>()).has_value() == fact.at("is_pid").get<bool>());
  }
}

TEST_CASE("pid file: there while it is held, with the log's name") {
  const Directory directory;
  const std::string path = directory.file("pid");
  {
    auto held = PidFile::take(path, PidFile::IfTaken::refuse, "/logs/a.txt");
    REQUIRE(held.has_value());
    CHECK(content_of(path) == std::to_string(::getpid()) + "\n/logs/a.txt\n");
    const auto read = read_pid_file(path);
    REQUIRE(read.has_value());
    CHECK(read->process == ::getpid());
    CHECK(read->log_file == "/logs/a.txt");
    CHECK(read->is_held);
    CHECK_FALSE((*held)->take_abort_request());
    write(abort_file_name(path, ::getpid()), "");
    CHECK((*held)->take_abort_request());
    CHECK_FALSE((*held)->take_abort_request());
    CHECK(PidFile::take(path, PidFile::IfTaken::refuse, {}).error().fault == core::Fault::busy);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("pid file: one that is left over is replaced, one of a living process only where that is not asked for") {
  const Directory directory;
  const std::string path = directory.file("pid");
  write(path, "4194304\nold\n");
  CHECK_FALSE(read_pid_file(path)->is_held);
  { CHECK(PidFile::take(path, PidFile::IfTaken::refuse, {}).has_value()); }
  write(path, "garbage");
  CHECK_FALSE(read_pid_file(path).has_value());
  { CHECK(PidFile::take(path, PidFile::IfTaken::refuse, {}).has_value()); }
  // imapsync holds no lock: a living process is enough.
  write(path, std::to_string(::getppid()) + "\n");
  const auto refused = PidFile::take(path, PidFile::IfTaken::refuse, {});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("process " + std::to_string(::getppid())) != std::string::npos);
  CHECK(content_of(path) == std::to_string(::getppid()) + "\n");
  { CHECK(PidFile::take(path, PidFile::IfTaken::replace, {}).has_value()); }
}

TEST_CASE("pid file: the later of two runs with one file keeps it") {
  const Directory directory;
  const std::string path = directory.file("pid");
  auto first = PidFile::take(path, PidFile::IfTaken::replace, "first");
  auto second = PidFile::take(path, PidFile::IfTaken::replace, "second");
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  first->reset();
  CHECK(read_pid_file(path)->log_file == "second");
  CHECK(read_pid_file(path)->is_held);
}

TEST_CASE("pid file: neither links nor missing directories are written to") {
  const Directory directory;
  write(directory.file("precious"), "precious");
  std::filesystem::create_symlink(directory.file("precious"), directory.file("link"));
  CHECK_FALSE(PidFile::take(directory.file("link"), PidFile::IfTaken::replace, {}).has_value());
  CHECK(content_of(directory.file("precious")) == "precious");
  CHECK_FALSE(PidFile::take(directory.file("no/such"), PidFile::IfTaken::replace, {}).has_value());
}
