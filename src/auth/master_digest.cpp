#include "auth/master_digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <string>

namespace imapferry::auth {

core::Secret master_digest(std::string_view challenge, const core::Secret& password) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  const std::string_view secret = password.reveal();
  const bool is_made = context != nullptr && EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr) == 1 &&
                       EVP_DigestUpdate(context.get(), challenge.data(), challenge.size()) == 1 &&
                       EVP_DigestUpdate(context.get(), secret.data(), secret.size()) == 1 &&
                       EVP_DigestFinal_ex(context.get(), bytes.data(), &size) == 1;
  if (!is_made) return {};
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
  core::Secret digest(text);
  core::wipe(text);
  return digest;
}

}  // namespace imapferry::auth
