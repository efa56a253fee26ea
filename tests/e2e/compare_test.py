#!/usr/bin/env python3
"""The comparison itself, on a real Dovecot: it must see every kind of difference, or no other test here means anything."""

import unittest

import paths  # noqa: F401
import mail
from compare import Options, compare
from dovecot import Dovecot
from imap_account import Account

FOLDERS = (("Archive", "2019"), ("日本語",), ("Empty",))


class CompareTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.left = Dovecot().start()
        cls.addClassCleanup(cls.left.stop)
        cls.right = Dovecot(layout="mdbox", separator=".", prefix="INBOX.").start()
        cls.addClassCleanup(cls.right.stop)
        cls.number = 0

    def setUp(self):
        type(self).number += 1
        user = f"user{self.number}"
        self.folders = mail.account("compare", messages=12, folders=FOLDERS)
        # The pair of true duplicates has its own test; here each message stands alone.
        inbox = self.folders[0].mails
        self.twins = [m for m in inbox if sum(n.content == m.content for n in inbox) > 1]
        self.folders[0].mails = [m for m in inbox if m not in self.twins]
        self.folders[0].is_subscribed = self.folders[1].is_subscribed = True
        self.source = self.session(self.left, user)
        self.destination = self.session(self.right, user)
        self.assertEqual(mail.fill(self.source, self.folders), [])

    def session(self, server, user):
        session = Account(server.host, server.port, user, server.password)
        self.addCleanup(session.close)
        return session

    def difference(self, *expected, **options):
        """The comparison must find exactly as many differences as `expected`, each containing its words."""
        found = compare(self.source, self.destination, Options(**options)).differences
        self.assertEqual(len(found), len(expected), found)
        for words in expected:
            self.assertEqual(sum(words in line for line in found), expected.count(words), found)

    def copy(self):
        mail.fill(self.destination, self.folders)

    def an_uid(self, session, path=("INBOX",)):
        session.select(path, readonly=False)
        return int(session.command("UID", "SEARCH", "ALL")[0].split()[3])

    def test_equal_accounts_are_equal(self):
        self.copy()
        outcome = compare(self.source, self.destination)
        self.assertEqual(outcome.differences, [])
        self.assertEqual(outcome.mailboxes, 4)
        self.assertGreater(outcome.messages, 30)

    def test_an_empty_destination_differs_in_everything(self):
        self.assertGreater(len(compare(self.source, self.destination).differences), 20)

    def test_one_flag(self):
        self.copy()
        self.destination.store(self.an_uid(self.destination), "FLAGS", ["$Other"])
        self.difference("flags or date differ")

    def test_one_byte(self):
        target = next(m for m in self.folders[0].mails if len(m.content) > 200)
        original = target.content
        target.content = original[:-4] + bytes([original[-4] ^ 1]) + original[-3:]
        self.copy()
        self.difference("content differs")

    def test_one_date(self):
        self.folders[0].mails[5].date = "17-Jul-1996 02:44:26 -0700"
        self.copy()
        self.difference("flags or date differ")

    def test_one_message_missing(self):
        del self.folders[0].mails[4]
        self.copy()
        self.difference("missing on the destination")

    def test_one_message_doubled(self):
        self.folders[0].mails.append(self.folders[0].mails[4])
        self.copy()
        self.difference("doubled on the destination")
        self.difference("doubled on the destination", extra_ok=True)

    def test_a_message_of_the_destination_alone(self):
        self.copy()
        self.destination.append(("INBOX",), b"Message-Id: <other@example.test>\r\n\r\nother\r\n")
        self.difference("only on the destination")
        self.difference(extra_ok=True)

    def test_a_mailbox_missing(self):
        self.copy()
        self.destination.delete(("Empty",))
        self.difference("mailbox Empty: missing")

    def test_a_mailbox_of_the_destination_alone(self):
        self.copy()
        self.destination.create(("Other",))
        self.difference("mailbox Other: only on the destination")
        self.difference(extra_ok=True)

    def test_a_renamed_mailbox(self):
        self.folders[1].path = ("Old", "2019")
        self.copy()
        self.difference(renamed={("Archive", "2019"): ("Old", "2019")})

    def test_a_message_in_another_mailbox(self):
        self.folders[1].mails.append(self.folders[0].mails.pop(3))
        self.copy()
        self.difference("missing on the destination", "only on the destination")

    def test_subscriptions(self):
        self.copy()
        self.destination.command("UNSUBSCRIBE", '"' + self.destination.wire_of(("Archive", "2019")) + '"')
        self.difference("not subscribed on the destination")
        self.difference(subscriptions=False)

    def test_true_duplicates_of_the_source_count_once(self):
        self.copy()
        self.assertEqual(len(self.twins), 2)
        twin = self.twins[0]
        for _ in range(2):
            self.source.append(("INBOX",), twin.content, twin.flags, twin.date)
        self.destination.append(("INBOX",), twin.content, twin.flags, twin.date)
        self.difference()
        self.difference("missing on the destination", duplicates_count=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
