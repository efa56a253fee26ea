#!/usr/bin/env python3
"""--syncacls with Cyrus: from Dovecot, to Dovecot and between two of its kind, in the letters of RFC 2086 and of RFC 4314.

Skipped where Cyrus is not unpacked (tests/setup servers). Between two Dovecots: folders_test.py.
"""

import re
import unittest

import paths  # noqa: F401
from cyrus import Cyrus
from dovecot import ACCESS_LISTS
from harness import WholeProgramTest, login, run, side
from imap_account import quote
from throwaway import Missing

SHARED = ("Общее", "R&D")
# Told beside the new letters for old clients, and saying nothing more (RFC 4314, section 2.1.1).
OLD_LETTERS = set("cd")


class RightsTest(WholeProgramTest):
    RIGHTS = {"all": "lrswipkxtea", "reader": "lrs", "-intern": "w", "maker": "lrk", "remover": "lrx",
              "marker": "lrt", "bob@example.com": "lre", "eve o'neil": "lrsi"}

    @classmethod
    def setUpClass(cls):
        try:
            # `old` does not tell that it knows the new letters, as if it knew those of RFC 2086 alone.
            cls.cyrus, cls.dots = cls.serve_cyrus(), cls.serve_cyrus(separator=".", prefix="INBOX.")
            cls.old = cls.serve_cyrus(suppress="RIGHTS=kxten")
        except Missing as reason:
            raise unittest.SkipTest(str(reason)) from None
        cls.dovecot = cls.serve(layout="mdbox", extra=ACCESS_LISTS)

    @classmethod
    def serve_cyrus(cls, **options):
        server = Cyrus(certificates=cls.certificates(), **options).start()
        cls.addClassCleanup(server.stop)
        return server

    def setUp(self):
        self.user = self.new_user()

    def grant(self, server, rights, path=SHARED):
        session = self.open(server, self.user)
        if path != ("INBOX",) and path not in [box.path for box in session.mailboxes()]:
            session.create(path)
        for identifier, letters in rights.items():
            session.command("SETACL", quote(session.wire_of(path)), quote(identifier), letters)

    def granted(self, server, path=SHARED):
        """{identifier: its letters, sorted}, without those that say nothing more and without the account's own login."""
        session = self.open(server, self.user)
        told = session.imap.getacl(quote(session.wire_of(path)))[1][0].decode()
        words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', told)
        words = [quoted or plain for quoted, plain in words][1:]
        found = {identifier: "".join(sorted(set(letters) - OLD_LETTERS)) for identifier, letters in zip(words[::2], words[1::2])}
        self.assertIn("a", found.pop(self.user), "the account has lost its own rights")
        return found

    def migrate(self, source, destination):
        finished = run(*side(1, source), *login(1, self.user), *side(2, destination), *login(2, self.user), "--syncacls")
        self.assert_ended(finished, 0)
        return finished

    def check(self, source, destination, expected, path=SHARED):
        """The destination's list is just that, and a rerun finds nothing to change."""
        expected = {identifier: "".join(sorted(letters)) for identifier, letters in expected.items()}
        finished = self.migrate(source, destination)
        self.assertTrue(finished.lines_with("rights"), str(finished))
        self.assertEqual(self.granted(destination, path), expected, str(finished))
        again = self.migrate(source, destination)
        self.assertFalse(again.lines_with("rights"), str(again))
        self.assertEqual(self.granted(destination, path), expected, str(again))

    def test_from_dovecot_to_cyrus_and_back(self):
        self.grant(self.dovecot, self.RIGHTS)
        self.grant(self.cyrus, {"gone": "lrswi", "reader": "lrswipkxte", "maker": "l"})
        self.check(self.dovecot, self.cyrus, self.RIGHTS)
        back = self.serve(layout="maildir", separator=".", prefix="INBOX.", extra=ACCESS_LISTS)
        self.check(self.cyrus, back, self.RIGHTS)

    def test_from_cyrus_to_cyrus(self):
        rights = {**self.RIGHTS, "noter": "lrn", "group:staff": "lrs"}
        self.grant(self.cyrus, rights)
        self.grant(self.dots, {"gone": "lr"})
        self.check(self.cyrus, self.dots, rights)

    def test_what_the_other_server_has_no_letter_for_is_left_out(self):
        self.grant(self.cyrus, {"noter": "lrn", "other": "ln"})
        self.check(self.cyrus, self.dovecot, {"noter": "lr", "other": "l"})

    def test_a_server_with_the_old_letters_as_destination(self):
        # "c" is "k" and "x", "d" is "t" and "e": who has one of two gets both.
        self.grant(self.dovecot, {"all": "lrswipkxtea", "reader": "lrs", "maker": "lrk", "marker": "lrt"})
        self.grant(self.old, {"gone": "lrcd"})
        self.check(self.dovecot, self.old, {"all": "lrswipkxtea", "reader": "lrs", "maker": "lrkx", "marker": "lrte"})

    def test_the_old_letters_on_the_source(self):
        self.grant(self.dots, {"all": "lrswipcda", "maker": "lrc", "marker": "lrd"})
        self.check(self.dots, self.dovecot, {"all": "lrswipkxtea", "maker": "lrkx", "marker": "lrte"})

    def test_anyone(self):
        # Servers of its own: what anyone may see, the users of the other tests would see.
        cyrus, other = self.serve_cyrus(), self.serve_cyrus()
        self.grant(self.dovecot, {"anyone": "lrs"})
        self.check(self.dovecot, cyrus, {"anyone": "lrs"})
        self.check(cyrus, other, {"anyone": "lrs"})

    def test_inbox(self):
        self.grant(self.cyrus, {"secretary": "lrswi"}, ("INBOX",))
        self.grant(self.dots, {"gone": "lr"}, ("INBOX",))
        self.check(self.cyrus, self.dots, {"secretary": "lrswi"}, ("INBOX",))


if __name__ == "__main__":
    unittest.main(verbosity=2)
