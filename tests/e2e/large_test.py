#!/usr/bin/env python3
"""One very large message: it arrives, and it does not have to fit into memory."""

import unittest

import paths  # noqa: F401
import mail
from harness import UNDER_SANITIZER, WholeProgramTest, login, run, side

SIZE = 60_000_000


class LargeTest(WholeProgramTest):
    def test_large_message(self):
        source, destination = self.serve(), self.serve(layout="mdbox", separator=".", prefix="INBOX.")
        user = self.new_user()
        with self.open(source, user) as session:
            mail.fill(session, mail.account("large", messages=20, folders=(("Archive",),), large=SIZE))
        finished = run(*side(1, source), *login(1, user), *side(2, destination), *login(2, user), timeout=120)
        self.assert_ended(finished, 0)
        self.assert_equal_accounts(source, user, destination, user, str(finished))
        print(f"{SIZE / 1e6:.0f} MB message: {finished.seconds:.2f} s, {finished.memory / 1024:.1f} MiB resident at most")
        if not UNDER_SANITIZER:
            self.assertLess(finished.memory, 64 * 1024, "KiB resident")


if __name__ == "__main__":
    unittest.main(verbosity=2)
