#include "report/hint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace imapferry::report {

namespace {

/// Whether a failure says that protection is missing, rather than that it went wrong.
bool says_unprotected(const core::Failure& failure) {
  // The blanks keep host names, which a message can quote, from being taken for its words.
  constexpr std::array<std::string_view, 4> signs{" starttls", " protect", "not encrypted", "in the clear"};
  std::string text = failure.message;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::any_of(signs.begin(), signs.end(),
                     [&](std::string_view sign) { return text.find(sign) != std::string::npos; });
}

}  // namespace

std::string hint(const core::Failure& failure, std::optional<sync::Side> side) {
  // Options end in the digit of their side; where the side is not known, N stands for it, as in the manual.
  const char digit = !side ? 'N' : *side == sync::Side::source ? '1' : '2';
  if (failure.fault == core::Fault::certificate) {
    return fmt::format("to trust an authority: --sslargs{0} SSL_ca_file=FILE; "
                       "to accept any certificate: --sslargs{0} SSL_verify_mode=0",
                       digit);
  }
  if (failure.fault == core::Fault::tls && says_unprotected(failure)) {
    return fmt::format("to go on without protection, with passwords in the clear: --nossl{0} --notls{0}", digit);
  }
  return {};
}

}  // namespace imapferry::report
