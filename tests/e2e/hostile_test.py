#!/usr/bin/env python3
"""Mail that wants to be commands, and a source that lies.

When Dovecot refuses an APPEND whose message came as a non-synchronising literal, it reads the message's lines as commands. So
every message here is a list of IMAP commands, and the source offers flags, dates and names of the kind that gets an APPEND
refused. Whatever imapferry makes of them: nothing of it may run on the destination.
"""

import unittest

import paths  # noqa: F401
from harness import WholeProgramTest, login, run, side
from scripted_server import ScriptedServer, StoredMail

COMMANDS = b"".join(b"%s %s\r\n" % (tag, command) for tag in (b"a1", b"1", b"*") for command in (
    b"CREATE INJECTED", b"DELETE Victim", b"RENAME Victim INJECTED2", b"SELECT Victim", b"STORE 1:* +FLAGS (\\Deleted)", b"EXPUNGE",
    b"APPEND INBOX {3+}", b"foo", b"SETQUOTA \"\" (STORAGE 1)", b"LOGOUT"))

BAD_FLAGS = ("\\Recent", "\\Seen \\Recent", "\\Important", "\\Seen \\*", "wichtig\xe9", "a]b", "$" * 300, "\\", "nil NIL 1",
             " ".join(f"keyword{n}" for n in range(60)), "\\seen \\SEEN \\Seen")
BAD_DATES = ("99-Foo-2020 25:61:61 +9900", "", "31-Feb-2021 00:00:00 +0000", " 1-Jan-0001 00:00:00 +0000", "nonsense",
             "01-Jan-2020 00:00:00 +0000 (CREATE INJECTED)", "01-Jan-9999 00:00:00 +0000", "17-Jul-1996 02:44:25 -0700\\\"")


def hostile(number, size=0, **facts):
    body = COMMANDS + b"padding padding padding padding\r\n" * (size // 33)
    return StoredMail(b"Message-Id: <hostile.%d@example.test>\r\nSubject: a1 CREATE INJECTED\r\n\r\n%s" % (number, body), **facts)


class HostileTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.destinations = {"maildir": cls.serve(), "mdbox": cls.serve(layout="mdbox", separator=".", prefix="INBOX.")}

    def attack(self, mailboxes, destination, *options, faults=None):
        """Migrates from a scripted source; returns how the run ended, and the destination's mailboxes and messages."""
        user = self.new_user()
        with self.open(destination, user) as session:
            session.create(("Victim",))
            session.append(("Victim",), b"Message-Id: <victim>\r\n\r\nstill here\r\n")
        with ScriptedServer(mailboxes) as source:
            source.faults.update(faults or {})
            finished = run(*side(1, source), *login(1, "any"), *side(2, destination), *login(2, user), *options)
        session = self.open(destination, user)
        found = {m.path: list(session.messages(m)) for m in session.mailboxes() if m.is_selectable}
        self.assertIn(("Victim",), found, f"a message deleted a mailbox\n{finished}")
        self.assertEqual([m.content for m in found[("Victim",)]], [b"Message-Id: <victim>\r\n\r\nstill here\r\n"])
        self.assertFalse([path for path in found if any("INJECTED" in level for level in path)],
                         f"a message was executed\n{finished}")
        return finished, found

    def check_arrival(self, mails, found, finished, path=("INBOX",)):
        self.assertEqual(sorted(m.content for m in found[path]), sorted(m.content for m in mails), str(finished))

    def test_the_danger_is_real(self):
        """A careless client falls into the trap on these very servers; else the other tests here would prove nothing."""
        for name, server in self.destinations.items():
            with self.subTest(destination=name):
                user = self.new_user()
                session = self.open(server, user)
                content = hostile(1).content.replace(b"INJECTED", session.wire_of(("INJECTED",)).encode())
                tag = session.imap._new_tag()
                session.imap.send(tag + b" APPEND INBOX (\\Recent) {%d+}\r\n" % len(content) + content + b"\r\n")
                session.imap.shutdown()
                self.wait_until(lambda: ("INJECTED",) in {m.path for m in self.open(server, user).mailboxes()}, "the attack")

    def test_flags_that_no_server_takes(self):
        mails = [hostile(n, flags=flags) for n, flags in enumerate(BAD_FLAGS)]
        for name, destination in self.destinations.items():
            for batch in ("1", "3", "100"):
                with self.subTest(destination=name, batch=batch):
                    finished, found = self.attack({"INBOX": mails}, destination, "--batchmessages", batch)
                    self.check_arrival(mails, found, finished)
                    self.assertIn("\\Seen", next(m for m in found[("INBOX",)] if m.content == mails[1].content).flags)

    def test_dates_that_no_server_takes(self):
        mails = [hostile(n, date=date) for n, date in enumerate(BAD_DATES[:-1])]
        for name, destination in self.destinations.items():
            for batch in ("1", "100"):
                with self.subTest(destination=name, batch=batch):
                    finished, found = self.attack({"INBOX": mails}, destination, "--batchmessages", batch)
                    self.check_arrival(mails, found, finished)

    def test_responses_that_are_no_imap(self):
        # What comes over is open; that nothing is executed and that the run does not call itself good is not.
        for number, facts in enumerate([{"date": BAD_DATES[-1]}, {"flags": 'a"b'}, {"flags": "("}, {"flags": "a\r\nb"}, {"flags": "{5}"}]):
            with self.subTest(**facts):
                finished, _ = self.attack({"INBOX": [hostile(number, **facts)]}, self.destinations["mdbox"], "--timeout1", "1")
                print(f"{facts}: exit code {finished.code}")

    def test_destinations_without_literal_plus(self):
        mails = [hostile(n, flags=flags) for n, flags in enumerate(BAD_FLAGS)] + [hostile(100, size=20_000)]
        for capability in ("IMAP4rev1", "IMAP4rev1 LITERAL-", "IMAP4rev1 UIDPLUS MULTIAPPEND"):
            with self.subTest(capability=capability):
                finished, found = self.attack({"INBOX": mails}, self.serve(capability=capability))
                self.check_arrival(mails, found, finished)
                self.assert_ended(finished, 0)

    def test_destination_over_quota(self):
        mails = [hostile(n, size=30_000) for n in range(30)]
        for batch in ("1", "100"):
            with self.subTest(batch=batch):
                finished, found = self.attack({"INBOX": mails}, self.serve(quota="300k"), "--batchmessages", batch)
                self.assert_ended(finished, 113)
                self.assertLess(len(found[("INBOX",)]), len(mails))
                self.assertLessEqual({m.content for m in found[("INBOX",)]}, {m.content for m in mails})

    def test_one_message_too_large_for_the_destination(self):
        mails = [hostile(n) for n in range(5)] + [hostile(5, size=200_000)] + [hostile(n) for n in range(6, 12)]
        for batch in ("1", "100"):
            with self.subTest(batch=batch):
                finished, found = self.attack({"INBOX": mails}, self.serve(max_mail_size="100k"), "--batchmessages", batch)
                self.assert_ended(finished, 114)
                self.check_arrival(mails[:5] + mails[6:], found, finished)
                self.assertTrue(finished.lines_with("INBOX", "6"), f"the refused message is not named\n{finished}")

    def test_mailbox_names_that_carry_commands(self):
        name = b"x\r\na1 CREATE INJECTED\r\na2 DELETE Victim\r\n"

        def listing(peer, command):
            if '"*"' not in command.arguments and "*" not in command.arguments:
                return "go on"
            peer.send(b'* LIST () "/" INBOX\r\n* LIST () "/" {%d}\r\n%s\r\n' % (len(name), name))
            peer.line('* LIST () "/" "y\\" (\\\\Seen) {5+}"')
            peer.line(f"{command.tag} OK done")
            return None
        mails = [hostile(1)]
        finished, found = self.attack({"INBOX": mails, 'y" (\\Seen) {5+}': []}, self.destinations["maildir"], faults={"list": listing})
        self.check_arrival(mails, found, finished)
        self.assertNotEqual(finished.code, 0, "a mailbox was left out silently")


if __name__ == "__main__":
    unittest.main(verbosity=2)
