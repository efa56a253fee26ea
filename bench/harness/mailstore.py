"""Fills accounts, and says whether a run has left there what it must: nothing lost, doubled or changed."""
import collections
import datetime
import hashlib
import re

ITEMS = "FLAGS INTERNALDATE BODY.PEEK[]"
FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
DATE = re.compile(rb'INTERNALDATE "([^"]*)"')
MOST_AT_ONCE = 1000


def fill(account, mail):
    """Puts an account's mail where its layout says, and opens each mailbox once: mail that no client has seen is rare."""
    for box, messages in mail.by_mailbox():
        if box != "INBOX":
            account.create(box)
        account.append(box, messages)
    for box, _ in mail.layout:
        account.select(box, readonly=False)


def seconds(text):
    return int(datetime.datetime.strptime(text.decode().strip(), "%d-%b-%Y %H:%M:%S %z").timestamp())


def contents(account, counts, without_header=None):
    """A multiset of (mailbox, SHA-256 of the message, internal date, flags)."""
    found = collections.Counter()
    for box, number in counts.items():
        account.select(box)
        for first in range(1, number + 1, MOST_AT_ONCE):
            for parts in account.fetch(f"{first}:{min(number, first + MOST_AT_ONCE - 1)}", ITEMS):
                found[(box, *describe(parts, without_header))] += 1
    return found


def describe(parts, without_header):
    lines = b" ".join(parts[::2])
    message = parts[1] if len(parts) > 1 else b""
    if without_header:
        end = message.find(b"\r\n\r\n") + 2
        message = re.sub(rb"(?mi)^" + without_header + rb":[^\n]*\n", b"", message[:end]) + message[end:]
    flags = frozenset(FLAGS.search(lines)[1].split()) - {b"\\Recent"}
    return hashlib.sha256(message).digest(), seconds(DATE.search(lines)[1]), flags


def wrong_counts(found, expected):
    """None, or in words how the numbers of messages in the mailboxes differ from what is expected."""
    if found == expected:
        return None
    total, wanted = sum(found.values()), sum(expected.values())
    if total != wanted:
        return f"expected {wanted} messages, saw {total}"
    return "the number of messages is right, but not in each mailbox"


def wrong_contents(found, expected):
    """None, or in words how the messages differ from what is expected."""
    if found == expected:
        return None
    for what, width in (("content", 2), ("date", 3), ("flags", 4)):
        left, right = (collections.Counter() for _ in range(2))
        for counter, of in ((left, found), (right, expected)):
            for key, number in of.items():
                counter[key[:2] + key[width - 1 : width] if width > 2 else key[:2]] += number
        if left != right:
            return f"{sum((right - left).values())} messages differ in {what}"
    return "messages differ"


def wrong(account, mail, read_all, without_header=None):
    """None, or in words what is wrong with an account that should hold `mail`."""
    found = account.counts()
    fault = wrong_counts(found, mail.counts())
    if fault or not read_all:
        return fault
    return wrong_contents(contents(account, found, without_header), mail.contents())
