#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

constexpr double longest_timeout = 1e6;

}  // namespace

std::vector<Section> servers_rows() {
  return {
      {Group::servers,
       Origin::imapsync,
       {
           valued("host#", text, "HOST", works, "Name or address of the source (1) and destination (2) server."),
           within(1, 65535,
                  valued("port#", integer, "PORT", works, "Port to connect to; no other one is tried then.",
                         "993, else 143")),
           on_off("ssl#", works, works, "TLS from the first byte, on port 993 unless another one is given.",
                  "automatic"),
           on_off("tls#", works, works, "STARTTLS, on port 143 unless another one is given.", "when offered"),
           on_off("sslcheck", works, works, "Tries port 993 first when neither port nor protection is given.", "on"),
           valued("sslargs#", pairs, "KEY=VALUE", works,
                  "TLS settings, by the names of Perl's IO::Socket::SSL: SSL_verify_mode=0 or 1, SSL_ca_file=FILE, "
                  "SSL_ca_path=FOLDER, SSL_fingerprint=sha256$HEX, SSL_version, SSL_cipher_list, SSL_cert_file=FILE, "
                  "SSL_key_file=FILE, SSL_verifycn_name=HOST; may be repeated.",
                  "SSL_verify_mode=1"),
           valued("ssl#_ssl_version", text, "VERSION", works,
                  "TLS versions to allow, as SSL_version: TLSv1_2 for just that one, SSLv23:!TLSv1_2 for all but that "
                  "one.",
                  "1.2 and later"),
           on_off("inet4|ipv4", works, works, "Connects by IPv4 only."),
           on_off("inet6|ipv6", works, works, "Connects by IPv6 only."),
           within(0, longest_timeout,
                  valued("timeout", number, "SECONDS", works,
                         "How long nothing may move on a connection; 0 is without limit.", "120")),
           within(0, longest_timeout,
                  valued("timeout#", number, "SECONDS", works, "The same for the source (1) or destination (2) alone.",
                         "--timeout")),
           on_off("id", works, works, "Tells the servers our name and version, and asks for theirs.", "on"),
           on_off("keepalive#", works, works, "Lets the system check idle connections.", "on"),
           on_off("compress#", works, works,
                  "Compresses what travels (COMPRESS=DEFLATE), where the server can; for slow lines."),
           within(0, 1e6,
                  valued("reconnectretry#", integer, "N", works,
                         "How often a lost connection is made anew, in a row, without anything being achieved.", "5")),
           on_off("gmail#", works, inherent, "Settings for Gmail as source (1) or destination (2)."),
           on_off("office#", works, inherent, "Settings for Office 365 as source (1) or destination (2)."),
           on_off("exchange1", inherent, inherent, "Settings for Exchange as source; there are none."),
           on_off("exchange2", works, inherent, "Settings for Exchange as destination."),
           on_off("domino#", works, inherent, "Settings for Domino as source (1) or destination (2)."),
       }}};
}

}  // namespace imapferry::cli
