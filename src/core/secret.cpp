#include "core/secret.hpp"

#include <openssl/crypto.h>

namespace imapferry::core {

void wipe(std::string& text) noexcept {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    value_ = other.value_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    // Copied rather than moved: a moved-from short string would keep its bytes. On exhaustion of memory the program
    // ends.
    value_ = other.value_;
    other.wipe();
  }
  return *this;
}

Secret line_of(const Secret& secret) {
  std::string line;
  line.reserve(secret.reveal().size() + 2);
  line += secret.reveal();
  line += "\r\n";
  Secret result(line);
  wipe(line);
  return result;
}

void Secret::wipe() noexcept { core::wipe(value_); }

}  // namespace imapferry::core
