#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

namespace imapferry::net::test {

struct FreeKey {
  void operator()(EVP_PKEY* key) const noexcept;
};
struct FreeCertificate {
  void operator()(X509* certificate) const noexcept;
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;

/// What a test's certificate says.
struct Profile {
  std::string common_name;
  std::string alternative_names;  ///< as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1"
  int from_day = -1;              ///< days from today
  int to_day = 30;
};

/// A server's certificate and key in PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

/// A certificate authority that lives as long as a test does.
class Authority {
 public:
  explicit Authority(const std::string& common_name);
  [[nodiscard]] Identity issue(const Profile& profile) const;
  /// Its own certificate in PEM.
  [[nodiscard]] std::string certificate() const;

 private:
  Key key_;
  Certificate certificate_;
};

Identity self_signed(const Profile& profile);

/// A file that goes with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace imapferry::net::test
