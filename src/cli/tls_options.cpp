#include "cli/tls_options.hpp"

#include "cli/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace imapferry::cli {

namespace {

core::Failure usage(std::string message) { return core::Failure{core::Fault::usage, std::move(message), {}}; }

core::Failure unexpected(std::string_view option, std::string_view key, std::string_view expected,
                         std::string_view value) {
  return usage(fmt::format("--{}: {}: expected {}, saw \"{}\"", option, key, expected, core::printable(value, 80)));
}

struct Version {
  std::string_view name;  ///< in lower case, without '_' and '.'
  int number;
};
constexpr Version versions[] = {{"tlsv1", 10}, {"tlsv10", 10}, {"tlsv11", 11}, {"tlsv12", 12}, {"tlsv13", 13}};

/// 10 to 13, or 0 for what is no version of TLS.
int version_of(std::string_view name) {
  std::string plain = lower(name);
  std::erase_if(plain, [](char c) { return c == '_' || c == '.'; });
  for (const Version& version : versions) {
    if (version.name == plain) return version.number;
  }
  return 0;
}

/// "TLSv1_2" is just that one; "SSLv23:!TLSv1_2" all but that one; what SSL can do without TLS nobody does any more.
core::Result<void> set_versions(std::string_view option, const std::string& text, config::TlsSpec& tls) {
  std::array<bool, 14> is_allowed{};
  const std::vector<std::string_view> words = split(text, ':');
  const auto names_all = [](std::string_view word) { return lower(word) == "sslv23" || lower(word) == "tls"; };
  const bool has_positive = std::any_of(
      words.begin(), words.end(), [&](std::string_view word) { return !word.starts_with('!') && !names_all(word); });
  for (const int version : {12, 13}) is_allowed[static_cast<std::size_t>(version)] = !has_positive;
  constexpr std::string_view expected = "TLS versions like TLSv1_2, SSLv23 or SSLv23:!TLSv1_3";
  for (std::string_view word : words) {
    const bool is_excluded = word.starts_with('!');
    if (is_excluded) word.remove_prefix(1);
    if (names_all(word) && !is_excluded) continue;
    const bool is_old = lower(word) == "sslv2" || lower(word) == "sslv3";
    if (is_old && is_excluded) continue;
    const int version = version_of(word);
    if (is_old)
      return usage(fmt::format("--{}: {} is broken, and nobody speaks it any more", option, core::printable(word)));
    if (version == 0) return unexpected(option, "SSL_version", expected, text);
    is_allowed[static_cast<std::size_t>(version)] = !is_excluded;
  }
  const auto first = std::find(is_allowed.begin(), is_allowed.end(), true);
  const auto last = std::find(is_allowed.rbegin(), is_allowed.rend(), true);
  if (words.empty() || first == is_allowed.end()) return unexpected(option, "SSL_version", expected, text);
  tls.lowest_version = static_cast<int>(first - is_allowed.begin());
  tls.highest_version = static_cast<int>(is_allowed.rend() - last) - 1;
  if (std::count(is_allowed.begin(), is_allowed.end(), true) != tls.highest_version - tls.lowest_version + 1) {
    return usage(fmt::format("--{}: versions of TLS with a gap between them", option));
  }
  return {};
}

/// "sha256$00:11:..." in lower case without colons, or nothing for what is no such thing.
std::string fingerprint_from(std::string_view text) {
  const std::size_t dollar = text.find('$');
  if (dollar == std::string_view::npos) return {};
  const std::string algorithm = lower(text.substr(0, dollar));
  std::string digits = lower(text.substr(dollar + 1));
  const bool is_of_key = digits.starts_with("pub$");
  if (is_of_key) digits.erase(0, 4);
  std::erase(digits, ':');
  const std::size_t length = algorithm == "sha256" ? 64 : algorithm == "sha384" ? 96 : algorithm == "sha512" ? 128 : 0;
  const bool is_hex = std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (length == 0 || digits.size() != length || !is_hex || is_of_key) return {};
  return algorithm + "$" + digits;
}

core::Result<void> add_fingerprints(std::string_view option, const std::string& text, config::TlsSpec& tls) {
  for (const std::string_view part : split(text, ',')) {
    std::string fingerprint = fingerprint_from(trimmed(part));
    if (fingerprint.empty()) {
      return unexpected(option, "SSL_fingerprint", "sha256$ and the certificate's digest in hexadecimal digits", part);
    }
    tls.fingerprints.push_back(std::move(fingerprint));
  }
  if (tls.fingerprints.empty()) return unexpected(option, "SSL_fingerprint", "a fingerprint", text);
  return {};
}

core::Result<void> set_verify_mode(std::string_view option, const std::string& value, config::TlsSpec& tls) {
  const bool is_off = value == "0" || value == "SSL_VERIFY_NONE";
  if (!is_off && value != "1" && value != "SSL_VERIFY_PEER")
    return unexpected(option, "SSL_verify_mode", "0 or 1", value);
  tls.verify_certificate = !is_off;
  return {};
}

core::Result<void> set(std::string_view option, const std::string& key, const std::string& value,
                       config::TlsSpec& tls) {
  const std::pair<std::string_view, std::string config::TlsSpec::*> texts[] = {
      {"SSL_ca_file", &config::TlsSpec::ca_file},        {"SSL_ca_path", &config::TlsSpec::ca_path},
      {"SSL_cipher_list", &config::TlsSpec::ciphers},    {"SSL_cert_file", &config::TlsSpec::certificate_file},
      {"SSL_key_file", &config::TlsSpec::key_file},      {"SSL_verifycn_name", &config::TlsSpec::expected_name},
      {"SSL_hostname", &config::TlsSpec::expected_name},
  };
  if (key == "SSL_verify_mode") return set_verify_mode(option, value, tls);
  if (key == "SSL_version") return set_versions(option, value, tls);
  if (key == "SSL_fingerprint") return add_fingerprints(option, value, tls);
  for (const auto& [name, place] : texts) {
    if (name != key) continue;
    if (value.empty()) return usage(fmt::format("--{}: {} is empty", option, key));
    tls.*place = value;
    return {};
  }
  return usage(fmt::format("--{}: imapferry does not have {}", option, core::printable(key, 80)));
}

}  // namespace

core::Result<config::TlsSpec> tls_from(const ParsedOptions& options, Side side, std::vector<std::string>& warnings) {
  config::TlsSpec tls;
  const std::string version = for_side("ssl", side) + "_ssl_version";
  if (const auto given = options.text(version)) {
    if (auto done = set_versions(version, *given, tls); !done) return done.error();
  }
  const std::string name = for_side("sslargs", side);
  for (const auto& [key, value] : options.pairs(name)) {
    if (auto done = set(name, key, value, tls); !done) return done.error();
  }
  if (tls.certificate_file.empty() != tls.key_file.empty() && tls.certificate_file.empty()) {
    return usage(fmt::format("--{}: SSL_key_file needs SSL_cert_file", name));
  }
  if (!tls.verify_certificate && tls.fingerprints.empty()) {
    warnings.push_back(fmt::format("--{}: the certificate of {} is not checked", name, for_side("host", side)));
  }
  if (tls.lowest_version < 12) {
    warnings.push_back(fmt::format("{}: versions of TLS older than 1.2 do not protect well", for_side("host", side)));
  }
  return tls;
}

}  // namespace imapferry::cli
