#include "auth/one_message.hpp"

#include "auth/base64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace imapferry::auth {

namespace {

constexpr std::size_t longest_complaint = 2000;

class OneMessage final : public Exchange {
 public:
  /// `farewell` answers what a server says when it refuses the message.
  OneMessage(core::Secret message, std::string farewell)
      : message_(std::move(message)), farewell_(std::move(farewell)) {}

  core::Result<core::Secret> answer(std::string_view challenge) override {
    if (!std::exchange(is_sent_, true)) return message_;
    if (!complaint_.empty()) {
      return core::Failure{core::Fault::protocol, "the server goes on asking after all was said", {}};
    }
    complaint_ = from_base64(challenge).value_or(std::string(challenge)).substr(0, longest_complaint);
    if (complaint_.empty()) complaint_ = "refused";
    return core::Secret(farewell_);
  }
  [[nodiscard]] bool is_complete() const override { return is_sent_; }
  [[nodiscard]] std::string complaint() const override { return complaint_; }

 private:
  core::Secret message_;
  std::string farewell_;
  bool is_sent_ = false;
  std::string complaint_;
};

/// Appends without leaving copies of a growing string behind.
class Message {
 public:
  explicit Message(const Identity& identity) {
    text_.reserve(identity.user.size() + identity.authorization.size() + identity.password.reveal().size() +
                  identity.host.size() + 64);
  }
  ~Message() { core::wipe(text_); }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;
  Message& add(std::string_view part) {
    text_ += part;
    return *this;
  }
  [[nodiscard]] core::Secret encoded() const { return to_base64(text_); }

 private:
  std::string text_;
};

constexpr std::string_view nul("\0", 1);

core::Secret plain(const Identity& identity) {
  Message message(identity);
  message.add(identity.authorization).add(nul).add(identity.user).add(nul).add(identity.password.reveal());
  return message.encoded();
}

core::Secret xoauth2(const Identity& identity) {
  Message message(identity);
  message.add("user=").add(identity.user).add("\1auth=Bearer ").add(identity.password.reveal()).add("\1\1");
  return message.encoded();
}

/// A name within the header of a GS2 message (RFC 5801 section 4).
std::string gs2_name(std::string_view name) {
  std::string out;
  for (const char c : name) out += c == '=' ? "=3D" : c == ',' ? "=2C" : std::string(1, c);
  return out;
}

core::Secret oauthbearer(const Identity& identity) {
  Message message(identity);
  message.add("n,a=").add(gs2_name(identity.user)).add(",");
  message.add("\1host=").add(identity.host).add(fmt::format("\1port={}", identity.port));
  message.add("\1auth=Bearer ").add(identity.password.reveal()).add("\1\1");
  return message.encoded();
}

}  // namespace

std::unique_ptr<Exchange> begin_one_message(const Mechanism& mechanism, const Identity& identity) {
  if (mechanism.name == "XOAUTH2") return std::make_unique<OneMessage>(xoauth2(identity), std::string());
  if (mechanism.name == "OAUTHBEARER") {
    return std::make_unique<OneMessage>(oauthbearer(identity), std::string(to_base64("\1").reveal()));
  }
  if (mechanism.name == "EXTERNAL") {
    return std::make_unique<OneMessage>(to_base64(identity.authorization), std::string());
  }
  return std::make_unique<OneMessage>(plain(identity), std::string());
}

std::unique_ptr<Exchange> begin_ready_made(const core::Secret& message) {
  return std::make_unique<OneMessage>(message, std::string());
}

}  // namespace imapferry::auth
