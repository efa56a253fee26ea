"""What a run must have left on the destination, and whether it did: read with Python's own IMAP client."""
import collections
import hashlib
import imaplib
import re
import ssl
import time

from make_corpus import FLAG_NAMES, read_corpus

AT_ONCE = 200
HEAD = re.compile(rb'FLAGS \(([^)]*)\) INTERNALDATE "([^"]*)"')


def box_name(index):
    """The mailboxes that bench_floor fills: the first is INBOX."""
    return "INBOX" if index == 0 else f"Box-{index + 1}"


class Expected:
    """What the corpus looks like once it is in mailboxes."""

    def __init__(self, corpus, messages, mailboxes):
        self.counts = collections.Counter()
        self.contents = collections.Counter()
        self.bytes = 0
        for number, (message, date, bits) in enumerate(read_corpus(corpus)):
            box = box_name(number * mailboxes // messages)
            flags = frozenset(name.encode() for bit, name in enumerate(FLAG_NAMES) if bits >> bit & 1)
            self.counts[box] += 1
            self.contents[box, hashlib.sha256(message).digest(), date, flags] += 1
            self.bytes += len(message)
        self.messages = sum(self.counts.values())


class Account:
    def __init__(self, port, user, password, tls):
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.imap = imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=context)
        else:
            self.imap = imaplib.IMAP4("127.0.0.1", port)
        self.imap.login(user, password)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.imap.logout()
        except (OSError, imaplib.IMAP4.error):
            pass

    def counts(self):
        """Messages in each mailbox that has any."""
        found = collections.Counter()
        _, lines = self.imap.list('""', "*")
        for line in lines:
            if line is None or b"\\Noselect" in line:
                continue
            name = line.decode().rsplit(" ", 1)[1].strip('"')
            _, answer = self.imap.status(f'"{name}"', "(MESSAGES)")
            number = int(re.search(rb"MESSAGES (\d+)", answer[0])[1])
            if number:
                found[name] = number
        return found

    def contents(self, without_header):
        """A multiset of (mailbox, SHA-256 of the message, internal date, flags)."""
        found = collections.Counter()
        for box, number in self.counts().items():
            self.imap.select(f'"{box}"', readonly=True)
            for first in range(1, number + 1, AT_ONCE):
                wanted = f"{first}:{min(number, first + AT_ONCE - 1)}"
                _, answer = self.imap.fetch(wanted, "(FLAGS INTERNALDATE BODY.PEEK[])")
                for part in answer:
                    if isinstance(part, tuple):
                        found[(box, *self._describe(part, without_header))] += 1
        return found

    @staticmethod
    def _describe(part, without_header):
        head, message = part
        flags, _ = HEAD.search(head).groups()
        date = int(time.mktime(imaplib.Internaldate2tuple(head)))
        if without_header:
            end = message.find(b"\r\n\r\n") + 2
            message = re.sub(rb"(?m)^" + without_header + rb":[^\n]*\n", b"", message[:end]) + message[end:]
        return hashlib.sha256(message).digest(), date, frozenset(flags.split()) - {b"\\Recent"}


def wrong_counts(account, expected):
    """None, or in words how the account's mailboxes differ in number from what is expected."""
    found = account.counts()
    if found == expected.counts:
        return None
    total = sum(found.values())
    if total != expected.messages:
        return f"expected {expected.messages} messages, saw {total}"
    return "the number of messages is right, but not in each mailbox"


def wrong_contents(account, expected, without_header=None):
    """None, or in words how the account's messages differ from what is expected."""
    found = account.contents(without_header)
    if found == expected.contents:
        return None
    parts = (("content", 2), ("date", 3), ("flags", 4))
    for what, width in parts:
        left, right = (collections.Counter() for _ in range(2))
        for counter, of in ((left, found), (right, expected.contents)):
            for key, number in of.items():
                counter[key[:2] + key[width - 1 : width] if width > 2 else key[:2]] += number
        if left != right:
            return f"{sum((right - left).values())} messages differ in {what}"
    return "messages differ"
