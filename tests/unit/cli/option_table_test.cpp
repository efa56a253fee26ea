#include "cli/option_table.hpp"
#include "cli/words.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace imapferry::cli {

namespace {

/// Every option of imapsync 2.229 with its other spellings.
constexpr std::string_view imapsync_names =
    "abletosearch abletosearch1 abletosearch2 abort abortbyfile addheader allowsizemismatch appendlimit authmd5 "
    "authmd51 authmd52 authmech1 authmech2 authuser1 authuser2 automap buffersize cacheaftercopy checkfoldersexist "
    "checkmessageexists checknoabletosearch checkselectable compress1 compress2 create_folder_old debug debugcache "
    "debugcgi debugcontent debugcrossduplicates debugdev debugenv debugflags debugfolders debugimap debugimap1 "
    "debugimap2 debuglabels debuglist debugmaxlinelength debugmemory debugsig debugsleep debugssl delete delete1 "
    "delete1emptyfolders delete2 delete2duplicates delete2folders delete2foldersbutnot delete2foldersonly "
    "disarmreadreceipts dockercontext domain1 domain2 domino1 domino2 dry dry1 emailreport1 emailreport2 "
    "emailreportfrom errorsdump errorsmax exchange1 exchange2 exclude exitonload exitwhenover expunge expunge1 "
    "expunge2 expungeaftereach f1f2 f1f2h fastio1 fastio2 fetch_hash_set filterbuggyflags filterflags fixcolonbug "
    "fixinboxinbox fixslash2 flagscase folder folderfirst folderlast folderrec foldersizes foldersizesatend gmail1 "
    "gmail2 help host1 host2 id idatefromheader include inet4 inet6 ipv4 ipv6 justautomap justbanner justconnect "
    "justfolderlists justfolders justfoldersizes justlogin keepalive1 keepalive2 log logdir logfile maxage "
    "maxbytesafter maxbytespersecond maxlinelength maxlinelengthcmd maxmessagespersecond maxsize maxsleep "
    "memorystress messageidnodomain minage minmaxlinelength minsize mixfolders modules_version modulesversion "
    "noexclude nof1f2 noregexflag noregexmess oauthaccesstoken1 oauthaccesstoken2 oauthdirect1 oauthdirect2 office1 "
    "office2 passfile1 passfile2 password1 password2 pidfile pidfilelocking pipemess pipemesscheck port1 port2 "
    "prefix1 prefix2 proxyauth1 proxyauth2 reconnectretry1 reconnectretry2 regexflag regexmess regextrans2 "
    "releasecheck resyncflags resynclabels sanitize search search1 search2 sep1 sep2 showpasswords sigexit sigignore "
    "sigreconnect simulong skipcrossduplicates skipemptyfolders skipheader skipmess skipsize split1 split2 ssl1 "
    "ssl1_ssl_version ssl2 ssl2_ssl_version sslargs1 sslargs2 sslcheck subfolder1 subfolder2 subscribe subscribe_all "
    "subscribeall subscribed syncacls syncduplicates syncflagsaftercopy syncinternaldates synclabels tail tests "
    "tests_debug testsdebug testslive testslive6 testsunit timeout timeout1 timeout2 tls1 tls2 tmpdir truncmess "
    "trylogin uid1 uid2 uidexpunge2 usecache useheader user1 user2 useuid var version wholeheaderifneeded ";

}  // namespace

TEST_CASE("option table: every option of imapsync 2.229 is in it, and nothing else claims to be") {
  std::set<std::string> expected;
  for (const std::string_view name : split(trimmed(imapsync_names), ' ')) expected.emplace(name);
  CHECK(expected.size() == 225);
  std::set<std::string> found;
  std::size_t rows = 0;
  for (const Option& option : option_table()) {
    if (option.origin != Origin::imapsync) continue;
    ++rows;
    for (const std::string_view spelling : option.spellings()) found.emplace(spelling);
  }
  CHECK(rows == 218);
  for (const std::string& name : expected) CHECK_MESSAGE(found.contains(name), name);
  for (const std::string& name : found) CHECK_MESSAGE(expected.contains(name), name);
}

TEST_CASE("option table: every row is complete and no spelling is used twice") {
  std::set<std::string> seen;
  for (const Option& option : option_table()) {
    INFO("option ", std::string(option.name()));
    CHECK(option.help.ends_with('.'));
    CHECK(option.help.find('\n') == std::string_view::npos);
    CHECK(option.takes_value() == !option.value_name.empty());
    CHECK(option.minimum < option.maximum);
    CHECK((option.kind == Kind::flag || option.status == option.negated));
    CHECK((option.kind == Kind::choice) <= !option.words.empty());
    for (const std::string_view spelling : option.spellings()) {
      CHECK(!spelling.empty());
      CHECK(lower(spelling) == spelling);
      CHECK(spelling.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos);
      CHECK_MESSAGE(seen.insert(std::string(spelling)).second, std::string(spelling));
    }
  }
}

TEST_CASE("option table: what has no effect, or is refused, says why") {
  for (const Option& option : option_table()) {
    const auto needs_reason = [](Status status) { return status == Status::ignored || status == Status::missing; };
    const bool must_say = needs_reason(option.status) || needs_reason(option.negated);
    if (must_say) CHECK_MESSAGE(!option.reason.empty(), std::string(option.name()));
    if (!option.reason.empty()) CHECK_MESSAGE(option.reason.back() == '.', std::string(option.name()));
  }
}

TEST_CASE("option table: what deletes, selects or changes messages works") {
  for (const std::string_view name : {"delete1",
                                      "delete2",
                                      "delete2duplicates",
                                      "delete2folders",
                                      "delete1emptyfolders",
                                      "expunge1",
                                      "expunge2",
                                      "uidexpunge2",
                                      "maxage",
                                      "minage",
                                      "maxsize",
                                      "minsize",
                                      "search",
                                      "search1",
                                      "search2",
                                      "regextrans2",
                                      "regexmess",
                                      "regexflag",
                                      "skipmess",
                                      "pipemess",
                                      "truncmess",
                                      "subfolder1",
                                      "subfolder2",
                                      "prefix1",
                                      "sep2",
                                      "f1f2",
                                      "automap",
                                      "subscribed",
                                      "useheader",
                                      "skipheader",
                                      "idatefromheader",
                                      "addheader",
                                      "syncduplicates",
                                      "skipcrossduplicates",
                                      "syncacls",
                                      "disarmreadreceipts",
                                      "messageidnodomain"}) {
    const Option* option = find_option(name);
    REQUIRE_MESSAGE(option != nullptr, std::string(name));
    CHECK_MESSAGE(option->status == Status::works, std::string(name));
  }
}

TEST_CASE("option table: an option is found by each spelling, and only by whole ones") {
  struct Case {
    std::string_view spelling, name;
  };
  const Case cases[] = {{"delete", "delete1"},
                        {"expunge", "expunge1"},
                        {"ipv4", "inet4"},
                        {"ipv6", "inet6"},
                        {"subscribe_all", "subscribeall"},
                        {"tests_debug", "testsdebug"},
                        {"modules_version", "modulesversion"},
                        {"host2", "host2"},
                        {"ssl1_ssl_version", "ssl1_ssl_version"}};
  for (const Case& test : cases) {
    const Option* option = find_option(test.spelling);
    REQUIRE_MESSAGE(option != nullptr, std::string(test.spelling));
    CHECK(option->name() == test.name);
  }
  for (const std::string_view name : {"", "del", "Host1", "host#", "|", "inet4|ipv4"})
    CHECK(find_option(name) == nullptr);
}

TEST_CASE("option table: passwords and tokens are secret") {
  for (const std::string_view name :
       {"password1", "password2", "oauthdirect1", "oauthdirect2", "oauthaccesstoken1", "oauthaccesstoken2"}) {
    REQUIRE(find_option(name) != nullptr);
    CHECK(find_option(name)->is_secret);
  }
}

}  // namespace imapferry::cli
