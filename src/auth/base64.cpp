#include "auth/base64.hpp"

#include <openssl/evp.h>

#include <utility>

namespace imapferry::auth {

namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

}  // namespace

core::Secret to_base64(std::string_view bytes) {
  std::string encoded(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(bytes_of(encoded), bytes_of(bytes), static_cast<int>(bytes.size()));
  encoded.resize(static_cast<std::size_t>(length));
  core::Secret secret(encoded);
  core::wipe(encoded);
  return secret;
}

std::optional<std::string> from_base64(std::string_view text) {
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (text.size() % 4 != 0) return std::nullopt;
  for (const char c : text.substr(0, text.size() - padding)) {
    if (!is_letter(c)) return std::nullopt;
  }
  std::string decoded(text.size() / 4 * 3 + 1, '\0');
  const int length = EVP_DecodeBlock(bytes_of(decoded), bytes_of(text), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  decoded.resize(static_cast<std::size_t>(length) - padding);
  return decoded;
}

}  // namespace imapferry::auth
