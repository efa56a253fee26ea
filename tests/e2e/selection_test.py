#!/usr/bin/env python3
"""Which messages are copied: by search, age, size, and how often."""

import datetime
import pathlib
import re
import tempfile
import unittest

import paths  # noqa: F401
from harness import WholeProgramTest, login, run, side

INBOX = ("INBOX",)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def days_ago(days):
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)


def message(name, size=0, sent=1):
    when = days_ago(sent)
    date = f"{when.day} {MONTHS[when.month - 1]} {when.year} {when:%H:%M:%S} +0000"
    return f"Message-Id: <{name}@selection>\r\nDate: {date}\r\nSubject: {name}\r\n\r\n{'x' * size}\r\n".encode()


class SelectionTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.source = cls.serve()
        cls.destination = cls.serve(layout="mdbox")

    def filled(self, *messages):
        """A user with messages of (name, {size, sent, arrived}); ages in days."""
        user = self.new_user()
        with self.open(self.source, user) as session:
            for name, facts in messages:
                when = days_ago(facts.pop("arrived", 0))
                date = f"{when.day:02}-{MONTHS[when.month - 1]}-{when.year} {when:%H:%M:%S} +0000"
                session.append(INBOX, message(name, **facts), (), date)
        return user

    def names(self, user, server=None):
        with self.open(server or self.destination, user) as session:
            inbox = next(box for box in session.mailboxes() if box.path == INBOX)
            return sorted(re.search(rb"Message-Id: <(.*)@", one.content).group(1).decode() for one in session.messages(inbox))

    def migrate(self, user, *options, code=0):
        finished = run(*side(1, self.source), *login(1, user), *side(2, self.destination), *login(2, user), *options)
        self.assert_ended(finished, code)
        return finished

    def check(self, user, options, expected):
        """The same with an empty destination and with one that holds something, with a store and without."""
        self.migrate(user, *options)
        self.assertEqual(self.names(user), expected, options)
        self.migrate(user, *options)
        self.assertEqual(self.names(user), expected, f"again: {options}")

    def test_ages_by_the_date_header(self):
        messages = [("new", {"sent": 2, "arrived": 50}), ("middle", {"sent": 20}), ("old", {"sent": 40, "arrived": 1})]
        for options, expected in ((["--maxage", "10"], ["new"]), (["--minage", "10"], ["middle", "old"]),
                                  (["--maxage", "30", "--minage", "10"], ["middle"]),
                                  (["--maxage", "10", "--minage", "30"], ["new", "old"])):
            self.check(self.filled(*[(name, dict(facts)) for name, facts in messages]), options, expected)

    def test_ages_by_the_date_of_arrival(self):
        user = self.filled(("new", {"sent": 2, "arrived": 50}), ("old", {"sent": 40, "arrived": 1}))
        self.check(user, ["--maxage", "10", "--noabletosearch"], ["old"])

    def test_a_selection_grows(self):
        user = self.filled(("a", {"sent": 2}), ("b", {"sent": 20}))
        self.check(user, ["--maxage", "10"], ["a"])
        self.check(user, [], ["a", "b"])

    def test_sizes(self):
        small, large = len(message("s")), len(message("l", 1000))
        for options, expected in ((["--maxsize", str(large - 1)], ["s"]), (["--maxsize", str(large)], ["l", "s"]),
                                  (["--minsize", str(small)], ["l"]), (["--minsize", str(small - 1)], ["l", "s"])):
            self.check(self.filled(("s", {}), ("l", {"size": 1000})), options, expected)
        finished = self.migrate(self.filled(("s", {}), ("l", {"size": 1000})), "--maxsize", "500")
        self.assertIn("left out", finished.output)

    def test_appendlimit_refuses_by_name(self):
        user = self.filled(("s", {}), ("l", {"size": 1000}))
        finished = self.migrate(user, "--appendlimit", "500", code=114)
        self.assertIn("--appendlimit", finished.output)
        self.assertEqual(self.names(user), ["s"])

    def test_searches_and_ages_hold_together(self):
        user = self.filled(("apple", {"sent": 2}), ("pear", {"sent": 2}), ("old apple", {"sent": 30}))
        self.check(user, ["--search", "SUBJECT apple", "--maxage", "10"], ["apple"])
        self.check(user, ["--search1", "SUBJECT pear"], ["apple", "pear"])
        self.check(self.filled(("Grün", {}), ("Rot", {})), ["--search1", 'HEADER Message-Id "Rot"'], ["Rot"])

    def test_what_is_searched_is_shown(self):
        def day(ago):
            when = days_ago(ago)
            return f"{when.day}-{MONTHS[when.month - 1]}-{when.year}"
        user = self.filled(("apple", {"sent": 2}))
        # On standard output for a script, in the log file, and on the wire.
        with tempfile.TemporaryDirectory() as directory:
            finished = self.migrate(user, "--search1", "SUBJECT apple", "--maxage", "10", "--debugimap1",
                                    "--logfile", f"{directory}/log")
            log = pathlib.Path(directory, "log").read_text()
        criteria = f"SUBJECT apple SENTSINCE {day(10)}"
        line = f"Host1: only messages found by SEARCH {criteria} (ages by the Date header, days in UTC)\n"
        self.assertEqual((finished.output.count(line), log.count(line)), (1, 1), finished.output)
        self.assertRegex(log, f"UID SEARCH (RETURN \\(ALL\\) )?{re.escape(criteria)}\\b")
        self.assertIn(f"Host2: only messages found by SEARCH SENTSINCE {day(10)} (ages", log)
        finished = self.migrate(user, "--minage", "10", "--noabletosearch1")
        self.assertRegex(finished.output,
                         r"Host1: only messages that arrived before \d\d-\w{3}-\d{4} [0-9:]+ \+0000 \(ages by INTERNALDATE\)\n")
        self.assertIn(f"Host2: only messages found by SEARCH SENTBEFORE {day(10)} (ages by the Date header", finished.output)
        self.assertNotIn("only messages", self.migrate(user).output)

    def test_searches_that_cannot_be(self):
        user = self.filled(("a", {}))
        self.assertIn("NO_SUCH_KEY", self.migrate(user, "--search1", "NO_SUCH_KEY", code=115).output)
        self.migrate(user, "--search", "ALL\r\nA1 LOGOUT", code=64)
        self.assertEqual(self.names(user), [])

    def test_messages_that_imapsync_takes_for_one(self):
        # It copies the first of those that share an empty Message-Id, or a Message-Id whatever the rest is, and says all is well.
        bodies = [b"Message-Id:\r\nSubject: a\r\n\r\none\r\n", b"Message-Id:\r\nSubject: b\r\n\r\ntwo\r\n",
                  b"Message-Id: <>\r\nSubject: c\r\n\r\n3\r\n", b"Subject: d\r\n\r\nno id\r\n", b"\r\nno header\r\n",
                  b"Message-Id: <same@x>\r\n\r\nshort\r\n", b"Message-Id: <same@x>\r\n\r\nanother one\r\n"]
        user = self.new_user()
        with self.open(self.source, user) as session:
            for body in bodies:
                session.append(INBOX, body)
        for options in (["--nostate"], ["--nostate"], [], []):
            self.migrate(user, *options)
            with self.open(self.destination, user) as session:
                inbox = next(box for box in session.mailboxes() if box.path == INBOX)
                self.assertEqual(sorted(one.content for one in session.messages(inbox)), sorted(bodies), options)

    def test_duplicates(self):
        user = self.filled(("a", {}), ("a", {}), ("b", {}))
        self.check(user, [], ["a", "b"])
        self.check(user, ["--syncduplicates"], ["a", "a", "b"])
        self.check(self.filled(("a", {}), ("a", {}), ("b", {})), ["--syncduplicates", "--nostate"], ["a", "a", "b"])

    def test_duplicates_in_several_folders(self):
        user = self.filled(("a", {}), ("b", {}))
        with self.open(self.source, user) as session:
            session.create(("Other",))
            for name in "abc":
                session.append(("Other",), message(name))
        for options in (["--skipcrossduplicates"], ["--skipcrossduplicates", "--nostate"], ["--skipcrossduplicates"]):
            self.migrate(user, *options)
            self.assertEqual(self.names(user), ["a", "b"])
            with self.open(self.destination, user) as session:
                self.assertEqual(session.select(("Other",)), 1)

    def test_recognised_by_other_fields(self):
        user, content = self.filled(("b", {})), message("a")
        with self.open(self.source, user) as session:
            session.append(INBOX, content)
        self.migrate(user)
        with self.open(self.source, user) as session:
            session.append(INBOX, content.replace(b"<a@", b"<z@"))
        # The same by its subject, although nothing else is: and what is remembered by other rules is not mixed up with it.
        self.check(user, ["--useheader", "Subject", "--useheader", "Date"], ["a", "b"])
        self.check(user, ["--skipheader", "^Message-ID", "--useheader", "ALL"], ["a", "b"])
        self.check(user, [], ["a", "b", "z"])

    def test_dates_of_arrival(self):
        user = self.filled(("a", {"sent": 20, "arrived": 5}), ("b", {"sent": 10, "arrived": 5}))
        with self.open(self.source, user) as session:
            session.append(INBOX, message("c").replace(b"Date: ", b"Date: 4th "), (), None)
        self.migrate(user, "--idatefromheader")
        with self.open(self.destination, user) as session:
            inbox = next(box for box in session.mailboxes() if box.path == INBOX)
            ages = [round((days_ago(0).timestamp() - one.date) / 86_400) for one in session.messages(inbox)]
        self.assertEqual(ages, [20, 10, 0])

    def test_flags(self):
        user = self.filled(("a", {}))
        with self.open(self.source, user) as session:
            session.append(INBOX, message("b"), ("\\Seen", "\\Flagged", "NonJunk"))
        options = ["--regexflag", "s/\\\\Flagged//g", "--regexflag", "s/NonJunk/Wanted/", "--syncflagsaftercopy"]
        self.migrate(user, *options)
        with self.open(self.destination, user) as session:
            inbox = next(box for box in session.mailboxes() if box.path == INBOX)
            flags = [sorted(flag for flag in one.flags if flag != "\\Recent") for one in session.messages(inbox)]
        self.assertEqual(flags, [[], ["Wanted", "\\Seen"]])
        self.assertIn("0 messages", self.migrate(user, *options).output)
        self.migrate(user, "--regexflag", "s/(//", code=64)


if __name__ == "__main__":
    unittest.main(verbosity=2)
