#include "../data.hpp"
#include "feed.hpp"
#include "report/error_lines.hpp"
#include "report/exit_code.hpp"
#include "report/imapsync_figures.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>

using namespace imapferry;
using namespace imapferry::report;
using core::Fault;

namespace {

/// Facts about imapsync, and about what is right where it is not.
const nlohmann::json& facts() {
  static const nlohmann::json all = testing::read_data("imapsync/output.json");
  return all;
}

/// Local time is Greenwich's while it lives.
class Greenwich {
 public:
  Greenwich() {
    const char* zone = std::getenv("TZ");
    if (zone != nullptr) before_ = zone;
    has_before_ = zone != nullptr;
    setenv("TZ", "GMT", 1);
    tzset();
  }
  Greenwich(const Greenwich&) = delete;
  Greenwich& operator=(const Greenwich&) = delete;
  ~Greenwich() {
    if (has_before_) {
      setenv("TZ", before_.c_str(), 1);
    } else {
      unsetenv("TZ");
    }
    tzset();
  }

 private:
  std::string before_;
  bool has_before_ = false;
};

std::chrono::system_clock::time_point at(double seconds) {
  return std::chrono::system_clock::time_point(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)));
}

}  // namespace

TEST_CASE("imapsync's figures: bytes") {
  for (const auto& fact : facts().at("binary_bytes")) {
    CHECK(binary_bytes(fact.at("bytes").get<std::int64_t>()) == fact.at("text").get<std::string>());
  }
  for (const auto& fact : facts().at("decimal_bytes")) {
    CHECK(decimal_bytes(fact.at("bytes").get<std::uint64_t>()) == fact.at("text").get<std::string>());
  }
}

TEST_CASE("imapsync's figures: the time that remains") {
  for (const auto& fact : facts().at("time_remaining")) {
    CHECK(time_remaining(fact.at("spent").get<double>(), fact.at("transferred").get<std::uint64_t>(),
                         fact.at("left").get<double>()) == doctest::Approx(fact.at("seconds").get<double>()));
  }
}

TEST_CASE("imapsync's figures: dates and names of logs") {
  const Greenwich greenwich;
  CHECK(long_date(at(1795393941)) == "Monday 23 November 2026-11-23 00:32:21 +0000 GMT");
  for (const auto& fact : facts().at("log_file_name")) {
    const auto text = [&](const char* key) { return fact.at(key).get<std::string>(); };
    CHECK(log_file_name(at(fact.at("seconds").get<double>()), text("user1"), text("user2"), text("directory"),
                        text("suffix")) == text("name"));
  }
  for (const auto& fact : facts().at("without_forbidden_characters")) {
    CHECK(without_forbidden_characters(fact.at("text").get<std::string>()) == fact.at("name").get<std::string>());
  }
  // No file system takes more than 255 bytes.
  CHECK(log_file_name(at(0), std::string(300, 'u'), std::string(300, 'v'), {}).size() < 255);
}

TEST_CASE("exit code: imapsync's values, names and classes of lines") {
  for (const auto& fact : facts().at("exit_text")) {
    CHECK(describe(fact.at("code").get<int>()) == fact.at("text").get<std::string>());
  }
  for (const auto& fact : facts().at("exit_value")) {
    const auto error = class_named(fact.at("class").get<std::string>());
    REQUIRE(error.has_value());
    CHECK(exit_code(*error) == fact.at("code").get<int>());
  }
  for (const auto& fact : facts().at("error_type")) {
    const std::string line = fact.at("line").get<std::string>();
    CAPTURE(line);
    const ErrorClass error = classify_text(line);
    CHECK(name_of(error) == fact.at("class").get<std::string>());
    CHECK(exit_code(error) == fact.at("code").get<int>());
  }
  CHECK_FALSE(class_named("ERR_NO_SUCH_THING").has_value());
}

TEST_CASE("exit code: the most frequent class, and the first of equals") {
  for (const auto& fact : facts().at("most_common_error")) {
    ErrorCounts counts{};
    for (const auto& [name, count] : fact.at("counts").items()) {
      counts[static_cast<std::size_t>(*class_named(name))] = count.get<std::uint64_t>();
    }
    const auto most = most_frequent(counts);
    CHECK(most.has_value() == !fact.at("class").is_null());
    if (most) CHECK(name_of(*most) == fact.at("class").get<std::string>());
  }
}

TEST_CASE("exit code: what the server says of a message tells its class, and of nothing else") {
  const auto class_of = [](Fault fault, const std::string& said) {
    return classify(core::Failure{fault, "APPEND was refused", said}, std::nullopt);
  };
  CHECK(class_of(Fault::append, "NO sorry") == ErrorClass::append);
  CHECK(class_of(Fault::append, "NO it has a Virus in it") == ErrorClass::append_virus);
  CHECK(class_of(Fault::append, "NO [TOOBIG] no") == ErrorClass::append_size);
  CHECK(class_of(Fault::append, "NO quota exceeded") == ErrorClass::quota);
  CHECK(class_of(Fault::append, "NO could not select") == ErrorClass::append);
  CHECK(class_of(Fault::select, "NO virus") == ErrorClass::select);
}

TEST_CASE("error lines: imapsync finds the class in them that the failure has") {
  using sync::Side;
  const AccountNames names{"old.example", "ann", "new.example", "bob"};
  for (const Fault fault : {Fault::append, Fault::fetch}) {
    const core::Failure failure{fault, "refused", "NO sorry"};
    const sync::MessageRefused refused{"INBOX", "In", 106, 9962, "Hello\r\n", failure};
    const std::string line = error_line(refused);
    CHECK(classify_text(line) == classify(failure, std::nullopt));
    CHECK(line.starts_with("- msg INBOX/106 {9962} could not "));
    CHECK(line.find("Subject:[Hello\\x0D\\x0A], Size:[9962] )") != std::string::npos);
  }
  for (const Fault fault : {Fault::create, Fault::select, Fault::fetch, Fault::flags}) {
    const core::Failure failure{fault, "refused", "NO sorry"};
    CHECK(classify_text(error_line(sync::MailboxFailed{"A", "B", failure})) == classify(failure, std::nullopt));
  }
  for (const Side side : {Side::source, Side::destination}) {
    for (const Fault fault : {Fault::authentication, Fault::connect, Fault::timeout, Fault::tls, Fault::certificate}) {
      const core::Failure failure{fault, "refused", "NO sorry"};
      CHECK(classify_text(error_line(failure, side, names)) == classify(failure, side));
    }
  }
  CHECK(error_line(core::Failure{Fault::authentication, "refused", {}}, Side::destination, names) ==
        "Host2 failure: Error login on [new.example] with user [bob]: refused");
}
