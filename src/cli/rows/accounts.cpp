#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

std::vector<Section> accounts_rows() {
  return {
      {Group::accounts,
       Origin::own,
       {
           valued("usersfile", text, "FILE", works, "Accounts to copy, a line each: user1;password1;user2;password2."),
           within(1, 100'000, valued("maxaccounts", integer, "N", works, "Accounts in work at once.", "32")),
       }}};
}

}  // namespace imapferry::cli
