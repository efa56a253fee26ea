#pragma once

#include <boost/system/result.hpp>

#include <exception>
#include <string>
#include <string_view>

namespace imapferry::core {

/// What kind of thing went wrong. It decides what may be retried and which exit code a run ends with.
enum class Fault {
  usage,           ///< the command line or a users file asks for something that cannot be
  input,           ///< a file that we were told to read is missing or malformed
  connect,         ///< no connection could be made: name, port, network
  tls,             ///< the TLS handshake failed, or protection was expected and is not there
  certificate,     ///< the server's certificate is not trusted or names another host
  authentication,  ///< the server refused the login
  protocol,        ///< the server sent something that is not IMAP, or broke one of our bounds
  timeout,         ///< nothing moved for as long as we were willing to wait
  closed,          ///< the connection ended before its work was done
  unavailable,     ///< the server asks to come back later: [UNAVAILABLE], [INUSE], [LIMIT], too many connections
  busy,            ///< another process of ours works on it
  root,            ///< the source does not have the folder below which everything is to be copied (--subfolder1)
  create,          ///< a mailbox could not be created, or its name cannot exist there
  select,          ///< a mailbox could not be opened
  fetch,           ///< a message could not be read
  append,          ///< the destination refused a message
  quota,           ///< the destination has no room left
  flags,           ///< flags could not be set
  labels,          ///< Gmail's labels could not be read or set
  deletion,        ///< messages that were to be deleted were not
  rights,          ///< an access control list could not be read or set
  cancelled,       ///< stopped by the user
  internal,        ///< a defect of ours
};

/// A failure as a value: what happened in our words, and apart from it what the server said.
struct Failure {
  Fault fault = Fault::internal;
  std::string message;      ///< one clause, lower case, no final stop, never a secret
  std::string server_text;  ///< the server's words, as received; escaped only when shown

  /// The same failure seen from one level further out: "folder INBOX: <message>".
  [[nodiscard]] Failure within(std::string_view context) const;
  /// One line for people: the message, then the server's words, made printable, in quotes.
  [[nodiscard]] std::string describe() const;
};

/// Whether trying again on a new connection may help.
[[nodiscard]] bool is_transient(Fault fault) noexcept;

/// A lower-case word for logs and tests: "connect", "tls", ...
[[nodiscard]] std::string_view name_of(Fault fault) noexcept;

/// Server text made safe to print: control characters and invalid UTF-8 escaped, cut at `limit` bytes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 300);

/// A failure thrown: only where a connection is lost or a run cannot go on; refusals are values.
class Error : public std::exception {
 public:
  explicit Error(Failure failure);
  Error(Fault fault, std::string message, std::string server_text = {});
  [[nodiscard]] const Failure& failure() const noexcept { return failure_; }
  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

 private:
  Failure failure_;
  std::string what_;
};

template <class T>
using Result = boost::system::result<T, Failure>;

/// Found by argument-dependent lookup when Result::value() is called on a failure.
[[noreturn]] void throw_exception_from_error(const Failure& failure, const boost::source_location&);

}  // namespace imapferry::core
