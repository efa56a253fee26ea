#!/usr/bin/env python3
"""Whole migrations between two Dovecots that differ in layout, separator and prefix: first copy, rerun, changes, protection."""

import os
import pathlib
import re
import tempfile
import unittest

import paths  # noqa: F401
import mail
from harness import WholeProgramTest, login, run, side, snapshot


class CopyTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.maildir = cls.serve(layout="maildir", separator="/", prefix="")
        cls.mdbox = cls.serve(layout="mdbox", separator=".", prefix="INBOX.")

    def migrate(self, source, destination, user, *options, protection="none", code=0):
        finished = run(*side(1, source, protection), *login(1, user), *side(2, destination, protection), *login(2, user), *options)
        self.assert_ended(finished, code)
        return finished

    def filled(self, server, seed, **options):
        user = self.new_user()
        with self.open(server, user) as session:
            self.assertEqual(mail.fill(session, mail.account(seed, **options)), [])
        return user

    def check_copy_and_rerun(self, source, destination, seed):
        user = self.filled(source, seed, messages=150)
        before = snapshot(self.open(source, user))
        finished = self.migrate(source, destination, user)
        outcome = self.assert_equal_accounts(source, user, destination, user, str(finished))
        print(f"{outcome.mailboxes} mailboxes, {outcome.messages} messages, {finished.seconds:.2f} s")
        copied = snapshot(self.open(destination, user))
        again = self.migrate(source, destination, user)
        self.assertEqual(snapshot(self.open(destination, user)), copied, f"a rerun changed something\n{again}")
        self.assertEqual(snapshot(self.open(source, user)), before, "the source was changed")

    def test_maildir_to_mdbox_with_a_prefix(self):
        self.check_copy_and_rerun(self.maildir, self.mdbox, "there")

    def test_mdbox_with_a_prefix_to_maildir(self):
        self.check_copy_and_rerun(self.mdbox, self.maildir, "back")

    def test_protection(self):
        for protection in ("none", "starttls", "tls"):
            with self.subTest(protection=protection):
                user = self.filled(self.maildir, protection, messages=20, folders=(("Archive", "2019"), ("日本語",)))
                self.migrate(self.maildir, self.mdbox, user, protection=protection)
                self.assert_equal_accounts(self.maildir, user, self.mdbox, user)
                logins = [line for line in self.maildir.log().splitlines() if f"Login: user=<{user}>" in line]
                # The tests' own sessions come first, the migration's last.
                self.assertEqual(", TLS, " in logins[-2], protection != "none", logins)

    def test_a_server_that_allows_one_more_connection(self):
        few = self.serve(layout="mdbox", extra="protocol imap {\n  mail_max_userip_connections = 3\n}")
        user = self.filled(self.maildir, "few", messages=60)
        others = [self.open(few, user), self.open(few, user)]
        finished = self.migrate(self.maildir, few, user, "--lanes", "6")
        self.assertIn("Maximum number of connections", few.log(), "the server refused nothing: this test tested nothing")
        for other in others:
            other.close()
        self.assert_equal_accounts(self.maildir, user, few, user, str(finished))

    def test_batches_wait_for_what_is_not_proven_only(self):
        """The first batch, and one with a new keyword, wait for the server's go-ahead; none of the others does."""
        with tempfile.TemporaryDirectory(prefix="imapferry-commands-") as folder:
            os.chmod(folder, 0o777)
            # Dovecot writes down what each session sends.
            heard = self.serve(layout="mdbox", extra=f"protocol imap {{\n  rawlog_dir = {folder}\n}}")
            user = self.new_user()
            with self.open(self.maildir, user) as session:
                for number in range(200):
                    session.append(("INBOX",), b"Message-Id: <%d@proof>\r\n\r\nbody\r\n" % number,
                                   ("$Label1",) if number in (99, 150) else ("\\Seen",))
            self.migrate(self.maildir, heard, user, "--batchmessages", "10")
            sent = b"".join(path.read_bytes() for path in pathlib.Path(folder).glob("*.in"))
        self.assertEqual(len(re.findall(rb" APPEND ", sent)), 20)
        self.assertEqual([bool(b"$Label1" in line) for line in re.findall(rb"[^\n]* \{\d+\}\r\n", sent)], [False, True])
        self.assert_equal_accounts(self.maildir, user, heard, user)

    def test_flags_changed_on_the_source_are_brought_in_line(self):
        user = self.filled(self.maildir, "flags", messages=30, folders=(("Archive",),))
        self.migrate(self.maildir, self.mdbox, user)
        with self.open(self.maildir, user) as session:
            session.select(("INBOX",), readonly=False)
            uids = session.command("UID", "SEARCH", "ALL")[0].decode().split()
            session.store(uids[0], "FLAGS", ["\\Answered", "$Label1"])
            session.store(uids[1], "FLAGS", [])
            session.store(uids[2], "+FLAGS", ["\\Flagged", "brand-new"])
        self.migrate(self.maildir, self.mdbox, user)
        self.assert_equal_accounts(self.maildir, user, self.mdbox, user)

    def test_what_only_the_destination_has_stays(self):
        user = self.filled(self.maildir, "extra", messages=30, folders=(("Archive",),))
        with self.open(self.mdbox, user) as session:
            session.create(("Only here",))
            session.append(("Only here",), b"Message-Id: <1@only>\r\n\r\nonly here\r\n", ("\\Flagged",))
            session.append(("INBOX",), b"Message-Id: <2@only>\r\n\r\nonly here\r\n", ("Junk",))
            own = snapshot(session)
        self.migrate(self.maildir, self.mdbox, user)
        self.assert_equal_accounts(self.maildir, user, self.mdbox, user, extra_ok=True)
        found = snapshot(self.open(self.mdbox, user))
        self.assertEqual(found[("Only here",)], own[("Only here",)])
        for uid, facts in own[("INBOX",)].items():
            self.assertEqual(found[("INBOX",)].get(uid), facts)

    def test_new_messages_are_added_on_a_rerun(self):
        user = self.filled(self.maildir, "delta", messages=30, folders=(("Archive",),))
        self.migrate(self.maildir, self.mdbox, user)
        first = snapshot(self.open(self.mdbox, user))
        with self.open(self.maildir, user) as session:
            session.append(("Archive",), b"Message-Id: <3@new>\r\n\r\nnew\r\n", ("\\Seen",), mail.DATES[3])
            session.create(("New folder",))
            session.append(("New folder",), b"Message-Id: <4@new>\r\n\r\nnew\r\n", (), mail.DATES[4])
        self.migrate(self.maildir, self.mdbox, user)
        self.assert_equal_accounts(self.maildir, user, self.mdbox, user)
        second = snapshot(self.open(self.mdbox, user))
        for path, messages in first.items():
            self.assertLessEqual(messages.items(), second[path].items(), path)

    def test_dry_run_changes_nothing(self):
        user = self.filled(self.maildir, "dry", messages=10, folders=(("Archive",),))
        before = snapshot(self.open(self.mdbox, user))
        for options in (["--dry"], ["--justfoldersizes"], ["--justconnect"]):
            self.migrate(self.maildir, self.mdbox, user, *options)
            self.assertEqual(snapshot(self.open(self.mdbox, user)), before, options)

    def test_just_folders(self):
        user = self.filled(self.maildir, "folders", messages=10)
        self.migrate(self.maildir, self.mdbox, user, "--justfolders")
        source, found = snapshot(self.open(self.maildir, user)), snapshot(self.open(self.mdbox, user))
        self.assertEqual(set(found), set(source))
        self.assertFalse(any(found.values()))

    def test_folder_selection(self):
        user = self.filled(self.maildir, "selection", messages=40)
        self.migrate(self.maildir, self.mdbox, user, "--folder", "Sent", "--folderrec", "Archive", "--exclude", "Q2$")
        found = set(snapshot(self.open(self.mdbox, user)))
        self.assertEqual(found, {("INBOX",), ("Sent",), ("Archive", "2019", "Q1"), ("Archive", "2020")})
        self.assertEqual(snapshot(self.open(self.mdbox, user))[("INBOX",)], {})


if __name__ == "__main__":
    unittest.main(verbosity=2)
