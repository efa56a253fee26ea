#!/usr/bin/env python3
"""Many accounts in one run: a users file, one account that fails, a run that is interrupted."""

import pathlib
import signal
import tempfile
import unittest

import paths  # noqa: F401
import mail
from compare import Options, compare
from harness import Running, WholeProgramTest, login, run, side, snapshot
from imap_account import Account

ACCOUNTS = 12
FOLDERS = (("Archive", "2019"), ("日本語",))


class UsersTest(WholeProgramTest):
    def setUp(self):
        self.users = [f"user{n}" for n in range(ACCOUNTS)]
        self.passwords = {user: f"Pass-{user};ü" if user == "user3" else f"pass-{user}" for user in self.users}
        self.source = self.serve(users=self.passwords)
        self.destination = self.serve(layout="mdbox", separator=".", prefix="INBOX.")
        self.sizes = {}
        for number, user in enumerate(self.users):
            with self.open(self.source, user, self.passwords[user]) as session:
                mail.fill(session, mail.account(user, messages=10 + 5 * number, folders=FOLDERS))
        self.directory = tempfile.TemporaryDirectory(prefix="imapferry-users-")
        self.addCleanup(self.directory.cleanup)

    def users_file(self, changed=None):
        path = pathlib.Path(self.directory.name) / "users.csv"
        lines = ["# source user;password;destination user;password", ""]
        for user in self.users:
            password = (changed or {}).get(user, self.passwords[user])
            field = f'"{password}"' if ";" in password else password
            lines.append(f"{user};{field};{user};pass")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def options(self, users_file, *more):
        return [*side(1, self.source), *side(2, self.destination), "--usersfile", users_file, *more]

    def compare(self, user):
        with Account(self.source.host, self.source.port, user, self.passwords[user]) as left, \
             Account(self.destination.host, self.destination.port, user, "pass") as right:
            outcome = compare(left, right, Options())
        self.assertEqual(outcome.differences, [], user)

    def test_one_wrong_password_stops_nobody_else(self):
        finished = run(*self.options(self.users_file({"user5": "wrong-secret"}), "--maxaccounts", "4"))
        self.assert_ended(finished, 161)
        self.assertTrue(finished.lines_with("user5"), finished)
        self.assertNotIn("wrong-secret", finished.output)
        for user in self.users:
            if user == "user5":
                left = snapshot(self.open(self.destination, user))
                self.assertFalse(any(left.values()), "an account without a source got messages")
            else:
                self.compare(user)
        # The repaired file finishes the rest and touches nothing else.
        before = snapshot(self.open(self.destination, "user7"))
        self.assert_ended(run(*self.options(self.users_file(), "--maxaccounts", "4")), 0)
        self.compare("user5")
        self.assertEqual(snapshot(self.open(self.destination, "user7")), before)

    def test_interrupt_finishes_what_is_begun_and_a_rerun_the_rest(self):
        slowly = ["--maxaccounts", "2", "--lanes", "1", "--batchmessages", "1"]
        # Interrupted as soon as messages arrive: twelve accounts one message at a time take far longer than that.
        running = Running(self.options(self.users_file(), *slowly))
        watcher = self.open(self.destination, "user0")
        self.wait_until(lambda: watcher.select(("INBOX",)) >= 2 or not running.is_running, "the first messages")
        self.assertTrue(running.is_running, "the run was over before it could be interrupted")
        running.signal(signal.SIGINT)
        finished = running.wait(30)
        self.assert_ended(finished, -signal.SIGINT)
        print("\n".join("    " + line for line in finished.output.splitlines()[-12:]))
        counts = [sum(map(len, snapshot(self.open(self.destination, user)).values())) for user in self.users]
        self.assertEqual(counts[-1], 0, "the last account was done although the run was interrupted")
        self.assertTrue(finished.lines_with("essages"), f"no summary\n{finished}")
        self.assert_ended(run(*self.options(self.users_file())), 0)
        for user in self.users:
            self.compare(user)

    def test_a_users_file_that_cannot_be_read(self):
        finished = run(*self.options("/no/such/users.csv"))
        self.assert_ended(finished, 66)
        self.assertTrue(finished.lines_with("/no/such/users.csv"), finished)

    def test_a_users_file_with_a_broken_line(self):
        path = self.users_file()
        path.write_text(path.read_text(encoding="utf-8") + "only;three;fields\n", encoding="utf-8")
        finished = run(*self.options(path))
        self.assertIn(finished.code, (64, 66), str(finished))
        self.assertTrue(finished.lines_with(str(ACCOUNTS + 3)), f"the line is not named\n{finished}")
        self.assertNotIn("three", finished.output, "a line of the users file holds passwords")
        self.assertEqual(sum(map(len, snapshot(self.open(self.destination, "user0")).values())), 0)

    def test_usage_errors(self):
        for options in (["--no-such-option"], ["--host1"], ["--maxaccounts", "x"]):
            with self.subTest(options=options):
                self.assert_ended(run(*options), 64)


if __name__ == "__main__":
    unittest.main(verbosity=2)
