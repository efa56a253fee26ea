#pragma once

#include "core/failure.hpp"
#include "regex/variables.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::regex {

/// Perl's operators that change a text, as imapsync's options take them: s/a/b/gimsx and tr/a-z/A-Z/cds (y///), with
/// any delimiters, several of them with ";" between. Texts are bytes.
///
/// A replacement knows $1 ${1} \1 $& $` $' $+{name}, \U \L \Q \E \u \l, \n \t \x0d \x{0d} \015 and other escapes. A
/// variable is inserted into a replacement as text and into a pattern as a pattern; \Q$name\E takes it literally.
/// Of code (s///e) there is what imapsync's own examples use: strings, $1, defined, ?:, "." and uc, lc, ucfirst,
/// lcfirst. Any other Perl code is refused. "@" means itself. With /r an operator leaves the text as it is, as in
/// imapsync.
///
///     auto change = Substitution::parse("s,^Sent$,${h2_prefix}Sent Items,", {{"h2_prefix", "INBOX."}});
///     core::Result<std::string> name = change->apply("Sent");
class Substitution {
 public:
  /// Fails (Fault::usage) with the expression, the position in it and what is wrong there.
  static core::Result<Substitution> parse(std::string_view expression, const Variables& variables = {});

  /// The text as changed. Fails (Fault::usage) when that takes more steps, time or memory than a sensible expression
  /// needs.
  [[nodiscard]] core::Result<std::string> apply(std::string_view text) const;

  /// The same in place; whether it is another text now. `most` bounds its new size.
  [[nodiscard]] core::Result<bool> change(std::string& text, std::size_t most = default_most) const;

  [[nodiscard]] const std::string& expression() const noexcept { return expression_; }

  static constexpr std::size_t default_most = std::size_t{256} << 20;

  /// One operator.
  class Operator {
   public:
    virtual ~Operator() = default;
    [[nodiscard]] virtual core::Result<bool> change(std::string& text, std::size_t most) const = 0;
  };

 private:
  Substitution() = default;

  std::string expression_;
  std::vector<std::shared_ptr<const Operator>> operators_;
};

/// Several, each on what the one before has left (as with an option that is given more than once).
[[nodiscard]] core::Result<std::string> apply_all(const std::vector<Substitution>& substitutions,
                                                  std::string_view text);

}  // namespace imapferry::regex
