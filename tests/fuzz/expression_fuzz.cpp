// Perl's expressions on arbitrary bytes: parsing one must not read out of bounds, throw or hang, nor must applying it.
//
// The expression is what stands before the first NUL, the text what stands behind it.
#include "regex/predicate.hpp"
#include "regex/substitution.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace imapferry;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  const std::string_view expression = input.substr(0, end);
  const std::string_view text = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  const regex::Variables variables = {{"h2_prefix", "INBOX."}, {"h2_sep", "."}};

  if (const auto predicate = regex::Predicate::parse(expression, variables)) {
    static_cast<void>(predicate->matches(text));
  }
  if (const auto substitution = regex::Substitution::parse(expression, variables)) {
    std::string changed(text);
    constexpr std::size_t most = 1 << 16;
    const core::Result<bool> done = substitution->change(changed, most);
    // "Not changed" is said of a text that is what it was.
    if (done && !*done && changed != text) std::abort();
  }
  return 0;
}
