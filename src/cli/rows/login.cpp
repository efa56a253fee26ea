#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

std::vector<Section> login_rows() {
  return {
      {Group::login,
       Origin::imapsync,
       {
           valued("user#", text, "NAME", works, "Login name on the source (1) and destination (2)."),
           secret(valued("password#", text, "PASSWORD", works,
                         "Password; safer in --passfile1/2 or in the environment (IMAPFERRY_PASSWORD1/2, "
                         "IMAPSYNC_PASSWORD1/2).",
                         "asked for")),
           valued("passfile#", text, "FILE", works,
                  "File with the password in its first line; counts before the environment and --password1/2."),
           on_off("sanitize", works, works,
                  "Takes blanks and slashes out of host names, and blanks from around user names.", "on"),
           valued("authmech#", text, "NAME", works,
                  "How to log in: LOGIN, PLAIN, CRAM-MD5, DIGEST-MD5, SCRAM-SHA-1, SCRAM-SHA-256, NTLM, XOAUTH2, "
                  "OAUTHBEARER, EXTERNAL, X-MASTERAUTH (a Kerio's master password, for the user), or PREAUTH where the "
                  "server knows us already.",
                  "PLAIN or LOGIN, by what the server offers"),
           valued("authuser#", text, "NAME", works,
                  "Logs in with this administrator's name and password, for the user; by PLAIN unless --authmech1/2 "
                  "says otherwise."),
           on_off("authmd5", works, works, "Logs in with CRAM-MD5 on both sides."),
           on_off("authmd5#", works, works, "Logs in with CRAM-MD5."),
           on_off("trylogin", works, works,
                  "Tries LOGIN when the way to log in that was asked for fails; not with --authuser1/2, and not "
                  "where it would expose a password.",
                  "on"),
           valued("domain#", text, "DOMAIN", works, "Domain for a login with NTLM, which it asks for."),
           on_off("proxyauth#", works, works,
                  "Logs in as --authuser1/2 and becomes the user by PROXYAUTH (Sun, iPlanet)."),
           secret(valued("oauthdirect#", text, "TEXT", works,
                         "Logs in with this ready-made XOAUTH2 text, or that in the first line of this file.")),
           secret(valued("oauthaccesstoken#", text, "TOKEN", works,
                         "Logs in with this OAuth2 token, or that in the first line of this file, which is read "
                         "anew before each login.")),
           because("Passwords are never shown, nor written to a log.",
                   on_off("showpasswords", ignored, inherent, "Shows passwords in the log.")),
       }}};
}

}  // namespace imapferry::cli
