#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

std::vector<Section> login_rows() {
  return {{Group::login,
           Origin::imapsync,
           {
               valued("user#", text, "NAME", works, "Login name on the source (1) and destination (2)."),
               secret(valued("password#", text, "PASSWORD", works,
                             "Password; safer in --passfile1/2 or in the environment (IMAPSYNC_PASSWORD1/2).",
                             "asked for")),
               valued("passfile#", text, "FILE", works,
                      "File with the password in its first line; counts before the environment and --password1/2."),
               on_off("sanitize", works, works,
                      "Takes blanks and slashes out of host names, and blanks from around user names.", "on"),
               valued("authmech#", text, "NAME", missing, "How to log in.", "what the server offers", "LOGIN|PLAIN"),
               valued("authuser#", text, "NAME", missing, "Logs in with this administrator's name and password."),
               on_off("authmd5", missing, inherent, "Logs in with CRAM-MD5 on both sides."),
               on_off("authmd5#", missing, inherent, "Logs in with CRAM-MD5."),
               on_off("trylogin", inherent, ignored, "Tries LOGIN when another way to log in fails.", "on"),
               valued("domain#", text, "DOMAIN", missing, "Domain for a login with NTLM."),
               on_off("proxyauth#", missing, inherent, "Logs in with PROXYAUTH."),
               secret(valued("oauthdirect#", text, "TEXT", missing,
                             "Logs in with this ready-made XOAUTH2 text, or the file that holds it.")),
               secret(valued("oauthaccesstoken#", text, "TOKEN", missing,
                             "Logs in with this OAuth2 token, or the file that holds it.")),
               because("Passwords are never shown, nor written to a log.",
                       on_off("showpasswords", ignored, inherent, "Shows passwords in the log.")),
           }}};
}

}  // namespace imapferry::cli
