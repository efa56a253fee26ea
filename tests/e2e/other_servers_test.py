#!/usr/bin/env python3
"""Migrations between servers of other makes: Dovecot, Cyrus IMAP and Courier-IMAP, all real.

What a server cannot hold must be refused by name and show in the exit code; all the rest must be equal, and a rerun must copy
nothing. Skipped where the servers are not unpacked (tests/setup servers).
"""

import re
import unittest

import paths  # noqa: F401
import compare
import mail
from courier import Courier
from cyrus import Cyrus
from harness import WholeProgramTest, login, run, side, snapshot
from imap_account import Account
from throwaway import Missing

EX_OK, EXIT_CREATE, EXIT_APPEND = 0, 116, 114

# Every parent is named: Cyrus makes a missing one a mailbox, the others make it none.
FOLDERS = (
    ("Sent",), ("Archive",), ("Archive", "2019"), ("Archive", "2019", "Q1"), ("Été à la plage",), ("Größe",), ("Größe", "Straße"),
    ("Проекты",), ("日本語",), ("日本語", "受信箱"), ("R&D",), ("A & B &- C",), ("star*",), (" leading and  double blanks",),
    ("inbox2",), ("NIL",), ("x" * 120,),
)

# What Cyrus 3.6 and Courier 5.0 will not create.
NOT_ON_CYRUS = {('say "hi"',), ("back\\slash",), ("100%",), ("(brackets) [and] {braces}",), ("semi;colon, comma",), ("{5}",),
                ("o'clock #1 $HOME `id`",)}
NOT_ON_COURIER = {("Emoji 🎉", "🚢⚓")}

# Behind a prefix INBOX is the parent of all, and one below it by the same name cannot be told from it by compare.py.
ODD_FOLDERS = tuple(path for path in mail.FOLDERS if path[0] != "INBOX")


def is_kept_everywhere(content):
    """Cyrus wants a header that is one; Courier takes away bare carriage returns and adds a line end at the end."""
    return re.match(rb"[!-9;-~]+:|From ", content) and content.endswith(b"\r\n") and not re.search(rb"\r(?!\n)", content)


def plain_account(seed, messages=60, folders=FOLDERS):
    """An account that each of the servers can hold as it is."""
    made = mail.account(seed, messages, folders=folders)
    for folder in made:
        # Cyrus subscribes to an inbox that it makes; Courier's LSUB names the parents of what is subscribed.
        folder.is_subscribed = True
        folder.mails = [m for m in folder.mails if is_kept_everywhere(m.content)]
    return made


class OtherServersTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        try:
            cls.cyrus = cls.serve_other(Cyrus, separator=".", prefix="INBOX.")
            cls.courier = cls.serve_other(Courier)
        except Missing as reason:
            raise unittest.SkipTest(str(reason)) from None
        cls.dovecot = cls.serve(layout="mdbox")

    @classmethod
    def serve_other(cls, kind, **options):
        server = kind(certificates=cls.certificates(), **options).start()
        cls.addClassCleanup(server.stop)
        return server

    def filled(self, server, folders):
        user = self.new_user()
        with self.open(server, user) as session:
            self.assertEqual(mail.fill(session, folders), [])
        return user

    def migrate(self, source, destination, user, code=EX_OK, protection="none"):
        finished = run(*side(1, source, protection), *login(1, user), *side(2, destination, protection), *login(2, user), timeout=120)
        self.assert_ended(finished, code)
        return finished

    def check_rerun(self, source, destination, user, code=EX_OK):
        before = snapshot(self.open(destination, user))
        again = self.migrate(source, destination, user, code)
        self.assertEqual(snapshot(self.open(destination, user)), before, f"a rerun changed something\n{again}")
        self.assertTrue(again.lines_with("copied", " 0 (0 B)"), str(again))

    def check_copy(self, source, destination, user):
        finished = self.migrate(source, destination, user)
        self.assert_equal_accounts(source, user, destination, user, str(finished))
        self.check_rerun(source, destination, user)

    def differences(self, source, destination, user, skipped=()):
        """Without those of the folders: parents that Cyrus makes, and subscriptions that servers add."""
        with Account(source.host, source.port, user, "pass") as left, \
             Account(destination.host, destination.port, user, "pass") as right:
            options = compare.Options(extra_ok=True, subscriptions=False, skipped=set(skipped))
            return compare.compare(left, right, options).differences

    def test_round_trip(self):
        user = self.filled(self.dovecot, plain_account("round"))
        back = self.serve(layout="maildir", separator=".", prefix="INBOX.")
        for source, destination in ((self.dovecot, self.cyrus), (self.cyrus, self.courier), (self.courier, back)):
            with self.subTest(source=type(source).__name__, destination=type(destination).__name__):
                self.check_copy(source, destination, user)
        self.assert_equal_accounts(self.dovecot, user, back, user, "after the round trip")

    def test_the_other_way_round(self):
        """The same with Cyrus's other separator and name space, which are its default, and Courier first."""
        cyrus = self.serve_other(Cyrus)
        user = self.filled(self.dovecot, plain_account("counter", messages=30))
        for source, destination in ((self.dovecot, self.courier), (self.courier, cyrus)):
            with self.subTest(source=type(source).__name__, destination=type(destination).__name__):
                self.check_copy(source, destination, user)

    def test_a_server_that_can_do_little(self):
        """Cyrus without its extensions: every APPEND by itself and waited for, LIST and STATUS as of old."""
        poor = self.serve_other(Cyrus, suppress="LITERAL+ MULTIAPPEND UIDPLUS LIST-STATUS LIST-EXTENDED SPECIAL-USE ESEARCH ENABLE "
                                                "CONDSTORE QRESYNC STATUS=SIZE UNSELECT MOVE BINARY ID NAMESPACE")
        user = self.filled(self.dovecot, plain_account("poor", messages=30))
        self.check_copy(self.dovecot, poor, user)
        back = self.serve(layout="maildir")
        self.check_copy(poor, back, user)

    def test_protection(self):
        for protection in ("starttls", "tls"):
            for destination in (self.cyrus, self.courier):
                with self.subTest(protection=protection, destination=destination.name):
                    user = self.filled(self.dovecot, plain_account(protection, messages=10, folders=(("Archive",),)))
                    self.migrate(self.dovecot, destination, user, protection=protection)
                    self.assert_equal_accounts(self.dovecot, user, destination, user)

    def check_refused_folders(self, finished, refused):
        told = [line for line in finished.output.splitlines() if "CREATE was refused" in line]
        for path in refused:
            name = "/".join(path)
            self.assertTrue(any(name in line for line in told), f"{name} is not named\n{finished}")

    def test_what_cyrus_cannot_hold_is_refused_by_name(self):
        user = self.filled(self.dovecot, mail.account("cyrus", 40, folders=ODD_FOLDERS))
        finished = self.migrate(self.dovecot, self.cyrus, user, EXIT_CREATE)
        self.check_refused_folders(finished, NOT_ON_CYRUS)
        missing = self.differences(self.dovecot, self.cyrus, user, NOT_ON_CYRUS)
        # The two of mail.py that have no header at all.
        self.assertEqual(len(missing), 2, f"{missing}\n{finished}")
        for difference in missing:
            self.assertIn("mailbox INBOX: missing on the destination", difference)
            uid = re.search(r"uid (\d+)", difference).group(1)
            self.assertTrue(finished.lines_with("refused: INBOX", f"uid {uid},", "invalid header"), str(finished))
        self.check_rerun(self.dovecot, self.cyrus, user, EXIT_CREATE)

    def test_what_courier_cannot_hold_is_refused_by_name(self):
        user = self.filled(self.dovecot, mail.account("courier", 40, folders=ODD_FOLDERS))
        finished = self.migrate(self.dovecot, self.courier, user, EXIT_CREATE)
        self.check_refused_folders(finished, NOT_ON_COURIER)
        changed = self.differences(self.dovecot, self.courier, user, NOT_ON_COURIER)
        # Those without a line end at the end, and the one with bare carriage returns.
        odd = [m.content for m in mail.account("courier", 40, folders=ODD_FOLDERS)[0].mails if re.search(rb"\r(?!\n)|[^\n]\Z", m.content)]
        self.assertEqual(len(changed), len(odd), f"{changed}\n{finished}")
        for difference in changed:
            self.assertRegex(difference, "mailbox INBOX: (content differs|missing)")
        self.check_rerun(self.dovecot, self.courier, user, EXIT_CREATE)

    def test_nul_bytes(self):
        """Courier keeps them, Cyrus refuses them, Dovecot changes them: each is told."""
        user = self.filled(self.courier, plain_account("nul", messages=5, folders=()))
        with self.open(self.courier, user) as session:
            session.append(("INBOX",), b"Message-Id: <nul@example.test>\r\nSubject: holes\r\n\r\nwith \0 in it\r\n")
        refused = self.migrate(self.courier, self.cyrus, user, EXIT_APPEND)
        self.assertTrue(refused.lines_with("refused: INBOX", "holes", "NUL"), str(refused))
        self.assertEqual(len(self.differences(self.courier, self.cyrus, user)), 1)
        changed = self.migrate(self.courier, self.dovecot, user)
        self.assertTrue(changed.lines_with("NUL"), str(changed))
        self.check_rerun(self.courier, self.dovecot, user)


if __name__ == "__main__":
    unittest.main(verbosity=2)
