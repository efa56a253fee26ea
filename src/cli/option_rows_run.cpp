#include "cli/option_rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

constexpr double kib = 1024;
constexpr double mib = kib * kib;
constexpr double gib = kib * mib;
constexpr double longest_timeout = 1e6;

Section general() {
  return {Group::general,
          Origin::imapsync,
          {
              command("help", works, "Shows this text."),
              command("version", works, "Shows the version."),
              on_off("dry", works, works, "Changes nothing on either side, and says what would be done."),
              on_off("dry1", inherent, inherent, "Changes nothing on the source; imapferry never does."),
              on_off("justconnect", works, works,
                     "Connects, says what the servers are, and stops; also when no user is named."),
              on_off("justlogin", missing, inherent, "Logs in on both sides and stops."),
              on_off("justfolders", works, works, "Creates the folders and copies no message."),
              on_off("justfoldersizes", works, works, "Counts and weighs the folders of both sides and stops."),
              on_off("justbanner", missing, inherent, "Shows versions and the like and stops."),
              on_off("justfolderlists", missing, inherent, "Lists the folders of both sides and stops."),
              on_off("justautomap", missing, inherent, "Shows what --automap would do and stops."),
          }};
}

Section servers() {
  return {Group::servers,
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
                     "TLS settings: SSL_verify_mode=0 or 1, SSL_ca_file=FILE; may be repeated.", "SSL_verify_mode=1"),
              valued("ssl#_ssl_version", text, "VERSION", ignored, "TLS versions to allow.", "1.2 and later"),
              on_off("inet4|ipv4", works, works, "Connects by IPv4 only."),
              on_off("inet6|ipv6", works, works, "Connects by IPv6 only."),
              within(0, longest_timeout,
                     valued("timeout", number, "SECONDS", works,
                            "How long nothing may move on a connection; 0 is without limit.", "120")),
              within(0, longest_timeout,
                     valued("timeout#", number, "SECONDS", works,
                            "The same for the source (1) or destination (2) alone.", "--timeout")),
              on_off("id", works, works, "Tells the servers our name and version, and asks for theirs.", "on"),
              on_off("keepalive#", inherent, ignored, "Lets the system check idle connections.", "on"),
              on_off("compress#", ignored, inherent, "Compresses what travels."),
              within(0, 1e6,
                     valued("reconnectretry#", integer, "N", works,
                            "How often a lost connection is made anew, in a row, without anything being achieved.", "5")),
              on_off("gmail#", missing, inherent, "Settings for Gmail as source (1) or destination (2)."),
              on_off("office#", missing, inherent, "Settings for Office 365 as source (1) or destination (2)."),
              on_off("exchange1", inherent, inherent, "Settings for Exchange as source; there are none."),
              on_off("exchange2", missing, inherent, "Settings for Exchange as destination."),
              on_off("domino#", missing, inherent, "Settings for Domino as source (1) or destination (2)."),
          }};
}

Section login() {
  return {
      Group::login,
      Origin::imapsync,
      {
          valued("user#", text, "NAME", works, "Login name on the source (1) and destination (2)."),
          secret(valued("password#", text, "PASSWORD", works,
                        "Password; safer in --passfile1/2 or in the environment (IMAPSYNC_PASSWORD1/2).", "asked for")),
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
          on_off("showpasswords", ignored, inherent, "Shows passwords; imapferry never does."),
      }};
}

Section accounts() {
  return {
      Group::accounts,
      Origin::own,
      {
          valued("usersfile", text, "FILE", works, "Accounts to copy, a line each: user1;password1;user2;password2."),
          within(1, 100'000, valued("maxaccounts", integer, "N", works, "Accounts in work at once.", "32")),
      }};
}

Section own_speed() {
  return {Group::speed,
          Origin::own,
          {
              within(1, 10'000,
                     valued("maxconnections#", integer, "N", works,
                            "Connections at once to the source (1) and destination (2), all accounts together.", "64")),
              within(1, 64,
                     valued("lanes", integer, "N", works,
                            "Pairs of connections that work on one account at once, at most.", "4")),
              within(1 * mib, 1024 * gib,
                     valued("memory", size, "SIZE", works,
                            "The memory to work with, about; three eighths of it are for messages in transit, all "
                            "accounts together.",
                            "64M")),
              within(1, 10'000,
                     valued("batchmessages", integer, "N", works,
                            "Messages sent in one APPEND where the server takes several.", "100")),
              within(4 * kib, gib,
                     valued("batchbytes", size, "SIZE", works, "The same in bytes; a sixteenth of --memory at most.",
                            "4M")),
          }};
}

Section speed() {
  return {
      Group::speed,
      Origin::imapsync,
      {
          valued("maxmessagespersecond", number, "N", missing, "Messages to copy per second at most.", "0, no limit",
                 "0"),
          valued("maxbytespersecond", integer, "N", missing, "Bytes to copy per second at most.", "0, no limit", "0"),
          valued("maxbytesafter", integer, "BYTES", ignored, "From when on --maxbytespersecond counts."),
          valued("maxsleep", number, "SECONDS", ignored, "The longest pause for the sake of these limits."),
          valued("exitwhenover", integer, "BYTES", missing, "Stops when that much was copied."),
          valued("split#", integer, "N", ignored, "Messages named in one command."),
          valued("buffersize", integer, "BYTES", ignored, "How much is read from a connection at a time."),
          on_off("fastio#", ignored, inherent, "A faster way to read connections."),
      }};
}

Section own_state() {
  return {Group::state,
          Origin::own,
          {
              on_off("state", works, works,
                     "Remembers what was copied, so that the next run costs what has changed; --nostate does without.",
                     "on"),
              valued("statedir", text, "DIR", works, "Where that is kept: one file for all accounts.",
                     "$XDG_STATE_HOME/imapferry"),
              valued("knownas#", text, "NAME", works,
                     "The name under which the source (1) or destination (2) is remembered: for a server that is reached "
                     "by another address than before.",
                     "--host# and, where it is given, --port#"),
              on_off("wait", works, works, "Waits for accounts that another process works on."),
              on_off("status", works, works, "Shows what is remembered of every account, and stops."),
              on_off("json", works, works, "The same for programs."),
          }};
}

Section own_output() {
  return {Group::output,
          Origin::own,
          {
              valued("progress", choice, "HOW", works,
                     "How progress is shown: auto, live (rewritten in place), plain (a line now and then) or none.",
                     "auto", "auto|live|plain|none"),
          }};
}

Section output() {
  return {Group::output,
          Origin::imapsync,
          {
              on_off("log", ignored, inherent, "Writes a log file."),
              valued("logfile", text, "FILE", ignored, "Name of the log file."),
              valued("logdir", text, "DIR", ignored, "Directory of the log file."),
              valued("errorsmax", integer, "N", ignored, "Stops after that many errors."),
              on_off("errorsdump", inherent, ignored, "Lists the errors at the end.", "on"),
              on_off("emailreport#", ignored, inherent,
                     "Puts a report into the INBOX of the source (1) or destination (2)."),
              valued("emailreportfrom", text, "ADDRESS", ignored, "Sender of that report."),
              on_off("releasecheck", ignored, inherent, "Looks for a newer version; imapferry never calls home."),
              on_off("modulesversion|modules_version", inherent, inherent, "Shows the versions of Perl modules."),
              valued("var", list, "KEY=VALUE", ignored, "Values that are written to the log."),
          }};
}

Section process() {
  return {
      Group::process,
      Origin::imapsync,
      {
          valued("pidfile", text, "FILE", ignored, "File that holds the number of the process."),
          on_off("pidfilelocking", missing, inherent, "Refuses to start when the pid file names a running process."),
          valued("tmpdir", text, "DIR", ignored, "Directory for temporary files."),
          on_off("abort", missing, inherent, "Stops the run that the pid file names."),
          on_off("abortbyfile", missing, inherent, "Stops the run that the pid file names, by a file beside it."),
          on_off("tail", missing, inherent, "Shows the log of the run that the pid file names."),
          valued("sigexit", list, "SIGNAL", ignored, "Signals that end the run."),
          valued("sigreconnect", list, "SIGNAL", ignored, "Signals that make it reconnect."),
          valued("sigignore", list, "SIGNAL", ignored, "Signals to ignore."),
          on_off("exitonload", ignored, inherent, "Stops when the machine is busy."),
          on_off("dockercontext", ignored, inherent, "Behaves as in a container."),
      }};
}

Section debugging() {
  return {Group::debugging,
          Origin::imapsync,
          {
              on_off("debug", ignored, inherent, "Shows a trace of everything."),
              on_off("debugimap", ignored, inherent, "Shows what travels on both sides."),
              on_off("debugimap#", ignored, inherent, "Shows what travels on one side."),
              on_off("debuglist", ignored, inherent, "Shows lists of message numbers."),
              on_off("debugcontent", ignored, inherent, "Shows the contents of messages."),
              valued("debugsleep", number, "SECONDS", ignored, "Sleeps for a while."),
              on_off("debugflags", ignored, inherent, "Shows how flags are changed."),
              on_off("debugdev", ignored, inherent, "Shows internals."),
              on_off("debugmemory", ignored, inherent, "Shows the memory in use."),
              on_off("debugfolders", ignored, inherent, "Shows how folders are mapped."),
              within(0, 4, valued("debugssl", integer, "LEVEL", ignored, "Shows what TLS does.")),
              on_off("debugcgi", ignored, inherent, "Shows the CGI context."),
              on_off("debugenv", ignored, inherent, "Shows the environment."),
              on_off("debugsig", ignored, inherent, "Shows signals."),
              on_off("debuglabels", ignored, inherent, "Shows Gmail's labels."),
              on_off("debugcache", ignored, inherent, "Shows the cache."),
              on_off("debugmaxlinelength", ignored, inherent, "Shows the longest lines."),
              on_off("debugcrossduplicates", ignored, inherent, "Shows messages that are in several folders."),
              on_off("memorystress", ignored, inherent, "Uses up memory."),
              valued("simulong", number, "SECONDS", missing, "Pretends to work for a while."),
              on_off("tests", missing, inherent, "Runs imapsync's own tests."),
              on_off("testsdebug|tests_debug", missing, inherent, "Runs imapsync's tests that are being written."),
              on_off("testslive", missing, inherent, "Runs imapsync's tests on a server of its author."),
              on_off("testslive6", missing, inherent, "The same by IPv6."),
              valued("testsunit", list, "NAME", missing, "Runs one of imapsync's own tests."),
          }};
}

Section of_version_1() {
  return {Group::process,
          Origin::old_imapsync,
          {
              on_off("fast", ignored, inherent, "An option of imapsync 1.592 without effect."),
              valued("relogin#", integer, "N", ignored, "Messages after which imapsync 1.592 logged in again."),
              on_off("allow3xx", ignored, inherent, "An option of imapsync 1.592 for old Perl modules."),
          }};
}

}  // namespace

std::vector<Section> run_sections() {
  return {general(),    servers(),   login(),  accounts(), own_speed(), speed(),
          own_output(), own_state(), output(), process(),  debugging(), of_version_1()};
}

}  // namespace imapferry::cli
