#include "cli/option_names.hpp"
#include "cli/output_options.hpp"
#include "core/failure.hpp"

namespace imapferry::cli {

namespace {

constexpr std::string_view masked = "MASKED";
constexpr std::size_t longest_word = 1000;

}  // namespace

std::string masked_command_line(const std::vector<std::string>& arguments) {
  std::string text;
  const auto add = [&](std::string_view word) {
    if (!text.empty()) text += ' ';
    text += core::printable(word, longest_word);
  };
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const Argument argument = read_argument(arguments[at]);
    const bool is_option = argument.shape == Argument::Shape::option;
    const NameMatch match = is_option ? match_name(argument.name) : NameMatch();
    if (!is_option || !match.may_be_secret) {
      add(arguments[at]);
      // What an option takes is no option, whatever it looks like.
      const bool takes_next =
          is_option && !argument.has_value && match.option != nullptr && match.option->takes_value();
      if (takes_next && at + 1 < arguments.size()) add(arguments[++at]);
    } else if (argument.has_value) {
      add(arguments[at].substr(0, argument.value_offset) + std::string(masked));
    } else {
      add(arguments[at]);
      if (++at < arguments.size()) add(masked);
    }
  }
  return text;
}

}  // namespace imapferry::cli
