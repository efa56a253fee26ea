// Headers of arbitrary bytes: identifying a message and reading its date must not read out of bounds, throw or hang.
#include "imap/proto/header_date.hpp"
#include "sync/message/header_field.hpp"
#include "sync/message/identity.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace imapferry;

namespace {

sync::IdentityRule other_rule() {
  config::IdentityRules rules;
  rules.all_fields = true;
  rules.skipped = "^x-";
  rules.message_id_with_domain = false;
  return sync::IdentityRule(sync::IdentityKey{{1, 2}}, rules);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sync::IdentityRule usual(sync::IdentityKey{{1, 2}});
  static const sync::IdentityRule other = other_rule();
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view header = sync::header_of(input);

  sync::Identity of_fields;
  const bool is_listed = sync::identity_of_fields(usual, header, of_fields);
  const sync::IdentityResult of_header = sync::identity_of_header(usual, header);
  // What the listed fields tell, the whole header tells as well.
  if (is_listed != (of_header.source == sync::IdentitySource::listed_fields)) std::abort();
  if (is_listed && of_fields != of_header.identity) std::abort();
  static_cast<void>(sync::identity_of_header(other, header));

  // A date that was read can be written, and is the same then.
  if (const auto date = imap::proto::parse_header_date(sync::header_field(header, "date"))) {
    const auto again = imap::proto::DateTime::parse(date->to_string());
    if (!again || !(*again == *date)) std::abort();
  }
  static_cast<void>(imap::proto::parse_header_date(input));
  return 0;
}
