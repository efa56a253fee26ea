#!/usr/bin/env python3
"""What leaves either side, and what must not."""

import re
import subprocess
import unittest

import paths  # noqa: F401
from harness import WholeProgramTest, login, run, side

INBOX = ("INBOX",)


def message(name, size=0):
    return f"Message-Id: <{name}@deletion>\r\nSubject: {name}\r\n\r\n{'x' * size}\r\n".encode()


class DeletionTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.source = cls.serve()
        cls.destination = cls.serve(layout="mdbox", separator=".", prefix="INBOX.")

    def fill(self, server, user, names, flags=(), folder=INBOX):
        with self.open(server, user) as session:
            if folder != INBOX and folder not in [box.path for box in session.mailboxes()]:
                session.create(folder)
            for name in names:
                session.append(folder, message(name), flags)

    def filled(self, names, there=()):
        user = self.new_user()
        self.fill(self.source, user, names)
        self.fill(self.destination, user, there)
        return user

    def names(self, server, user, folder=INBOX):
        """Of the messages in a folder, with a star behind those that are marked as deleted."""
        with self.open(server, user) as session:
            for mailbox in session.mailboxes():
                if mailbox.path == folder:
                    return sorted(re.search(rb"Message-Id: <(.*)@", one.content).group(1).decode()
                                  + ("*" if "\\Deleted" in one.flags else "") for one in session.messages(mailbox))
        return None

    def migrate(self, user, *options, code=0, source=None, destination=None):
        finished = run(*side(1, source or self.source), *login(1, user), *side(2, destination or self.destination),
                       *login(2, user), *options)
        self.assert_ended(finished, code)
        return finished

    # --- on the destination

    def test_delete2_deletes_what_the_source_does_not_have(self):
        user = self.filled("ab", there="acd")
        finished = self.migrate(user, "--delete2")
        self.assertEqual(self.names(self.destination, user), ["a", "b"])
        self.assertEqual(self.names(self.source, user), ["a", "b"])
        self.assertIn("2 on the destination", finished.output)
        again = self.migrate(user, "--delete2")
        self.assertNotIn("on the destination", again.output.split("Summary")[1].split("time")[0].replace("there", ""))

    def test_delete2_in_a_dry_run_only_tells(self):
        user = self.filled("ab", there="acd")
        self.assertIn("2 on the destination", self.migrate(user, "--delete2", "--dry").output)
        self.assertEqual(self.names(self.destination, user), ["a", "c", "d"])

    def test_delete2_deletes_duplicates_too(self):
        user = self.filled("ab", there="aabc")
        self.migrate(user, "--delete2")
        self.assertEqual(self.names(self.destination, user), ["a", "b"])

    def test_delete2duplicates_alone(self):
        user = self.filled("ab", there="aac")
        self.migrate(user, "--delete2duplicates")
        self.assertEqual(self.names(self.destination, user), ["a", "b", "c"])

    def test_delete2_marks_only_when_it_must_not_expunge(self):
        user = self.filled("ab", there="acd")
        self.migrate(user, "--delete2", "--nouidexpunge2")
        self.assertEqual(self.names(self.destination, user), ["a", "b", "c*", "d*"])

    def test_delete2_spares_what_others_have_marked(self):
        user = self.filled("ab", there="a")
        self.fill(self.destination, user, "b", ["\\Deleted"])
        self.fill(self.destination, user, "c")
        self.migrate(user, "--delete2", "--noresyncflags")
        self.assertEqual(self.names(self.destination, user), ["a", "b*"])

    def test_delete2_never_empties_a_folder_because_the_source_has_nothing(self):
        user = self.filled("", there="abc")
        finished = self.migrate(user, "--delete2", code=111)
        self.assertIn("--maxdelete", finished.output)
        self.assertEqual(self.names(self.destination, user), ["a", "b", "c"])
        self.migrate(user, "--delete2", "--maxdelete", "100%")
        self.assertEqual(self.names(self.destination, user), [])

    def test_delete2_does_not_delete_more_than_half_of_a_large_folder(self):
        names = [f"n{number:03}" for number in range(120)]
        user = self.filled(names[:40], there=names)
        finished = self.migrate(user, "--delete2", code=111)
        self.assertIn("80 of 120 messages would be deleted", finished.output)
        self.assertEqual(len(self.names(self.destination, user)), 120)
        self.migrate(user, "--delete2", "--maxdelete", "79", code=111)
        self.assertEqual(len(self.names(self.destination, user)), 120)
        self.migrate(user, "--delete2", "--maxdelete", "80")
        self.assertEqual(self.names(self.destination, user), names[:40])

    def test_delete2_keeps_to_the_selection(self):
        user = self.filled("ab", there="acd")
        self.migrate(user, "--delete2", "--search", "NOT SUBJECT c")
        self.assertEqual(self.names(self.destination, user), ["a", "b", "c"])

    def test_delete2_never_deletes_what_is_on_the_source_but_was_not_selected(self):
        user = self.filled("abc", there="abc")
        self.migrate(user, "--delete2", "--search1", "SUBJECT a")
        self.assertEqual(self.names(self.destination, user), ["a", "b", "c"])

    def test_expunge2_takes_everything_that_is_marked(self):
        user = self.filled("ab", there="a")
        self.fill(self.destination, user, "c", ["\\Deleted"])
        self.migrate(user, "--expunge2")
        self.assertEqual(self.names(self.destination, user), ["a", "b"])

    # --- on the source

    def test_delete1_moves(self):
        user = self.filled("abc", there="b")
        finished = self.migrate(user, "--delete1")
        self.assertEqual(self.names(self.destination, user), ["a", "b", "c"])
        self.assertEqual(self.names(self.source, user), [])
        self.assertIn("3 on the source", finished.output)

    def test_delete1_does_not_destroy_what_the_user_has_marked(self):
        # imapsync expunges first: what a user has marked as deleted would be destroyed without ever being copied.
        user = self.filled("ac")
        self.fill(self.source, user, "b", ["\\Deleted"])
        self.migrate(user, "--delete1")
        self.assertEqual(self.names(self.destination, user), ["a", "b*", "c"])
        self.assertEqual(self.names(self.source, user), [])

    def test_delete1_keeps_what_the_destination_refuses(self):
        small = self.serve(max_mail_size="10k")
        user = self.filled("ab")
        with self.open(self.source, user) as session:
            session.append(INBOX, message("large", 20_000))
        self.migrate(user, "--delete1", code=114, destination=small)
        self.assertEqual(self.names(self.source, user), ["large"])
        self.assertEqual(self.names(small, user), ["a", "b"])

    def test_delete1_keeps_a_message_whose_copy_says_something_else(self):
        user = self.filled("ab")
        with self.open(self.destination, user) as session:
            session.append(INBOX, message("a", 100))
        finished = self.migrate(user, "--delete1", code=111)
        self.assertIn("1 messages stay on the source: what is taken for their copy says something else", finished.output)
        self.assertEqual(self.names(self.source, user), ["a"])

    def test_delete1_reads_what_nobody_has_confirmed(self):
        for state in ([], ["--nostate"]):
            user = self.filled("abc", there="ab")
            with self.open(self.source, user) as session:
                session.append(INBOX, message("c").replace(b"Subject: c", b"Subject: C"))
            with self.open(self.destination, user) as session:
                session.append(INBOX, message("c").replace(b"Subject: c", b"Subject: d"))
            # Of c there are two that differ on the source, and a third on the destination: none of them is another's copy.
            self.migrate(user, "--delete1", *state)
            self.assertEqual(self.names(self.source, user), [], state)
            self.assertEqual(self.names(self.destination, user), ["a", "b", "c", "c", "c"], state)
            user = self.filled("ab")
            with self.open(self.destination, user) as session:
                session.append(INBOX, message("a").replace(b"Subject: a", b"Subject: A"))
            # One on each side, of equal size: taken for the same, until it comes to deleting.
            self.migrate(user, *state)
            finished = self.migrate(user, "--delete1", *state, code=111)
            self.assertIn("says something else", finished.output)
            self.assertEqual(self.names(self.source, user), ["a"], state)

    def test_delete1_without_the_uids_of_copies(self):
        source, destination = self.serve_without_uids(), self.serve_without_uids()
        user = self.new_user()
        self.fill(source, user, "abc")
        self.migrate(user, "--delete1", source=source, destination=destination)
        self.assertEqual(self.names(destination, user), ["a", "b", "c"])
        self.assertEqual(self.names(source, user), [])

    def test_delete1_marks_only_without_expunge1(self):
        user = self.filled("ab")
        self.migrate(user, "--delete1", "--noexpunge1")
        self.assertEqual(self.names(self.source, user), ["a*", "b*"])
        self.assertEqual(self.names(self.destination, user), ["a", "b"])

    def test_delete1_keeps_to_the_selection(self):
        user = self.filled("abc", there="a")
        self.migrate(user, "--delete1", "--search1", "SUBJECT b")
        self.assertEqual(self.names(self.source, user), ["a", "c"])
        self.assertEqual(self.names(self.destination, user), ["a", "b"])

    def test_delete1_keeps_to_the_selection_also_of_what_was_copied_before(self):
        user = self.filled("abc")
        self.migrate(user)
        self.migrate(user, "--delete1", "--minage", "100", "--noabletosearch")
        self.assertEqual(self.names(self.source, user), ["a", "b", "c"])
        self.migrate(user, "--delete1", "--search1", "SUBJECT b")
        self.assertEqual(self.names(self.source, user), ["a", "c"])

    def test_delete1_keeps_what_expunge2_has_taken(self):
        user = self.filled("ab")
        self.migrate(user)
        with self.open(self.destination, user) as session:
            inbox = next(box for box in session.mailboxes() if box.path == INBOX)
            uid = next(one.uid for one in session.messages(inbox) if b"<a@" in one.content)
            session.select(INBOX, readonly=False)
            session.store(uid, "+FLAGS", ("\\Deleted",))
        self.migrate(user, "--delete1", "--expunge2", "--noresyncflags")
        self.assertEqual(self.names(self.source, user), ["a"])
        self.assertEqual(self.names(self.destination, user), ["b"])

    def test_delete1_in_a_dry_run_and_with_dry1(self):
        user = self.filled("ab")
        self.assertIn("2 on the source", self.migrate(user, "--delete1", "--dry").output)
        self.migrate(user, "--delete1", "--dry1")
        self.assertEqual(self.names(self.source, user), ["a", "b"])
        self.assertEqual(self.names(self.destination, user), ["a", "b"])

    def test_expunge1_takes_only_what_is_marked_and_copied(self):
        user = self.filled("a")
        self.fill(self.source, user, "b", ["\\Deleted"])
        self.migrate(user, "--expunge1")
        self.assertEqual(self.names(self.source, user), ["a"])
        self.assertEqual(self.names(self.destination, user), ["a", "b*"])

    def test_maxdelete_counts_for_the_source_when_it_is_given(self):
        user = self.filled("abcd")
        self.migrate(user, "--delete1", "--maxdelete", "3", code=111)
        self.assertEqual(self.names(self.source, user), ["a", "b", "c", "d"])
        self.migrate(user, "--delete1", "--maxdelete", "100%")
        self.assertEqual(self.names(self.source, user), [])

    def test_delete1_never_empties_a_mailbox_that_is_its_own_destination(self):
        # As when the old name already leads to the new server: what is taken for the copy of a message is itself.
        for option in ("--delete1", "--expunge1"):
            for host in ("127.0.0.1", "localhost"):
                with self.subTest(option=option, host=host):
                    user = self.new_user()
                    self.fill(self.source, user, "ab")
                    self.fill(self.source, user, "c", ["\\Deleted"])
                    finished = self.migrate(user, option, "--host2", host, destination=self.source, code=111)
                    self.assertIn("the destination is the very same mailbox", finished.output)
                    self.assertEqual(self.names(self.source, user), ["a", "b", "c*"])

    def test_delete1_where_the_copies_have_the_uids_of_their_originals(self):
        # As when the files of a mailbox were copied from server to server: all is alike, and yet these are copies.
        there = self.serve()
        for option, left in (("--delete1", []), ("--expunge1", ["a"])):
            user = self.new_user()
            self.fill(self.source, user, "a")
            self.fill(self.source, user, "b", ["\\Deleted"])
            subprocess.run(["cp", "-a", self.source.directory / "mail" / user, there.directory / "mail" / user], check=True)
            finished = self.migrate(user, option, destination=there)
            self.assertEqual(self.names(self.source, user), left, str(finished))
            self.assertEqual(self.names(there, user), ["a", "b*"], str(finished))

    def test_delete1_moves_within_one_account(self):
        user = self.new_user()
        self.fill(self.source, user, "ab")
        self.migrate(user, "--folder", "INBOX", "--f1f2", "INBOX=Old", "--delete1", destination=self.source)
        self.assertEqual(self.names(self.source, user), [])
        self.assertEqual(self.names(self.source, user, ("Old",)), ["a", "b"])

    def test_delete1_and_delete2_exclude_each_other(self):
        user = self.filled("a")
        self.migrate(user, "--delete1", "--delete2", code=64)


if __name__ == "__main__":
    unittest.main(verbosity=2)
