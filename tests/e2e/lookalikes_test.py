#!/usr/bin/env python3
"""Messages that share their Message-Id, or their size too, and are not the same."""

import unittest

import paths  # noqa: F401
from harness import WITHOUT_STATE, WholeProgramTest, login, run, side

INBOX = ("INBOX",)


def message(name, text, size=0):
    return f"Message-Id: <{name}@lookalikes>\r\nSubject: {name}\r\n\r\n{text}\r\n{'x' * size}\r\n".encode()


MONDAY, FRIDAY = message("a", "we meet on Monday"), message("a", "we meet on Friday")
OTHER = message("b", "nothing to do with it")


class LookalikesTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.source = cls.serve()
        cls.destination = cls.serve(layout="mdbox")

    def fill(self, server, user, *messages):
        with self.open(server, user) as session:
            for one in messages:
                session.append(INBOX, one)

    def filled(self, *messages, there=()):
        user = self.new_user()
        self.fill(self.source, user, *messages)
        self.fill(self.destination, user, *there)
        return user

    def take_away(self, server, user, content):
        """Deletes the first message that says this."""
        with self.open(server, user) as session:
            inbox = next(box for box in session.mailboxes() if box.path == INBOX)
            uid = next(one.uid for one in session.messages(inbox) if one.content == content)
            session.select(INBOX, readonly=False)
            session.expunge(uid)

    def contents(self, server, user):
        with self.open(server, user) as session:
            inbox = next(box for box in session.mailboxes() if box.path == INBOX)
            return sorted(one.content for one in session.messages(inbox))

    def migrate(self, user, *options, code=0):
        finished = run(*side(1, self.source), *login(1, user), *side(2, self.destination), *login(2, user), *options)
        self.assert_ended(finished, code)
        return finished

    def check(self, user, options, *expected):
        finished = self.migrate(user, *options)
        self.assertEqual(self.contents(self.destination, user), sorted(expected), str(finished))
        return finished

    def test_first_copy(self):
        for options in (["--nostate"], []):
            user = self.filled(MONDAY, FRIDAY, OTHER, MONDAY, FRIDAY)
            finished = self.check(user, options, MONDAY, FRIDAY, OTHER)
            self.assertRegex(finished.output, r"duplicates +2\n")
            self.check(user, options, MONDAY, FRIDAY, OTHER)
            # And when something else has come, so that all of the folder is looked at.
            another = message("c", "new")
            self.fill(self.source, user, another)
            self.check(user, options, MONDAY, FRIDAY, OTHER, another)

    def test_large_ones(self):
        size = 5 << 20   # larger than a batch: copied by themselves
        first, second = message("large", "one", size), message("large", "two", size)
        user = self.filled(first, second, first)
        self.check(user, ["--nostate"], first, second)
        self.check(user, ["--nostate"], first, second)

    def test_the_second_is_there_already(self):
        for options in (["--nostate"], []):
            user = self.filled(MONDAY, FRIDAY, OTHER, there=[FRIDAY])
            self.check(user, options, MONDAY, FRIDAY, OTHER)
            self.check(user, options, MONDAY, FRIDAY, OTHER)

    def test_all_are_kept_with_syncduplicates(self):
        user = self.filled(MONDAY, FRIDAY, MONDAY, there=[FRIDAY])
        for _ in range(2):
            self.check(user, ["--syncduplicates", "--nostate"], MONDAY, FRIDAY, MONDAY)

    def test_flags_go_to_the_right_one(self):
        user = self.filled(MONDAY, FRIDAY, there=[FRIDAY, MONDAY])
        with self.open(self.source, user) as session:
            inbox = next(box for box in session.mailboxes() if box.path == INBOX)
            uid = next(one.uid for one in session.messages(inbox) if one.content == FRIDAY)
            session.select(INBOX, readonly=False)
            session.store(uid, "+FLAGS", ("\\Flagged",))
        self.migrate(user, "--nostate")
        with self.open(self.destination, user) as session:
            inbox = next(box for box in session.mailboxes() if box.path == INBOX)
            flags = {one.content: one.flags for one in session.messages(inbox)}
        self.assertIn("\\Flagged", flags[FRIDAY])
        self.assertNotIn("\\Flagged", flags[MONDAY])

    def test_only_true_duplicates_are_deleted(self):
        user = self.filled(MONDAY, there=[MONDAY, FRIDAY, MONDAY])
        self.check(user, ["--delete2duplicates"], MONDAY, FRIDAY)
        self.check(user, ["--delete2"], MONDAY)

    @unittest.skipIf(WITHOUT_STATE, "only what was copied before tells an edited message")
    def test_an_edited_draft(self):
        # It has a UID of its own and the Message-Id of the one before.
        longer = message("a", "we meet on Monday or on Tuesday")
        for edited in (FRIDAY, longer):
            user = self.filled(MONDAY, OTHER)
            self.check(user, [], MONDAY, OTHER)
            self.take_away(self.source, user, MONDAY)
            self.fill(self.source, user, edited)
            self.check(user, [], MONDAY, edited, OTHER)
            self.check(user, [], MONDAY, edited, OTHER)
            self.check(user, ["--delete2"], edited, OTHER)

    @unittest.skipIf(WITHOUT_STATE, "only what was copied before tells an edited message")
    def test_moved_away_and_back(self):
        user = self.filled(MONDAY, OTHER)
        self.check(user, [], MONDAY, OTHER)
        self.take_away(self.source, user, MONDAY)
        self.fill(self.source, user, MONDAY)
        self.check(user, [], MONDAY, OTHER)
        self.check(user, ["--delete2"], MONDAY, OTHER)

    @unittest.skipIf(WITHOUT_STATE, "only what was copied before tells an edited message")
    def test_an_edited_draft_that_comes_later(self):
        longer = message("a", "we meet on Monday or on Tuesday")
        # A run in between does not work on it, or sees only that the old one has gone.
        for between, edited in ((["--maxsize", "70"], longer), (["--search1", "SUBJECT b"], FRIDAY), ([], longer), ([], FRIDAY)):
            user = self.filled(MONDAY, OTHER)
            self.check(user, [], MONDAY, OTHER)
            self.take_away(self.source, user, MONDAY)
            if between:
                self.fill(self.source, user, edited)
            self.check(user, between, MONDAY, OTHER)
            if not between:
                self.fill(self.source, user, edited)
            self.check(user, [], MONDAY, edited, OTHER)

    def test_the_destination_alone_has_several(self):
        for options in (["--nostate"], []):
            user = self.filled(FRIDAY, there=[MONDAY, message("a", "we meet on Sunday")])
            self.check(user, options, MONDAY, FRIDAY, message("a", "we meet on Sunday"))
            # As on a server that ends every message with a line end.
            ended = [one + b"\r\n" for one in (MONDAY, FRIDAY)]
            user = self.filled(MONDAY, there=ended)
            self.check(user, options + ["--delete2"], ended[0])
            user = self.filled(MONDAY, FRIDAY, there=ended[1:])
            self.check(user, options, MONDAY, ended[1])

    def test_syncduplicates_with_as_many_of_another(self):
        user = self.filled(MONDAY, FRIDAY, there=[MONDAY, MONDAY])
        self.check(user, ["--syncduplicates", "--nostate"], MONDAY, MONDAY, FRIDAY)

    def test_texts_that_have_become_equal(self):
        user = self.filled(MONDAY, FRIDAY)
        change = ["--regexmess", "s/on (Monday|Friday)/soon/", "--nostate"]
        for _ in range(3):
            self.check(user, change, message("a", "we meet soon"), message("a", "we meet soon"))

    def test_texts_that_the_user_has_changed(self):
        user = self.filled(MONDAY, FRIDAY)
        change = ["--regexmess", "s/we meet/They met/", "--nostate"]
        changed = [one.replace(b"we meet", b"They met") for one in (MONDAY, FRIDAY)]
        self.check(user, change, *changed)
        self.check(user, change, *changed)


if __name__ == "__main__":
    unittest.main(verbosity=2)
