#include "core/secret.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using imapferry::core::Secret;

namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept Comparable = requires(const T& a, const T& b) {
  a == b;
};

}  // namespace

// It cannot be printed, nor become a string without saying so.
static_assert(!Streamable<Secret>);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<Secret, const char*>);
static_assert(!std::is_convertible_v<Secret, bool>);
static_assert(!std::is_convertible_v<std::string, Secret>);
// A comparison that ends at the first difference tells how long it was right.
static_assert(!Comparable<Secret>);

TEST_CASE("secret: holds any bytes, copies, and is empty once moved from") {
  for (const std::string& value :
       {std::string("short"), std::string("with\0nul", 8), std::string(200, 'x'), std::string()}) {
    Secret secret(value);
    CHECK(secret.reveal() == value);
    CHECK(secret.empty() == value.empty());
    Secret copy(secret);
    CHECK(copy.reveal() == value);
    const Secret moved(std::move(copy));
    CHECK(moved.reveal() == value);
    CHECK(copy.empty());

    Secret other("something else that is rather long, longer than a short string");
    other = secret;
    CHECK(other.reveal() == value);
    CHECK(secret.reveal() == value);
    Secret& same = other;
    other = same;
    CHECK(other.reveal() == value);
    other = std::move(same);
    CHECK(other.reveal() == value);
    Secret last;
    last = std::move(other);
    CHECK(last.reveal() == value);
    CHECK(other.empty());
  }
}
