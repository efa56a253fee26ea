#!/usr/bin/env python3
"""A network that breaks all the time: one run ends complete, with nothing twice."""

import os
import random
import tempfile
import unittest

import paths  # noqa: F401
import mail
from cutting_proxy import CuttingProxy
from harness import UNDER_SANITIZER, WholeProgramTest, login, run, side

CUTS = int(os.environ.get("IMAPFERRY_TEST_CUTS") or (16 if UNDER_SANITIZER else 40))
MESSAGES = int(os.environ.get("IMAPFERRY_TEST_MESSAGES") or 600)
FOLDERS = (("Archive", "2019"), ("Проекты", "Важно"))
LARGEST = 20_000


class CutTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.seed = os.environ.get("IMAPFERRY_TEST_SEED") or str(random.SystemRandom().getrandbits(32))
        print(f"IMAPFERRY_TEST_SEED={cls.seed}", flush=True)

    def filled(self, server, without=(), messages=MESSAGES):
        user = self.new_user()
        folders = mail.account("cut", messages=messages, folders=FOLDERS)
        # What does not fit between two cuts can never pass.
        for folder in folders:
            folder.mails = [one for one in folder.mails if len(one.content) < LARGEST and not set(one.flags) & set(without)]
        with self.open(server, user) as session:
            mail.fill(session, folders)
        return user

    def proxy(self, server, *arguments, **options):
        proxy = CuttingProxy(server, *arguments, **options)
        self.addCleanup(proxy.stop)
        return proxy

    def migrate(self, source, user, destination, *more, timeout=300):
        folder = tempfile.TemporaryDirectory(prefix="imapferry-cut-")
        self.addCleanup(folder.cleanup)
        return run(*side(1, source), *login(1, user), *side(2, destination), *login(2, user), "--batchmessages", "5", "--lanes", "2",
                   *(more or ["--statedir", folder.name]), timeout=timeout)

    def check_random_cuts(self, source, destination, *more, without=()):
        user = self.filled(source, without)
        # Long enough to log in and to list something, or nothing would ever go on.
        average = max(50_000, MESSAGES * 6000 // CUTS)
        lines = [self.proxy(server, f"{self.seed}-{number}", CUTS // 2,
                            cut_after=lambda chance: chance.randrange(2_000, 2 * average))
                 for number, server in enumerate((source, destination))]
        finished = self.migrate(lines[0], user, lines[1], *more)
        print(f"{sum(line.cuts for line in lines)} cuts, {finished.seconds:.1f} s", flush=True)
        self.assert_ended(finished, 0)
        self.assertGreater(sum(line.cuts for line in lines), 5, "the line was hardly ever cut: this test tested nothing")
        self.assert_equal_accounts(source, user, destination, user, f"seed {self.seed}\n{finished}")

    def test_random_cuts(self):
        self.check_random_cuts(self.serve(), self.serve(layout="mdbox", separator=".", prefix="INBOX."))

    def test_random_cuts_without_a_store(self):
        self.check_random_cuts(self.serve(), self.serve(), "--nostate")

    def test_random_cuts_without_new_uids(self):
        # A server that can only expunge everything that is marked must not do so while others have marked something.
        self.check_random_cuts(self.serve_without_uids(), self.serve_without_uids(), without=["\\Deleted"])

    def check_stored_but_never_heard(self, *more):
        """The destination stores a batch, and the line breaks on its answer."""
        source, destination = self.serve(), self.serve(layout="mdbox")
        user = self.filled(source)
        line = self.proxy(destination, self.seed, CUTS // 2, swallow=rb"\[APPENDUID [^\r]*")
        finished = self.migrate(source, user, line, *more)
        print(f"{line.cuts} answers never heard, {finished.seconds:.1f} s", flush=True)
        self.assert_ended(finished, 0)
        self.assertEqual(line.cuts, CUTS // 2)
        self.assert_equal_accounts(source, user, destination, user, f"seed {self.seed}\n{finished}")

    def test_stored_but_never_heard(self):
        self.check_stored_but_never_heard()

    def test_stored_but_never_heard_without_a_store(self):
        self.check_stored_but_never_heard("--nostate")

    def test_server_that_wants_fewer_connections(self):
        source, destination = self.serve(), self.serve()
        # So many that three lanes pay.
        user = self.filled(source, messages=2000)
        line = self.proxy(destination, self.seed, CUTS, tolerates=1)
        finished = self.migrate(source, user, line, "--lanes", "3", "--nostate")
        print(f"{line.cuts} connections were too many, {finished.seconds:.1f} s", flush=True)
        self.assert_ended(finished, 0)
        self.assertGreater(line.cuts, 0, "no connection was too many: this test tested nothing")
        # Two lanes too many, each sent away once, and perhaps one that was sent away while another was still leaving.
        self.assertLessEqual(line.cuts, 4)
        self.assert_equal_accounts(source, user, destination, user, f"seed {self.seed}\n{finished}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
