#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>

namespace imapferry::net {

/// Why the certificate that is just being verified was refused, as a clause: "the certificate expired on 2020-01-31
/// ...". To be called from OpenSSL's verify callback, because after a refusal OpenSSL no longer has the certificate.
/// `host` is the name that was asked for. Names out of the certificate are made printable and cut.
std::string describe_refusal(X509_STORE_CTX& verification, std::string_view host);

/// "sha256$" and the digest of a certificate in hexadecimal digits; `algorithm` is a name of OpenSSL's. Empty where
/// there is no such algorithm.
std::string fingerprint_of(const X509* certificate, std::string_view algorithm);

}  // namespace imapferry::net
