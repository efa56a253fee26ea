#!/usr/bin/env python3
"""SIGKILL at random moments, then a rerun: everything is there and nothing twice, whatever became of what was remembered."""

import os
import pathlib
import random
import shutil
import tempfile
import time
import unittest

import paths  # noqa: F401
import mail
from harness import UNDER_SANITIZER, Running, WholeProgramTest, login, run, sessions_left, side

MOMENTS = int(os.environ.get("IMAPFERRY_TEST_MOMENTS") or (6 if UNDER_SANITIZER else 20))
MESSAGES = int(os.environ.get("IMAPFERRY_TEST_MESSAGES") or 300)
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
            mail.fill(session, mail.account("kill", messages=MESSAGES, folders=FOLDERS))
        folder = tempfile.TemporaryDirectory(prefix="imapferry-kill-")
        self.addCleanup(folder.cleanup)

        def options(user2):
            return [*side(1, source), *login(1, user), *side(2, destination), *login(2, user2), "--batchmessages", "7",
                    "--statedir", pathlib.Path(folder.name) / user2]

        whole = run(*options(self.new_user()))
        self.assert_ended(whole, 0)
        unfinished = 0
        for number in range(MOMENTS):
            user2, kills = self.new_user(), []
            state = pathlib.Path(folder.name) / user2
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
                fate = chance.choice(("kept", "kept", "removed", "damaged"))
                self.meet(fate, state, chance)
                kills.append(f"store {fate}")
            last = run(*options(user2))
            self.assert_ended(last, 0)
            context = f"moment {number}, {kills} of {whole.seconds:.3f} s, seed {self.seed}\n{last}"
            self.assert_equal_accounts(source, user, destination, user2, context)
            print(f"{number}: killed after {', '.join(kills)}: equal", flush=True)
        self.assertGreater(unfinished, 0, "every run had ended before it was killed: this test tested nothing")

    def meet(self, fate, state, chance):
        """What may happen to a store between two runs."""
        if fate == "removed":
            shutil.rmtree(state, ignore_errors=True)
        database = state / "imapferry.sqlite"
        if fate != "damaged" or not database.exists():
            return
        for path in state.glob("imapferry.sqlite*"):
            held = bytearray(path.read_bytes())
            for _ in range(1 + len(held) // 20_000):
                at = chance.randrange(max(1, len(held)))
                held[at:at + 16] = chance.randbytes(len(held[at:at + 16]))
            path.write_bytes(held)

    def test_without_new_uids(self):
        self.check(self.serve_without_uids(), self.serve_without_uids(layout="mdbox"))

    def test_into_mdbox(self):
        self.check(self.serve(), self.serve(layout="mdbox", separator=".", prefix="INBOX."))

    def test_into_maildir(self):
        self.check(self.serve(layout="mdbox"), self.serve())


if __name__ == "__main__":
    unittest.main(verbosity=2)
