#include "auth/plain.hpp"

#include <openssl/evp.h>

#include <string>

namespace imapferry::auth {

core::Secret plain_response(std::string_view user, const core::Secret& password) {
  std::string message;
  message.reserve(user.size() + password.reveal().size() + 2);
  message += '\0';
  message += user;
  message += '\0';
  message += password.reveal();
  std::string encoded(4 * ((message.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(message.data()), static_cast<int>(message.size()));
  encoded.resize(static_cast<std::size_t>(length));
  core::wipe(message);
  return core::Secret(std::move(encoded));
}

}  // namespace imapferry::auth
