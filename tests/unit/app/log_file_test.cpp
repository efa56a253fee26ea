#include "../directory.hpp"
#include "app/log_file.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

using namespace imapferry;
using namespace imapferry::app;

TEST_CASE("log file: everything is in it in the end, and its directory is made") {
  const Directory directory;
  const std::string path = directory.file("a/b/log.txt");
  std::string expected;
  {
    auto log = LogFile::open(path);
    REQUIRE(log.has_value());
    for (int number = 0; number < 20'000; ++number) {
      const std::string line = "line " + std::to_string(number) + "\n";
      expected += line;
      (*log)->write(line);
      if (number % 1000 == 0) (*log)->flush();
    }
    CHECK_FALSE((*log)->take_trouble().has_value());
  }
  CHECK(content_of(path) == expected);
}

TEST_CASE("log file: what cannot be written is told once") {
  auto log = LogFile::open("/dev/full");
  REQUIRE(log.has_value());
  (*log)->write("lost\n");
  (*log)->close();
  (*log)->write("lost as well\n");
  const auto trouble = (*log)->take_trouble();
  REQUIRE(trouble.has_value());
  CHECK(trouble->find("/dev/full") != std::string::npos);
  CHECK_FALSE((*log)->take_trouble().has_value());
}

TEST_CASE("log file: one that cannot be opened") {
  const Directory directory;
  std::ofstream(directory.file("file")) << "x";
  CHECK(LogFile::open(directory.file("file/log")).error().fault == core::Fault::input);
  CHECK(LogFile::open(directory.path).error().fault == core::Fault::input);
}
