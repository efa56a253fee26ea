#include "certificates.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <vector>

namespace imapferry::net::test {

namespace {

struct FreeBio {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

void require(bool is_done, const char* what) {
  if (!is_done) throw std::runtime_error(std::string("making a test certificate: ") + what);
}

std::string content_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(bio.get(), certificate) == 1, "pem");
  return content_of(bio);
}

std::string pem_of(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "pem");
  return content_of(bio);
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate make_certificate(const Profile& profile, EVP_PKEY* subject_key, const X509_NAME* issuer) {
  Certificate certificate(X509_new());
  static long serial = 1;
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 86400L * profile.from_day);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400L * profile.to_day);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(profile.common_name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), issuer == nullptr ? subject : issuer);
  X509_set_pubkey(certificate.get(), subject_key);
  return certificate;
}

Identity make_identity(const Profile& profile, X509* issuer, EVP_PKEY* issuer_key) {
  const Key key = make_key();
  const Certificate certificate =
      make_certificate(profile, key.get(), issuer == nullptr ? nullptr : X509_get_subject_name(issuer));
  if (!profile.alternative_names.empty()) {
    add_extension(certificate.get(), issuer, NID_subject_alt_name, profile.alternative_names);
  }
  EVP_PKEY* signer = issuer_key == nullptr ? key.get() : issuer_key;
  require(X509_sign(certificate.get(), signer, EVP_sha256()) != 0, "signature");
  return {pem_of(certificate.get()), pem_of(key.get())};
}

}  // namespace

void FreeKey::operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
void FreeCertificate::operator()(X509* certificate) const noexcept { X509_free(certificate); }

Authority::Authority(const std::string& common_name) : key_(make_key()) {
  const Profile profile{common_name, "", -10, 365};
  certificate_ = make_certificate(profile, key_.get(), nullptr);
  add_extension(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate_.get(), certificate_.get(), NID_key_usage, "critical,keyCertSign");
  require(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) != 0, "signature");
}

Identity Authority::issue(const Profile& profile) const {
  return make_identity(profile, certificate_.get(), key_.get());
}

std::string Authority::certificate() const { return pem_of(certificate_.get()); }

Identity self_signed(const Profile& profile) { return make_identity(profile, nullptr, nullptr); }

TemporaryFile::TemporaryFile(const std::string& content) : path_("/tmp/imapferry-test-XXXXXX") {
  const int file = mkstemp(path_.data());
  require(file >= 0, "temporary file");
  const bool is_written = ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  ::close(file);
  require(is_written, "temporary file");
}

TemporaryFile::~TemporaryFile() { std::remove(path_.c_str()); }

}  // namespace imapferry::net::test
