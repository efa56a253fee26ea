#!/usr/bin/env python3
"""Messages that are changed, or left out, on the way by what they say: expressions, commands, lines, receipts, added ids."""

import unittest

import paths  # noqa: F401
from cutting_proxy import CuttingProxy
from harness import UNDER_SANITIZER, WholeProgramTest, login, run, side

RECEIPT = b"Disposition-Notification-To: <a@b.example>\r\n"


def message(number, subject="a subject", header=b"", body=b"body\r\n"):
    return (b"Message-Id: <%d@test.example>\r\nSubject: %s\r\n%s\r\n%s" % (number, subject.encode(), header, body))


def without_id(subject, body=b"body\r\n"):
    return b"Subject: %s\r\n\r\n%s" % (subject.encode(), body)


class MessageRulesTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.source = cls.serve()
        cls.destination = cls.serve(layout="mdbox", separator=".", prefix="INBOX.")

    def filled(self, *contents):
        user = self.new_user()
        with self.open(self.source, user) as session:
            for content in contents:
                session.append(("INBOX",), content, ("\\Seen",))
        return user

    def migrate(self, user, *options, code=0, timeout=60):
        finished = run(*side(1, self.source), *login(1, user), *side(2, self.destination), *login(2, user), *options,
                       timeout=timeout)
        self.assert_ended(finished, code)
        return finished

    def there(self, user):
        with self.open(self.destination, user) as session:
            inbox = [m for m in session.mailboxes() if m.path == ("INBOX",)]
            return sorted(m.content for m in session.messages(inbox[0])) if inbox else []

    def check(self, contents, options, expected, **more):
        """A copy, and what is there then; a rerun without a store adds nothing."""
        user = self.filled(*contents)
        finished = self.migrate(user, *options, **more)
        self.assertEqual(self.there(user), sorted(expected), str(finished))
        again = self.migrate(user, "--nostate", *options, **more)
        self.assertEqual(self.there(user), sorted(expected), f"a rerun added something\n{again}")
        return finished

    def test_substitutions(self):
        finished = self.check([message(1), message(2, "other")],
                              ["--regexmess", "s/^Subject: a (.*?)\\r$/Subject: \\U$1\\E\\r\\nX-Folder: $sync->{ h1_current_folder }\\r/m",
                               "--regexmess", "tr/y/Y/"],
                              [message(1, "SUBJECT", b"X-Folder: INBOX\r\n", b"bodY\r\n"),
                               message(2, "other", b"", b"bodY\r\n")])
        self.assertTrue(finished.lines_with("2 x as asked for by --regexmess"), str(finished))

    def test_a_line_that_a_substitution_adds_ends_with_crlf(self):
        self.check([message(1)], ["--regexmess", "s/\\A/X-Migrated: yes\\n/"], [b"X-Migrated: yes\r\n" + message(1)])

    def test_a_substitution_of_the_id(self):
        """What is no longer recognised by its headers is by the store."""
        user = self.filled(message(1), message(2))
        for _ in range(3):
            self.migrate(user, "--regexmess", "s/test[.]example/other.example/")
            self.assertEqual(len(self.there(user)), 2)
            if "--nostate" in self.migrate(user, "--dry").command:
                return

    def test_nothing_is_there_twice_when_answers_are_never_heard(self):
        """The destination stores a batch and the line breaks on its answer: what was changed has to be found there."""
        user = self.filled(*(message(n) for n in range(60)))
        for options in (["--nostate"], []):
            line = CuttingProxy(self.destination, "rules", 5, swallow=rb"\[APPENDUID [^\r]*")
            self.addCleanup(line.stop)
            finished = run(*side(1, self.source), *login(1, user), *side(2, line), *login(2, user), "--batchmessages", "5",
                           "--regexmess", "s/test[.]example/other.example/", *options, timeout=120)
            self.assert_ended(finished, 0)
            self.assertEqual(line.cuts, 5, str(finished))
            expected = [message(n).replace(b"test.example", b"other.example") for n in range(60)]
            self.assertEqual(self.there(user), sorted(expected), str(finished))
            user = self.filled(*(message(n) for n in range(60)))

    def test_expressions_that_are_wrong(self):
        user = self.filled(message(1))
        for option, text, reason in (("--regexmess", "I am BAD", "--regexmess: the expression"),
                                     ("--regexmess", "s/a/unlink(1)/e", "no Perl here"),
                                     ("--skipmess", "[", "--skipmess: the expression")):
            finished = self.migrate(user, option, text, code=64)
            self.assertIn(reason, finished.output)
        self.assertEqual(self.there(user), [])

    def test_skipped_messages_are_told(self):
        kept, large = message(1), message(3, body=b"x" * 76 + b"\r\n" + b"line\r\n" * 200_000 + b"needle\r\n")
        finished = self.check([kept, message(2, "spam"), large],
                              ["--skipmess", "m{^Subject:[^\\n]*SPAM}im", "--skipmess", "/needle/", "--batchbytes", "64K"], [kept])
        self.assertTrue(finished.lines_with("skipped", "2"), str(finished))
        self.assertTrue(finished.lines_with("1 x --skipmess m{^Subject"), str(finished))
        self.assertTrue(finished.lines_with("1 x --skipmess /needle/"), str(finished))

    def test_skipped_messages_are_told_at_each_run(self):
        user = self.filled(message(1), message(2, "spam"))
        for _ in range(2):
            finished = self.migrate(user, "--skipmess", "/spam/")
            self.assertTrue(finished.lines_with("1 x --skipmess /spam/"), str(finished))
        self.migrate(user)
        self.assertEqual(self.there(user), sorted([message(1), message(2, "spam")]))

    def test_commands(self):
        contents = [message(n, body=b"line\r\n" * 5000) for n in range(1, 30)]
        self.check(contents, ["--pipemess", "cat", "--pipemess", "sed 's/^Subject: .*/Subject: piped\\r/'"],
                   [message(n, "piped", body=b"line\r\n" * 5000) for n in range(1, 30)])

    def test_a_command_that_fails_is_noticed_beforehand(self):
        user = self.filled(message(1))
        finished = self.migrate(user, "--pipemess", "cat", "--pipemess", "echo wrong >&2; false", code=64)
        self.assertIn("--pipemess: the command \"echo wrong >&2; false\" has failed: it ended with status 1", finished.output)
        self.assertIn("wrong", finished.output)
        self.assertEqual(self.there(user), [])

    def test_a_message_on_which_a_command_fails_is_refused(self):
        good, bad = message(1), message(2, "poison")
        user = self.filled(good, bad, message(3, "more"))
        command = "tee /dev/stderr | grep -q poison && { echo broken >&2; exit 7; } || echo Subject: fine"
        finished = self.migrate(user, "--pipemess", command, "--nopipemesscheck", code=114)
        self.assertEqual(len(self.there(user)), 2, str(finished))
        self.assertTrue(finished.lines_with("it ended with status 7", "broken"), str(finished))
        self.assertTrue(finished.lines_with("poison", "refused: "), str(finished))
        for command in ("false", "true"):
            user = self.filled(good)
            self.migrate(user, "--pipemess", command, "--nopipemesscheck", code=114)
            self.assertEqual(self.there(user), [])

    def test_a_command_that_takes_too_long(self):
        user = self.filled(message(1), message(2, "slow"))
        finished = self.migrate(user, "--pipemess", "f=$(cat; echo .); case $f in *slow*) sleep 600;; *) printf %s \"${f%.}\";; esac",
                                "--nopipemesscheck", "--pipetimeout", "3" if UNDER_SANITIZER else "1", code=114)
        self.assertIn("it takes longer than", finished.output)
        self.assertEqual(len(self.there(user)), 1, str(finished))

    def test_read_receipts(self):
        self.check([message(1, header=RECEIPT, body=RECEIPT)], ["--disarmreadreceipts"],
                   [message(1, header=b"X-" + RECEIPT, body=RECEIPT)])

    def test_truncated_messages(self):
        content = message(1, body=b"0123456789\r\n" * 50)
        self.check([content, message(2)], ["--truncmess", "200"], [content[:200], message(2)])

    def test_line_lengths(self):
        short, long = message(1), message(2, body=b"x" * 1500 + b"\r\n")
        finished = self.check([short, long], ["--maxlinelength", "1000"], [short])
        self.assertTrue(finished.lines_with("1 x --maxlinelength 1000"), str(finished))
        self.check([short, long], ["--maxlinelength", "1000", "--maxlinelengthcmd", "fold -w 998"],
                   [short, message(2, body=b"x" * 998 + b"\r\n" + b"x" * 502 + b"\r\n")])
        self.check([short, long], ["--minmaxlinelength", "1000"], [long])

    def test_added_ids(self):
        """imapsync's way, with what is doubled told apart: nothing is copied again, with or without a store."""
        contents = [without_id("one"), without_id("two"), without_id("two"), message(1)]
        expected = [b"Message-Id: <1@imapsync>\r\n" + without_id("one"), b"Message-Id: <2@imapsync>\r\n" + without_id("two"), message(1)]
        self.check(contents, ["--addheader"], expected)

    def test_added_ids_after_a_run_without(self):
        user = self.filled(without_id("one"))
        self.migrate(user)
        self.migrate(user, "--nostate", "--addheader")
        self.assertEqual(self.there(user), [without_id("one")])

    def test_a_large_message_goes_through_the_rules(self):
        body = b"".join(b"line %06d of a large message\r\n" % n for n in range(300_000))
        content = message(1, body=body)
        self.check([content, message(2)], ["--regexmess", "s/large message/LARGE message/", "--pipemess", "cat"],
                   [content.replace(b"large message", b"LARGE message", 1), message(2)], timeout=120)


if __name__ == "__main__":
    unittest.main(verbosity=2)
