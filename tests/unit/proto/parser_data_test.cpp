#include "every_way.hpp"

using namespace imapferry::testing;

TEST_CASE("parser: what the server says about itself") {
  check_responses({
      {"* CAPABILITY IMAP4rev1 literal+ AUTH=PLAIN", "capability IMAP4REV1 LITERAL+ AUTH=PLAIN"},
      {"* CAPABILITY  IMAP4rev1  X-(odd)  ", "capability IMAP4REV1 X-(ODD)"},
      {"* CAPABILITY", "capability"},
      {"* ENABLED CONDSTORE QRESYNC", "enabled CONDSTORE QRESYNC"},
      {"* ENABLED", "enabled"},
      {"* ID NIL", "id"},
      {"* ID", "id"},
      {"* ID ()", "id"},
      {"* ID (\"name\" \"Dovecot\" \"version\" NIL)", "id 'name'='Dovecot' 'version'=''"},
      {"* ID ( {4}\r\nname \"a \\\"b\\\"\")", "id 'name'='a \"b\"'"},
      {"* QUOTA \"\" (STORAGE 10 512)", "other keyword='QUOTA' rest='\"\" (STORAGE 10 512)'"},
      {"* METADATA x (/a {3}\r\n\r\n])", "other keyword='METADATA' rest='x (/a {3}\\r\\n\\r\\n])'"},
      {"* 7 X-THING a (b", "other keyword='7' rest='X-THING a (b'"},
      {"* X", "other keyword='X'"},
  });
}

TEST_CASE("parser: at most 30 pairs of ID are kept") {
  std::string response = "* ID (";
  for (int i = 0; i < 40; ++i) response += fmt::format("\"k{}\" \"v\" ", i);
  const Fed fed = check_every_way(response + ")\r\n");
  CHECK(fed.failure == "");
  CHECK(fed.responses.at(0).find("'k29'='v'") != std::string::npos);
  CHECK(fed.responses.at(0).find("'k30'") == std::string::npos);
}

TEST_CASE("parser: LIST, LSUB, XLIST") {
  check_responses({
      {"* LIST () \"/\" INBOX", "list delimiter='/' mailbox='INBOX'"},
      {"* LIST (\\HasNoChildren \\Sent \\Drafts) \".\" \"Sent Mail\"",
       "list attributes=32 use='\\Sent' delimiter='.' mailbox='Sent Mail'"},
      {"* list (\\NONEXISTENT \\hasChildren) NIL {3}\r\na\r\n", "list attributes=145 mailbox='a\\r\\n'"},
      {"* LIST (\\Noselect \\Noinferiors \\Marked \\Unmarked \\Subscribed \\Remote \\X-Odd) \"/\" x",
       "list attributes=335 delimiter='/' mailbox='x'"},
      {"* LIST () \"\\\\\" \"a\\\\b \\\"c\\\"\"", "list delimiter='\\' mailbox='a\\b \"c\"'"},
      {"* LIST () \"\\\"\" x", "list delimiter='\"' mailbox='x'"},
      {"* LIST () \"\" x", "list mailbox='x'"},
      {"* LIST () / x", "list delimiter='/' mailbox='x'"},
      {"* LIST () nil NIL", "list mailbox='NIL'"},
      {"* LIST () \"/\" \"\"", "list delimiter='/'"},
      {"* LIST () \"/\" {0}\r\n", "list delimiter='/'"},
      {"* LIST () \"/\" a{b}c[d]%*\\\xC3\xA9", "list delimiter='/' mailbox='a{b}c[d]%*\\\\xC3\\xA9'"},
      {"* LIST () \"/\" \"not \\escaped\"", "list delimiter='/' mailbox='not \\escaped'"},
      {"* LIST () \"/\" new (\"CHILDINFO\" (\"SUBSCRIBED\") \"OLDNAME\" ({3}\r\no)d))",
       "list delimiter='/' mailbox='new'"},
      {"* LIST () \"/\" new  ", "list delimiter='/' mailbox='new'"},
      {"*  LIST   (  \\Marked  )   \"/\"   INBOX", "list attributes=4 delimiter='/' mailbox='INBOX'"},
      {"* LIST(\\Marked)\"/\" INBOX", "list attributes=4 delimiter='/' mailbox='INBOX'"},
      {"* LSUB () \".\" INBOX.a", "lsub delimiter='.' mailbox='INBOX.a'"},
      {"* XLIST (\\Inbox \\Flagged) \"/\" b", "list use='\\Flagged' delimiter='/' mailbox='b'"},
  });
  check_failures({
      {"* LIST () \"/\" My Folder\r\n",
       "byte 18 of response 1 (\"* LIST () \"/\" My Folder\"): expected the end of the response, saw 'F'"},
      {"* LIST () \"/\" a(b)\r\n", "byte 16 of response 1 (\"* LIST () \"/\" a(b)\"): expected ' ', saw '('"},
      {"* LIST () \"/\"\r\n", "byte 14 of response 1 (\"* LIST () \"/\"\"): expected ' ', saw the end of the response"},
      {"* LIST () \"//\" a\r\n",
       "byte 11 of response 1 (\"* LIST () \"//\" a\"): expected a delimiter of one character or NIL"},
      {"* LIST \"/\" a\r\n", "byte 8 of response 1 (\"* LIST \"/\" a\"): expected '(', saw '\"'"},
      {"* LIST () \"/\" \"a\r\n",
       "byte 17 of response 1 (\"* LIST () \"/\" \"a\"): expected '\"', saw the end of the response"},
      {"* LIST () \"/\" \"a {2}\r\nb\"\r\n",
       "byte 22 of response 1 (\"* LIST () \"/\" \"a {2}\"): expected '\"', saw '\\x0A'"},
      {"* LIST () \"/\" a{1}\r\nbc\r\n", "byte 19 of response 1 (\"* LIST () \"/\" a{1}\"): expected ' ', saw '\\x0D'"},
  });
}

TEST_CASE("parser: STATUS") {
  check_responses({
      {"* STATUS INBOX (MESSAGES 231 UIDNEXT 44292 UIDVALIDITY 1 UNSEEN 2 RECENT 0)",
       "status mailbox='INBOX' messages=231 recent=0 unseen=2 uidnext=44292 uidvalidity=1"},
      {"* STATUS \"a b\" (HIGHESTMODSEQ 18446744073709551615 SIZE 99999999999)",
       "status mailbox='a b' modseq=18446744073709551615 size=99999999999"},
      {"* STATUS {2}\r\na)  ( messages 4294967295 X-ODD (a (b)) MAILBOXID (x) APPENDLIMIT NIL DELETED 5 )",
       "status mailbox='a)' messages=4294967295"},
      {"* STATUS x (UIDVALIDITY 4294967296 MESSAGES 3)", "status mailbox='x' messages=3"},
      {"* STATUS x (UNSEEN -1 SIZE 1e9 HIGHESTMODSEQ NIL MESSAGES 3)", "status mailbox='x' messages=3"},
      {"* STATUS x ()", "status mailbox='x'"},
  });
  check_failures({
      {"* STATUS x (MESSAGES)\r\n", "byte 21 of response 1 (\"* STATUS x (MESSAGES)\"): expected a value, saw ')'"},
      {"* STATUS x (MESSAGES 3\r\n", "byte 23 of response 1 (\"* STATUS x (MESSAGES 3\"): expected an item of STATUS "
                                     "or ')', saw the end of the response"},
      {"* STATUS a b (MESSAGES 3)\r\n", "byte 12 of response 1 (\"* STATUS a b (MESSAGES 3)\"): expected '(', saw 'b'"},
  });
}

TEST_CASE("parser: FLAGS and the numbers of a mailbox") {
  check_responses({
      {"* FLAGS (\\Answered $Forwarded od]d {x} \"q\")", "flags '\\Answered' '$Forwarded' 'od]d' '{x}' '\"q\"'"},
      {"* FLAGS ()", "flags"},
      {"* 0 EXISTS", "exists 0"},
      {"* 4294967295 EXISTS", "exists 4294967295"},
      {"* 3 RECENT ", "recent 3"},
      {"*  44  expunge", "expunge 44"},
  });
  check_failures({
      {"* FLAGS (a (b))\r\n", "byte 12 of response 1 (\"* FLAGS (a (b))\"): expected a flag or ')', saw '('"},
      {"* 3 EXISTS 4\r\n", "byte 12 of response 1 (\"* 3 EXISTS 4\"): expected the end of the response, saw '4'"},
      {"* 3\r\n", "byte 4 of response 1 (\"* 3\"): expected ' ', saw the end of the response"},
  });
}

TEST_CASE("parser: SEARCH, ESEARCH, VANISHED") {
  check_responses({
      {"* SEARCH 2 84 882", "search 2 84 882"},
      {"* SEARCH", "search"},
      {"* SEARCH ", "search"},
      {"* SEARCH 2 5 (MODSEQ 917162500)", "search 2 5"},
      {"* ESEARCH (TAG \"A 7\") UID COUNT 3 ALL 1:2,5 MIN 1 MAX 5 MODSEQ 9",
       "esearch tag='A 7' uid min=1 max=5 count=3 all=1:2,5"},
      {"* ESEARCH (TAG A7 MAILBOX \"x\" UIDVALIDITY 1) PARTIAL (1:3 NIL)", "esearch tag='A7'"},
      {"* ESEARCH", "esearch"},
      {"* ESEARCH UID", "esearch uid"},
      {"* VANISHED (EARLIER) 41,43:45", "vanished earlier 41,43:45"},
      {"* VANISHED 405", "vanished 405"},
  });
  check_failures({
      {"* SEARCH 1 4294967296\r\n",
       "byte 12 of response 1 (\"* SEARCH 1 4294967296\"): expected a number of 32 bits, saw 4294967296"},
      {"* SEARCH 1 x\r\n", "byte 12 of response 1 (\"* SEARCH 1 x\"): expected a number, saw 'x'"},
      {"* VANISHED 1:*\r\n",
       "byte 12 of response 1 (\"* VANISHED 1:*\"): expected a set of at most 1048576 ranges of numbers, saw \"1:*\""},
      {"* VANISHED\r\n",
       "byte 11 of response 1 (\"* VANISHED\"): expected a set of at most 1048576 ranges of numbers, saw \"\""},
      {"* ESEARCH ALL 4294967296\r\n", "byte 15 of response 1 (\"* ESEARCH ALL 4294967296\"): expected a set of at "
                                       "most 1048576 ranges of numbers, saw \"4294967296\""},
      {"* ESEARCH COUNT\r\n",
       "byte 16 of response 1 (\"* ESEARCH COUNT\"): expected a number, saw the end of the response"},
  });
}

TEST_CASE("parser: ACL") {
  check_responses({
      {"* ACL INBOX Fred rwipslda", "acl mailbox='INBOX' 'Fred'='rwipslda'"},
      {"* ACL \"a b\" {4}\r\nbob\" \"lr\" -eve \"\" anyone l", "acl mailbox='a b' 'bob\"'='lr' '-eve'='' 'anyone'='l'"},
      {"* ACL x", "acl mailbox='x'"},
  });
  check_failures({
      {"* ACL INBOX Fred\r\n",
       "byte 17 of response 1 (\"* ACL INBOX Fred\"): expected ' ', saw the end of the response"},
  });
}

TEST_CASE("parser: NAMESPACE") {
  check_responses({
      {"* NAMESPACE ((\"\" \"/\")) NIL NIL", "namespace (''\'/') () ()"},
      {"* NAMESPACE ((\"INBOX.\" \".\"))((\"user.\" \".\"))((\"\" \".\"))",
       "namespace ('INBOX.''.') ('user.''.') ('''.')"},
      {"* NAMESPACE ((\"INBOX.\" \".\")) NIL ((\"#shared.\" \".\")(\"shared.\" \".\"))",
       "namespace ('INBOX.''.') () ('#shared.''.''shared.''.')"},
      {"* NAMESPACE ((\"\" \"/\" \"X-PARAM\" (\"FLAG1\" \"FLAG2\"))) () ( ( {2}\r\n#a NIL ) )",
       "namespace (''\'/') () ('#a'-)"},
      {"* NAMESPACE nil nil nil", "namespace () () ()"},
  });
  check_failures({
      {"* NAMESPACE NIL NIL\r\n",
       "byte 20 of response 1 (\"* NAMESPACE NIL NIL\"): expected '(', saw the end of the response"},
      {"* NAMESPACE (NIL) NIL NIL\r\n", "byte 14 of response 1 (\"* NAMESPACE (NIL) NIL NIL\"): expected '(', saw 'N'"},
  });
}
