#include "auth/mechanism.hpp"

namespace imapferry::auth {

namespace {

constexpr Mechanism table[] = {
    {"PLAIN", true, false, false, false},     {"EXTERNAL", true, true, false, false},
    {"XOAUTH2", true, false, false, true},    {"OAUTHBEARER", true, false, false, true},
    {"CRAM-MD5", false, true, false, false},  {"DIGEST-MD5", false, true, true, false},
    {"SCRAM-SHA-1", true, true, true, false}, {"SCRAM-SHA-256", true, true, true, false},
    {"NTLM", true, true, false, false},
};

}  // namespace

const Mechanism* find_mechanism(std::string_view name) {
  for (const Mechanism& mechanism : table) {
    if (mechanism.name == name) return &mechanism;
  }
  return nullptr;
}

std::span<const Mechanism> mechanisms() { return table; }

}  // namespace imapferry::auth
