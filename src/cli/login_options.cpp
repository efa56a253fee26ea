#include "cli/login_options.hpp"

#include "cli/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace imapferry::cli {

namespace {

core::Failure usage(std::string message) { return core::Failure{core::Fault::usage, std::move(message), {}}; }

constexpr std::array<std::string_view, 12> known_mechanisms = {
    "LOGIN", "PLAIN",   "CRAM-MD5",    "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256",
    "NTLM",  "XOAUTH2", "OAUTHBEARER", "EXTERNAL",   "PREAUTH",     "X-MASTERAUTH"};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

bool takes_token(std::string_view mechanism) { return mechanism == "XOAUTH2" || mechanism == "OAUTHBEARER"; }

/// Whether the exchange has a place for the name of somebody else.
bool takes_administrator(std::string_view mechanism) {
  return mechanism == "PLAIN" || mechanism == "DIGEST-MD5" || mechanism.starts_with("SCRAM-");
}

core::Result<std::string> mechanism_from(const ParsedOptions& options, Side side) {
  const std::string name = for_side("authmech", side);
  if (const auto given = options.text(name)) {
    std::string mechanism = upper(trimmed(*given));
    if (std::find(known_mechanisms.begin(), known_mechanisms.end(), mechanism) != known_mechanisms.end()) {
      return mechanism;
    }
    std::string list;
    for (const std::string_view known : known_mechanisms) list += (list.empty() ? "" : ", ") + std::string(known);
    return usage(fmt::format("--{}: expected one of {}, saw \"{}\"", name, list, core::printable(*given, 80)));
  }
  const auto own_md5 = options.flag(for_side("authmd5", side));
  if (own_md5 ? *own_md5 : options.flag("authmd5").value_or(false)) return std::string("CRAM-MD5");
  if (options.has(for_side("domain", side))) return std::string("NTLM");
  const bool has_administrator = options.has(for_side("authuser", side));
  const bool is_proxied = options.flag(for_side("proxyauth", side)).value_or(false);
  return std::string(has_administrator && !is_proxied ? "PLAIN" : "");
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

/// The option's value is a token, or the name of a file that holds one.
core::Result<void> set_token(const ParsedOptions& options, Side side, std::string_view option, config::LoginSpec& login,
                             const Surroundings& surroundings) {
  const std::string name = for_side(option, side);
  const auto given = options.secret(name);
  if (!given) return {};
  constexpr std::size_t largest = 64u << 10;
  constexpr std::size_t longest_path = 4096;
  const std::string_view value = given->reveal();
  const bool may_be_path = !value.empty() && value.size() < longest_path && value.find('\0') == std::string_view::npos;
  auto text = may_be_path ? surroundings.read_file(std::string(value), largest)
                          : core::Result<std::string>(core::Failure{core::Fault::input, "not a path", {}});
  if (text) {
    std::string line = text->substr(0, text->find('\n'));
    core::wipe(*text);
    const bool is_good = is_token(trimmed(line));
    core::wipe(line);
    // The file's name stays out of the message: a token may have been the name of a file by accident.
    if (!is_good) return usage(fmt::format("--{}: the first line of the file is no token", name));
    login.token_file = std::string(value);
    return {};
  }
  if (value.starts_with('/') || value.starts_with("./")) return text.error().within("--" + name);
  if (!is_token(value)) return usage(fmt::format("--{}: neither a token nor a file that can be read", name));
  login.token = *given;
  return {};
}

core::Result<void> check(const ParsedOptions& options, Side side, const config::LoginSpec& login) {
  const std::string authmech = for_side("authmech", side);
  const std::string authuser = for_side("authuser", side);
  if (login.has_token() && !login.mechanism.empty() && !takes_token(login.mechanism)) {
    return usage(fmt::format("--{} {} takes no OAuth2 token", authmech, login.mechanism));
  }
  if (login.is_token_whole && login.mechanism == "OAUTHBEARER") {
    return usage(fmt::format("--{} is a text for XOAUTH2, not for OAUTHBEARER", for_side("oauthdirect", side)));
  }
  if (login.use_proxyauth && login.administrator.empty()) {
    return usage(fmt::format("--{} needs --{}: who logs in?", for_side("proxyauth", side), authuser));
  }
  if (login.use_proxyauth && login.mechanism == "X-MASTERAUTH") {
    return usage(fmt::format("--{} and --{} X-MASTERAUTH exclude each other", for_side("proxyauth", side), authmech));
  }
  if (!login.domain.empty() && login.mechanism != "NTLM") {
    return usage(fmt::format("--{} is for NTLM, not for {}", for_side("domain", side), login.mechanism));
  }
  if (!login.administrator.empty() && !login.use_proxyauth && !takes_administrator(login.mechanism)) {
    return usage(fmt::format("--{} needs PLAIN, DIGEST-MD5 or SCRAM, which can log in for somebody else, or --{}",
                             authuser, for_side("proxyauth", side)));
  }
  if (options.has(authuser) && login.administrator.empty()) return usage(fmt::format("--{} is empty", authuser));
  if (login.administrator.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return usage(fmt::format("--{} holds a line end", authuser));
  }
  return {};
}

}  // namespace

core::Result<config::LoginSpec> login_from(const ParsedOptions& options, Side side, const Surroundings& surroundings) {
  config::LoginSpec login;
  auto mechanism = mechanism_from(options, side);
  if (!mechanism) return mechanism.error();
  login.mechanism = std::move(*mechanism);
  const std::string administrator = options.text(for_side("authuser", side)).value_or("");
  const bool is_cleaned = options.flag("sanitize").value_or(true);
  login.administrator = is_cleaned ? std::string(trimmed(administrator)) : administrator;
  login.use_proxyauth = options.flag(for_side("proxyauth", side)).value_or(false);
  login.falls_back = options.flag("trylogin").value_or(true);
  login.domain = options.text(for_side("domain", side)).value_or("");
  const std::string direct = for_side("oauthdirect", side);
  const std::string access = for_side("oauthaccesstoken", side);
  if (options.has(direct) && options.has(access)) {
    return usage(fmt::format("--{} and --{} exclude each other", direct, access));
  }
  login.is_token_whole = options.has(direct);
  for (const std::string_view option : {"oauthdirect", "oauthaccesstoken"}) {
    if (auto done = set_token(options, side, option, login, surroundings); !done) return done.error();
  }
  if (auto checked = check(options, side, login); !checked) return checked.error();
  return login;
}

}  // namespace imapferry::cli
