#!/usr/bin/env python3
"""Limits of how fast is copied, the user's and the server's. Only lower bounds of time: a busy machine may always be slower."""

import time
import unittest

import paths  # noqa: F401
from harness import Running, WholeProgramTest, login, run, side
from scripted_server import ScriptedServer, StoredMail

KIB = 1024


def mails(count, size):
    return [StoredMail(b"Message-Id: <%d@example.test>\r\n\r\n" % n + b"x" * (size - 60) + b"\r\n") for n in range(count)]


class RatesTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.source = cls.serve()
        cls.destination = cls.serve(layout="mdbox")

    def filled(self, count, size):
        user = self.new_user()
        with self.open(self.source, user) as session:
            for stored in mails(count, size):
                session.append(("INBOX",), stored.content)
        return user

    def options(self, user, *more):
        return [*side(1, self.source), *side(2, self.destination), *login(1, user), *login(2, user), *more]

    def count(self, user):
        with self.open(self.destination, user) as session:
            return sum(1 for m in session.mailboxes() if m.is_selectable for _ in session.messages(m, contents=False))

    def test_messages(self):
        user = self.filled(12, 500)
        finished = run(*self.options(user, "--maxmessagespersecond", 4))
        self.assert_ended(finished, 0)
        self.assertEqual(self.count(user), 12)
        # Four at once, four after a second, four after two.
        self.assertGreaterEqual(finished.seconds, 2)

    def test_bytes(self):
        user = self.filled(10, 20 * KIB)
        finished = run(*self.options(user, "--maxbytespersecond", 40 * KIB))
        self.assert_ended(finished, 0)
        self.assertEqual(self.count(user), 10)
        self.assertGreaterEqual(finished.seconds, 4)

    def test_bytes_count_after_a_volume(self):
        user = self.filled(10, 20 * KIB)
        finished = run(*self.options(user, "--maxbytespersecond", 20 * KIB, "--maxbytesafter", 140 * KIB))
        self.assert_ended(finished, 0)
        self.assertEqual(self.count(user), 10)
        self.assertGreaterEqual(finished.seconds, 2)

    def test_all_lanes_share_the_limit(self):
        user = self.new_user()
        with self.open(self.source, user) as session:
            for n in range(8):
                session.create((f"Folder{n}",))
                for stored in mails(4, 500):
                    session.append((f"Folder{n}",), stored.content)
        finished = run(*self.options(user, "--maxmessagespersecond", 10, "--lanes", 4))
        self.assert_ended(finished, 0)
        self.assertEqual(self.count(user), 32)
        self.assertGreaterEqual(finished.seconds, 2)

    def test_a_stop_ends_a_long_wait_in_order(self):
        user = self.filled(5, 500)
        running = Running(self.options(user, "--maxmessagespersecond", 0.01))
        self.wait_until(lambda: self.count(user) == 1, "the first message")
        running.signal(2)
        finished = running.wait(30)
        self.assertEqual(self.count(user), 1, str(finished))
        self.assert_ended(run(*self.options(user)), 0)
        self.assertEqual(self.count(user), 5)

    def test_a_server_that_names_a_wait_gets_it(self):
        refusal = "Request is throttled. Suggested Backoff Time: 1500 milliseconds"
        for word in ("NO", "BAD"):
            with self.subTest(word=word):
                user = self.filled(3, 500)
                refused = []

                def append(peer, command, refused=refused, word=word):
                    if refused:
                        return "go on"
                    refused.append(time.monotonic())
                    peer.line(f"{command.tag} {word} {refusal}")
                    return None

                with ScriptedServer({"INBOX": []}) as server:
                    server.faults["append"] = append
                    finished = run(*side(1, self.source), "--host2", server.host, "--port2", server.port, "--nossl2", "--notls2",
                                   *login(1, user), *login(2, user))
                self.assertEqual(len(refused), 1)
                self.assert_ended(finished, 0)
                self.assertGreaterEqual(finished.seconds, 1.5)
                self.assertFalse(finished.lines_with("refused:"), str(finished))


if __name__ == "__main__":
    unittest.main(verbosity=2)
