#!/usr/bin/env python3
"""SIGKILL at random moments, then a rerun: everything is there and nothing twice."""

import os
import random
import time
import unittest

import paths  # noqa: F401
import mail
from harness import UNDER_SANITIZER, Running, WholeProgramTest, login, run, sessions_left, side

MOMENTS = 6 if UNDER_SANITIZER else 20
FOLDERS = (("Archive", "2019"), ("Archive", "2020"), ("Проекты", "Важно"), ("Empty",))


class KillTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.seed = os.environ.get("IMAPFERRY_TEST_SEED") or str(random.SystemRandom().getrandbits(32))
        print(f"IMAPFERRY_TEST_SEED={cls.seed}", flush=True)

    def check(self, source, destination):
        chance = random.Random(self.seed)
        user = self.new_user()
        with self.open(source, user) as session:
            mail.fill(session, mail.account("kill", messages=300, folders=FOLDERS))

        def options(user2):
            return [*side(1, source), *login(1, user), *side(2, destination), *login(2, user2), "--batchmessages", "7"]

        whole = run(*options(self.new_user()))
        self.assert_ended(whole, 0)
        unfinished = 0
        for number in range(MOMENTS):
            user2, kills = self.new_user(), []
            # Killed up to three times in a row, each time anywhere in the time that a whole run takes.
            for _ in range(chance.randint(1, 3)):
                running = Running(options(user2))
                moment = chance.uniform(0, whole.seconds)
                time.sleep(moment)
                unfinished += running.is_running
                running.kill()
                kills.append(f"{moment:.3f}")
                # What the killed run had sent is still on its way into the server; no client can know of it.
                self.wait_until(lambda: sessions_left(destination, user2) <= 0, "the server to notice the kill")
            last = run(*options(user2))
            self.assert_ended(last, 0)
            context = f"moment {number}, killed after {kills} s of {whole.seconds:.3f} s, seed {self.seed}\n{last}"
            self.assert_equal_accounts(source, user, destination, user2, context)
            print(f"{number}: killed after {', '.join(kills)} s: equal", flush=True)
        self.assertGreater(unfinished, 0, "every run had ended before it was killed: this test tested nothing")

    def test_into_mdbox(self):
        self.check(self.serve(), self.serve(layout="mdbox", separator=".", prefix="INBOX."))

    def test_into_maildir(self):
        self.check(self.serve(layout="mdbox"), self.serve())


if __name__ == "__main__":
    unittest.main(verbosity=2)
