#!/usr/bin/env python3
"""What is remembered from run to run: it saves work and is never relied on."""

import json
import os
import pathlib
import random
import re
import signal
import tempfile
import unittest

import paths  # noqa: F401
import mail
from harness import Running, WholeProgramTest, login, run, side, snapshot

# Dovecot's list without what makes deltas cheap, and without what tells the UIDs of new messages.
BARE = "IMAP4rev1 SASL-IR LITERAL+ ENABLE IDLE NAMESPACE CHILDREN UNSELECT"


def message(number, text="body"):
    return b"Message-Id: <%d@store>\r\nSubject: %d\r\n\r\n%s\r\n" % (number, number, text.encode())


class StoreTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.source = cls.serve(layout="maildir")
        cls.destination = cls.serve(layout="mdbox", separator=".", prefix="INBOX.")

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="imapferry-store-")
        self.addCleanup(folder.cleanup)
        self.state = pathlib.Path(folder.name) / "state"

    def options(self, user, *more, source=None, destination=None):
        return [*side(1, source or self.source), *login(1, user), *side(2, destination or self.destination), *login(2, user),
                "--statedir", self.state, *more]

    def migrate(self, user, *more, code=0, **servers):
        finished = run(*self.options(user, *more, **servers))
        self.assert_ended(finished, code)
        return finished

    def filled(self, count=20, server=None):
        user = self.new_user()
        with self.open(server or self.source, user) as session:
            for number in range(count):
                session.append(("INBOX",), message(number), ("\\Seen",))
        return user

    def figure(self, finished, name):
        line = re.search(rf"^  {name} +(.*)$", finished.output, re.MULTILINE)
        self.assertIsNotNone(line, str(finished))
        return line.group(1)

    # --- deltas

    def test_nothing_new_opens_no_mailbox(self):
        with tempfile.TemporaryDirectory(prefix="imapferry-commands-") as folder:
            os.chmod(folder, 0o777)
            heard = self.serve(extra=f"protocol imap {{\n  rawlog_dir = {folder}\n}}")
            user = self.new_user()
            with self.open(heard, user) as session:
                mail.fill(session, mail.account("nothing new", messages=60))
            self.migrate(user, source=heard)
            for path in pathlib.Path(folder).iterdir():
                path.unlink()
            again = self.migrate(user, source=heard)
            sent = b"".join(path.read_bytes() for path in pathlib.Path(folder).glob("*.in"))
        self.assertNotIn(b"EXAMINE", sent)
        self.assertNotIn(b"FETCH", sent)
        self.assertEqual(self.figure(again, "copied"), "0 (0 B)")
        self.assert_equal_accounts(heard, user, self.destination, user, str(again))

    def changes(self, source, destination, rounds, seed):
        """Random changes on both sides; after each round a run brings the destination in line."""
        chance = random.Random(seed)
        user = self.filled(40, source)
        self.migrate(user, source=source, destination=destination)
        number = 1000
        for round_number in range(rounds):
            with self.open(source, user) as session:
                for _ in range(chance.randrange(4)):
                    session.append(("INBOX",), message(number), chance.choice(((), ("\\Seen",), ("\\Flagged", "$Work"))))
                    number += 1
                session.select(("INBOX",), readonly=False)
                uids = session.command("UID", "SEARCH", "ALL")[0].decode().split()
                for uid in chance.sample(uids, 3):
                    session.store(uid, "FLAGS", chance.choice(([], ["\\Seen"], ["\\Answered", "$Label1"])))
                gone = chance.sample(uids, chance.randrange(3))
                if gone:
                    session.store(",".join(gone), "+FLAGS", ["\\Deleted"])
                    session.command("EXPUNGE")
            with self.open(destination, user) as session:
                session.select(("INBOX",), readonly=False)
                uids = session.command("UID", "SEARCH", "ALL")[0].decode().split()
                for uid in chance.sample(uids, 2):
                    session.store(uid, "FLAGS", chance.choice((["\\Deleted"], ["\\Draft", "Mine"])))
                session.command("EXPUNGE")
            finished = self.migrate(user, source=source, destination=destination)
            self.assert_equal_accounts(source, user, destination, user, f"round {round_number}, seed {seed}\n{finished}",
                                       extra_ok=True)
            copied = snapshot(self.open(destination, user))
            again = run(*side(1, source), *login(1, user), *side(2, destination), *login(2, user), "--nostate")
            self.assert_ended(again, 0)
            self.assertEqual(snapshot(self.open(destination, user)), copied,
                             f"a run that remembers nothing finds more to do: round {round_number}, seed {seed}\n{again}")

    def seed(self):
        seed = os.environ.get("IMAPFERRY_TEST_SEED") or str(random.SystemRandom().getrandbits(32))
        print(f"IMAPFERRY_TEST_SEED={seed}", flush=True)
        return seed

    def test_random_changes(self):
        self.changes(self.source, self.destination, 12, self.seed())

    def test_random_changes_on_servers_that_can_nothing(self):
        self.changes(self.serve(capability=BARE), self.serve(layout="mdbox", capability=BARE), 8, self.seed())

    def test_random_changes_without_vanished(self):
        some = BARE + " UIDPLUS MULTIAPPEND CONDSTORE ESEARCH LIST-EXTENDED LIST-STATUS"
        self.changes(self.serve(capability=some), self.serve(layout="mdbox", capability=some), 8, self.seed())

    def test_what_was_deleted_on_the_destination(self):
        user = self.filled(10)
        self.migrate(user)

        def delete_two():
            with self.open(self.destination, user) as session:
                session.select(("INBOX",), readonly=False)
                session.store("2:3", "+FLAGS", ["\\Deleted"])
                session.command("EXPUNGE")

        def count():
            with self.open(self.destination, user) as session:
                return len(snapshot(session)[("INBOX",)])

        delete_two()
        for _ in range(2):
            self.migrate(user, "--nocopydeleted2")
            self.assertEqual(count(), 8)
        with self.open(self.source, user) as session:
            session.append(("INBOX",), message(100))
        self.migrate(user, "--nocopydeleted2")
        self.assertEqual(count(), 9, "new mail is copied all the same")
        self.migrate(user)
        self.assertEqual(count(), 11)
        self.assert_equal_accounts(self.source, user, self.destination, user)

    def test_flags_are_merged(self):
        user = self.filled(4)
        self.migrate(user, "--flagsmerge")
        with self.open(self.source, user) as session:
            session.select(("INBOX",), readonly=False)
            session.store("1", "FLAGS", ["\\Flagged"])
            session.store("2", "+FLAGS", ["$Source"])
        with self.open(self.destination, user) as session:
            session.select(("INBOX",), readonly=False)
            session.store("1", "+FLAGS", ["\\Answered"])
            session.store("3", "FLAGS", ["$Mine"])
        self.migrate(user, "--flagsmerge")

        def flags():
            with self.open(self.destination, user) as session:
                facts = snapshot(session)[("INBOX",)]
                return [sorted(f for f in facts[uid][0] if f.lower() != "\\recent") for uid in sorted(facts)]

        merged = [["\\Answered", "\\Flagged"], ["$Source", "\\Seen"], ["$Mine"], ["\\Seen"]]
        self.assertEqual(flags(), merged)
        self.migrate(user, "--flagsmerge")
        self.assertEqual(flags(), merged)
        self.migrate(user)
        self.assertEqual(flags(), [["\\Flagged"], ["$Source", "\\Seen"], ["\\Seen"], ["\\Seen"]])

    def test_another_uidvalidity_is_told_and_nothing_doubled(self):
        for number, server in ((1, self.source), (2, self.destination)):
            with self.subTest(side=number):
                user = self.new_user()
                with self.open(self.source, user) as session:
                    session.create(("Work",))
                    for n in range(10):
                        session.append(("Work",), message(n))
                self.migrate(user)
                with self.open(server, user) as session:
                    session.delete(("Work",))
                    session.create(("Work",))
                    for n in range(7):
                        session.append(("Work",), message(n))
                finished = self.migrate(user)
                self.assertIn("another UIDVALIDITY", finished.output)
                again = self.migrate(user)
                self.assertNotIn("another UIDVALIDITY", again.output)
                with self.open(self.destination, user) as session:
                    self.assertEqual(len(snapshot(session)[("Work",)]), 10)

    def test_mail_that_others_add_is_not_taken_for_ours(self):
        user = self.filled(30)
        running = Running(self.options(user, "--batchmessages", "2"))
        with self.open(self.destination, user) as session:
            for number in range(10):
                session.append(("INBOX",), message(5000 + number, "of somebody else"))
        self.assert_ended(running.wait(), 0)
        self.migrate(user)
        self.assert_equal_accounts(self.source, user, self.destination, user, extra_ok=True)
        with self.open(self.destination, user) as session:
            self.assertEqual(len(snapshot(session)[("INBOX",)]), 40)

    # --- the store itself

    def database(self):
        return self.state / "imapferry.sqlite"

    def test_a_damaged_store_is_put_aside(self):
        chance = random.Random(self.seed())
        user = self.filled(30)
        self.migrate(user)
        told = 0
        for number in range(20):
            with self.open(self.source, user) as session:
                session.append(("INBOX",), message(100 + number))
            if not self.database().exists():
                # Put aside in the middle of the run before.
                self.migrate(user)
            damaged = bytearray(self.database().read_bytes())
            at = chance.choice([i for i in range(len(damaged) - 16) if damaged[i:i + 16].strip(b"\0")])
            damaged[at:at + 16] = chance.randbytes(16)
            self.database().write_bytes(damaged)
            finished = self.migrate(user)
            told += "put aside" in finished.output
            self.assert_equal_accounts(self.source, user, self.destination, user, f"damaged at {at}\n{finished}")
        self.assertGreater(told, 0, "no damage was noticed")
        self.database().write_bytes(b"this is no database at all, but a text of some length" * 100)
        finished = self.migrate(user)
        self.assertIn("put aside as", finished.output)
        self.assertEqual(self.database().stat().st_mode & 0o777, 0o600)
        self.assert_equal_accounts(self.source, user, self.destination, user)

    def test_no_password_is_in_it(self):
        user = self.filled(3)
        self.migrate(user, "--password1", "pass")
        held = b"".join(path.read_bytes() for path in self.state.iterdir())
        self.assertIn(user.encode(), held)
        self.assertNotIn(b"pass\0", held)
        self.assertIsNone(re.search(rb"[^a-z]pass[^a-z]", held))

    def told(self, *more):
        return json.loads(run("--status", "--json", "--statedir", self.state, *more).output)

    def test_two_processes_on_one_account(self):
        user = self.filled(1500)
        first = Running(self.options(user, "--batchmessages", "1"))
        self.wait_until(self.database().exists, "the store")
        self.wait_until(lambda: [account["state"] for account in self.told()] == ["unfinished"], "the first run")
        first.signal(signal.SIGSTOP)
        try:
            self.assertTrue(first.is_running)
            second = run(*self.options(user))
            self.migrate(self.filled(3))
            waiting = Running(self.options(user, "--wait"))
        finally:
            first.signal(signal.SIGCONT)
        self.assert_ended(first.wait(), 0)
        self.assert_ended(waiting.wait(), 0)
        self.assert_ended(second, 8)
        self.assertIn(f"process {first.process.pid} works on this account", second.output)
        self.assert_equal_accounts(self.source, user, self.destination, user)

    def test_status(self):
        user = self.filled(5)
        self.migrate(user)
        shown = run("status", "--statedir", self.state)
        self.assert_ended(shown, 0)
        self.assertRegex(shown.output, rf"{user} +finished .* 1 +5 ")
        self.assertEqual([(a["account"], a["state"], a["runs"], a["total_messages"], a["mailboxes"], a["settled_mailboxes"])
                          for a in self.told()], [(user, "finished", 1, 5, 1, 1)])
        account, = self.told()
        self.assertEqual((account["source_messages"], account["left_messages"]), (5, 0))
        nothing = run("--status", "--statedir", self.state / "elsewhere")
        self.assert_ended(nothing, 66)
        self.assertFalse((self.state / "elsewhere").exists())

    def test_status_of_a_run_that_was_stopped(self):
        user, before = self.filled(1500), 1501
        for runs, signal_number, state in ((1, signal.SIGKILL, "unfinished"), (2, signal.SIGTERM, "partial")):
            running = Running(self.options(user, "--batchmessages", "1"))
            self.wait_until(self.database().exists, "the store")
            self.wait_until(lambda: any(account["runs"] == runs and 0 < account["left_messages"] < before for account in self.told()),
                            "something that is left")
            running.signal(signal_number)
            running.wait()
            account, = self.told()
            self.assertEqual((account["state"], account["source_messages"]), (state, 1500))
            with self.open(self.destination, user) as session:
                there = session.select(("INBOX",))
            if signal_number == signal.SIGTERM:
                self.assertEqual(account["left_messages"], 1500 - there)
            self.assertGreater(account["left_messages"], 0)
            before = account["left_messages"]
        self.assertIn(f"copies {account['left_messages']:,} messages", run("status", "--statedir", self.state).output)
        self.migrate(user)
        self.assertEqual([account["left_messages"] for account in self.told()], [0])

    def test_a_refused_message_is_tried_again_and_shown(self):
        small = self.serve(max_mail_size="10k")
        user = self.filled(3)
        with self.open(self.source, user) as session:
            session.append(("INBOX",), message(50, "x" * 20_000))
        for _ in range(2):
            finished = self.migrate(user, destination=small, code=114)
            self.assertIn("refused         1", finished.output)
        shown = run("--status", "--statedir", self.state)
        self.assertRegex(shown.output, rf"{user} +partial")
        self.assertIn("refused: INBOX, UID 4", shown.output)

    def test_a_state_directory_that_cannot_be(self):
        user = self.filled(3)
        self.state.write_text("a file")
        refused = run(*self.options(user))
        self.assert_ended(refused, 66)
        self.assertIn("--nostate", refused.output)
        # One that nobody has named is a convenience.
        options = [option for option in self.options(user) if option not in ("--statedir", self.state)]
        finished = Running(options, {"XDG_STATE_HOME": str(self.state)}).wait()
        self.assert_ended(finished, 0)
        self.assertIn("goes on without it", finished.output)
        self.assert_equal_accounts(self.source, user, self.destination, user)


if __name__ == "__main__":
    unittest.main(verbosity=2)
