#include "net/certificate.hpp"

#include "core/failure.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <vector>

namespace imapferry::net {

namespace {

constexpr std::size_t name_limit = 100;
constexpr std::size_t names_shown = 4;

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};

std::string quoted(std::string_view name) { return fmt::format("\"{}\"", core::printable(name, name_limit)); }

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// The common name, or the whole name where there is none.
std::string short_name(const X509_NAME* name) {
  const int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (index >= 0) return quoted(bytes_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index))));
  char line[256];
  if (X509_NAME_oneline(name, line, sizeof line) == nullptr) return "?";
  return quoted(line);
}

std::string address_text(std::string_view bytes) {
  boost::asio::ip::address_v4::bytes_type v4;
  boost::asio::ip::address_v6::bytes_type v6;
  if (bytes.size() == v4.size()) {
    std::copy(bytes.begin(), bytes.end(), v4.begin());
    return boost::asio::ip::make_address_v4(v4).to_string();
  }
  if (bytes.size() == v6.size()) {
    std::copy(bytes.begin(), bytes.end(), v6.begin());
    return boost::asio::ip::make_address_v6(v6).to_string();
  }
  return "?";
}

/// The hosts that a certificate is for: its alternative names, or its common name where it has none (RFC 6125).
std::vector<std::string> hosts_of(const X509* certificate) {
  std::vector<std::string> hosts;
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) hosts.push_back(quoted(bytes_of(name->d.dNSName)));
    if (name->type == GEN_IPADD) hosts.push_back(address_text(bytes_of(name->d.iPAddress)));
  }
  if (hosts.empty()) hosts.push_back(short_name(X509_get_subject_name(certificate)));
  return hosts;
}

std::string joined(const std::vector<std::string>& hosts) {
  const std::size_t shown = std::min(hosts.size(), names_shown);
  const std::string text =
      fmt::format("{}", fmt::join(hosts.begin(), hosts.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  return shown < hosts.size() ? fmt::format("{} and {} more", text, hosts.size() - shown) : text;
}

std::string date_text(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min);
}

}  // namespace

std::string describe_refusal(X509_STORE_CTX& verification, std::string_view host) {
  const int code = X509_STORE_CTX_get_error(&verification);
  const X509* certificate = X509_STORE_CTX_get_current_cert(&verification);
  const std::string reason = X509_verify_cert_error_string(code);
  if (certificate == nullptr) return fmt::format("the certificate is not trusted: {}", reason);
  const std::string subject = short_name(X509_get_subject_name(certificate));
  switch (code) {
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    return fmt::format("the certificate is for {}, not for {}", joined(hosts_of(certificate)), core::printable(host));
  case X509_V_ERR_CERT_HAS_EXPIRED:
    return fmt::format("the certificate of {} expired on {}", subject, date_text(X509_get0_notAfter(certificate)));
  case X509_V_ERR_CERT_NOT_YET_VALID:
    return fmt::format("the certificate of {} is not valid before {}", subject,
                       date_text(X509_get0_notBefore(certificate)));
  default:
    return fmt::format("the certificate is not trusted: {} (subject {}, issuer {})", reason, subject,
                       short_name(X509_get_issuer_name(certificate)));
  }
}

std::string fingerprint_of(const X509* certificate, std::string_view algorithm) {
  const std::string name(algorithm);
  const EVP_MD* digest = EVP_get_digestbyname(name.c_str());
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (digest == nullptr || X509_digest(certificate, digest, bytes, &length) != 1) return {};
  std::string text = name + "$";
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

}  // namespace imapferry::net
