#pragma once

#include "config/message_rules.hpp"
#include "core/failure.hpp"
#include "imap/proto/uid_set.hpp"
#include "regex/predicate.hpp"
#include "regex/substitution.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::sync {

/// A message on its way through the rules.
struct ChangingMessage {
  enum class Fate {
    goes_on,
    left_out,  ///< a rule says so; `reason` names it
    refused,   ///< it could not be changed as asked for; `failure` says why
  };
  imap::proto::Uid uid = 0;  ///< on the source
  std::string text;
  bool needs_id = false;       ///< it came without any of the header lines that recognise a message
  bool has_long_line = false;  ///< longer than --maxlinelength takes
  Fate fate = Fate::goes_on;
  std::string reason;
  core::Failure failure;
  std::string changed_by;  ///< the options that made it another one: "--regexmess, --addheader"

  void leave_out(std::string why);
  void refuse(core::Failure why);
  void note_change(std::string_view option);
};

/// What --skipmess, --regexmess, --disarmreadreceipts, --addheader, --truncmess and the rules about line lengths make
/// of a message. Pure; the commands of --pipemess run between begin() and finish(), imapsync's order. May be used by
/// several threads at once.
class MessageChange {
 public:
  /// `variables` may be named in the expressions. Fails (Fault::usage) with the option and what is wrong with its
  /// value.
  static core::Result<MessageChange> compile(const config::MessageRules& rules, const regex::Variables& variables);

  /// The names that expressions may use; the values are those of one mailbox pair.
  static regex::Variables variables(std::string_view user1, std::string_view user2, std::string_view folder1,
                                    std::string_view folder2);

  /// --skipmess and --regexmess. `most` bounds what the message may grow to.
  void begin(ChangingMessage& message, std::size_t most) const;
  /// --disarmreadreceipts, --addheader, --truncmess, --maxlinelength and --minmaxlinelength. Where there is a
  /// --maxlinelengthcmd, it is left to the caller to send a message that has_long_line through it.
  void finish(ChangingMessage& message) const;
  /// What is changed goes out with CRLF at the end of each line, as all that imapsync sends.
  static void seal(ChangingMessage& message);

 private:
  MessageChange() = default;
  void truncate(ChangingMessage& message) const;
  void look_at_lines(ChangingMessage& message) const;

  config::MessageRules rules_;
  std::vector<regex::Predicate> skip_;
  std::vector<regex::Substitution> substitutions_;
};

/// The length of the longest line, its line end included.
[[nodiscard]] std::uint64_t longest_line(std::string_view text) noexcept;

/// "Message-Id: <UID@imapsync>", without a line end: what --addheader puts before a message.
[[nodiscard]] std::string added_id(imap::proto::Uid uid);

/// Whether a header has none of the lines that recognise a message, not even an empty one.
[[nodiscard]] bool lacks_id(std::string_view header);

/// "X-" before each line of the header that asks for a read receipt. Whether there was one.
bool disarm_read_receipts(std::string& message);

}  // namespace imapferry::sync
