#include "cli/option_values.hpp"
#include "cli/parse.hpp"

#include <doctest/doctest.h>

#include <string>

namespace imapferry::cli {

TEST_CASE("values: whole numbers as Getopt::Long takes them") {
  struct Case {
    std::string_view text;
    std::optional<std::int64_t> value;
  };
  const Case cases[] = {
      {"0", 0},     {"5", 5},    {"-5", -5},    {"+5", 5},    {"1_000", 1000},
      {"1__0", 10}, {"1_", 1},   {"_1", 1},     {"007", 7},   {"9223372036854775807", 9223372036854775807LL},
      {"", {}},     {"x", {}},   {"5x", {}},    {" 5", {}},   {"5 ", {}},
      {"5\n", {}},  {"5.5", {}}, {"5e3", {}},   {"0x10", {}}, {"-", {}},
      {"--5", {}},  {"+-5", {}}, {"--dry", {}}, {"_", {}},    {"99999999999999999999999", {}},
  };
  for (const Case& test : cases) CHECK_MESSAGE(parse_integer(test.text) == test.value, std::string(test.text));
}

TEST_CASE("values: decimal numbers as Getopt::Long takes them") {
  struct Case {
    std::string_view text;
    std::optional<double> value;
  };
  const Case cases[] = {
      {"0", 0.0},      {"1.5", 1.5},       {".5", 0.5},   {"-1", -1.0},  {"1e3", 1000.0}, {"1_0.5", 10.5}, {"1_", 1.0},
      {"1e-3", 0.001}, {"+1.5E+2", 150.0}, {"-.5", -0.5}, {"5.", {}},    {".", {}},       {"", {}},        {"x", {}},
      {"inf", {}},     {"nan", {}},        {"1.5s", {}},  {"--dry", {}}, {"1e", {}},      {"_1", {}},      {"0x10", {}},
      {"1e999", {}},   {" 1", {}},         {"1 ", {}},    {"+", {}},     {"1.5.5", {}},
  };
  for (const Case& test : cases) {
    const auto value = parse_number(test.text);
    REQUIRE_MESSAGE(value.has_value() == test.value.has_value(), std::string(test.text));
    if (value) CHECK(*value == doctest::Approx(*test.value));
  }
}

TEST_CASE("values: sizes with units") {
  struct Case {
    std::string_view text;
    std::optional<std::uint64_t> value;
  };
  const Case cases[] = {
      {"0", 0},           {"65536", 65536},    {"64K", 65536},       {"64k", 65536},
      {"64M", 64u << 20}, {"64MB", 64u << 20}, {"64MiB", 64u << 20}, {"1.5K", 1536},
      {"2G", 2ull << 30}, {"10b", 10},         {"1_000", {}},        {"", {}},
      {"M", {}},          {"-1", {}},          {"64T", {}},          {"64Mi b", {}},
      {"64 M", {}},       {"64MM", {}},        {"1e3", {}},          {"999999999999G", {}},
      {"5.", {}},         {"ib", {}},          {"iB", {}},           {"0x10", {}},
      {"64iB", {}},
  };
  for (const Case& test : cases) CHECK_MESSAGE(parse_size(test.text) == test.value, std::string(test.text));
}

TEST_CASE("values: what an option expects is said, and secrets are not quoted") {
  struct Case {
    std::string_view option, value, problem;
  };
  const Case cases[] = {
      {"port1", "993", ""},
      {"port1", "0", "--port1: expected a whole number between 1 and 65535, saw \"0\""},
      {"port1", "65536", "--port1: expected a whole number between 1 and 65535, saw \"65536\""},
      {"port2", "imaps", "--port2: expected a whole number, saw \"imaps\""},
      {"timeout", "0", ""},
      {"timeout", "-0.5", "--timeout: expected a number between 0 and 1000000, saw \"-0.5\""},
      {"memory", "64M", ""},
      {"memory", "1023K", "--memory: expected a size like 65536, 512K, 64M or 2G between 1M and 1024G, saw \"1023K\""},
      {"progress", "LIVE", ""},
      {"progress", "fancy", "--progress: expected auto, live, plain or none, saw \"fancy\""},
      {"sslargs1", "a=", ""},
      {"sslargs1", "a", "--sslargs1: expected key=value, saw \"a\""},
      {"folder", "", ""},
      {"lanes", "1\n", "--lanes: expected a whole number, saw \"1\\x0A\""},
      {"relogin1", "-1", ""},
  };
  for (const Case& test : cases) {
    const Option* option = find_option(test.option);
    REQUIRE(option != nullptr);
    CHECK(check_value(*option, test.value).value_or("") == test.problem);
  }
  Option secret = *find_option("port1");
  secret.is_secret = true;
  CHECK(check_value(secret, "hunter2") == "--port1: expected a whole number");
}

}  // namespace imapferry::cli
