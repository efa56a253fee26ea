#!/usr/bin/env python3
"""Says whether two IMAP accounts hold the same mail; independent of imapferry: it reads every byte of both over IMAP.

    compare.py HOST:PORT:USER:PASSWORD HOST:PORT:USER:PASSWORD [--extra-ok] [--map OLD=NEW] [--skip FOLDER]

Compared are: the mailboxes (prefix and separator apart), in each the multiset of (SHA-256 of the message, flags, INTERNALDATE
as an instant), and the subscriptions. Messages of one source mailbox that say the same, byte for byte, are duplicates: the
first counts. What has changed is found by its identity (Message-Id and Received lines, or the whole header). Exit code 0: same,
1: different.
"""

import argparse
import collections
import dataclasses
import hashlib
import re
import sys

from imap_account import Account


@dataclasses.dataclass
class Options:
    extra_ok: bool = False                 # the destination may hold more mailboxes and other messages
    subscriptions: bool = True
    duplicates_count: bool = False         # every duplicate of the source must be on the destination
    renamed: dict = dataclasses.field(default_factory=dict)    # path on the source: path on the destination
    skipped: set = dataclasses.field(default_factory=set)      # source paths that are not compared


@dataclasses.dataclass(frozen=True)
class Entry:
    uid: int
    digest: str
    size: int
    flags: tuple
    date: int
    identity: str

    @property
    def facts(self):
        return (self.digest, self.flags, self.date)

    def __str__(self):
        return f"uid {self.uid} ({self.size} bytes, flags [{' '.join(self.flags)}], date {self.date}, {self.digest[:12]})"


@dataclasses.dataclass
class Outcome:
    differences: list
    mailboxes: int = 0
    messages: int = 0
    size: int = 0
    duplicates: int = 0

    def __bool__(self):
        return not self.differences


def identity_of(content):
    header = re.split(rb"\r?\n\r?\n", b"\n" + content, maxsplit=1)[0]
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", header)
    lines = []
    for line in re.split(rb"\r?\n", unfolded):
        name, _, value = line.partition(b":")
        if name.strip().lower() in (b"message-id", b"received") and value.strip():
            lines.append(b" ".join((name.strip() + b": " + value).upper().split()))
    return hashlib.sha256(b"\n".join(sorted(lines)) if lines else b"whole:" + header).hexdigest()


def entries(session, mailbox):
    return [Entry(m.uid, hashlib.sha256(m.content).hexdigest(), len(m.content), m.flags, m.date, identity_of(m.content))
            for m in session.messages(mailbox)]


def without_duplicates(source):
    seen, kept = set(), []
    for entry in source:
        if entry.digest not in seen:
            seen.add(entry.digest)
            kept.append(entry)
    return kept


def compare_messages(source, destination, extra_ok):
    """Differences between two lists of entries, in words."""
    wanted, found = collections.Counter(e.facts for e in source), collections.Counter(e.facts for e in destination)
    # What agrees in everything is taken away; the remainder is paired by content, then by identity, to say how it differs.
    left = _take_away(source, found)
    extra = _take_away(destination, wanted)
    differences = []
    for key, words in ((lambda e: e.digest, "flags or date differ"), (lambda e: e.identity, "content differs")):
        by_key = collections.defaultdict(list)
        for entry in extra:
            by_key[key(entry)].append(entry)
        for entry in list(left):
            if by_key[key(entry)]:
                other = by_key[key(entry)].pop(0)
                left.remove(entry)
                extra.remove(other)
                differences.append(f"{words}: source {entry}, destination {other}")
    differences += [f"missing on the destination: source {entry}" for entry in left]
    on_source = {e.digest for e in source}
    for entry in extra:
        if entry.digest in on_source:
            differences.append(f"doubled on the destination: {entry}")
        elif not extra_ok:
            differences.append(f"only on the destination: {entry}")
    return differences


def _take_away(entries_of_side, counter_of_other):
    remaining, counter = [], counter_of_other.copy()
    for entry in entries_of_side:
        if counter[entry.facts] > 0:
            counter[entry.facts] -= 1
        else:
            remaining.append(entry)
    return remaining


def compare(source, destination, options=None):
    """Compares the accounts of two sessions."""
    options = options or Options()
    outcome = Outcome([])
    ours = {m.path: m for m in source.mailboxes() if m.is_selectable and m.path not in options.skipped}
    theirs = {m.path: m for m in destination.mailboxes() if m.is_selectable}
    expected = set()
    for path, mailbox in ours.items():
        target = options.renamed.get(path, path)
        expected.add(target)
        wanted = entries(source, mailbox)
        kept = wanted if options.duplicates_count else without_duplicates(wanted)
        outcome.mailboxes += 1
        outcome.messages += len(kept)
        outcome.duplicates += len(wanted) - len(kept)
        outcome.size += sum(e.size for e in kept)
        if target not in theirs:
            outcome.differences.append(f"mailbox {shown(target)}: missing on the destination")
            continue
        there = entries(destination, theirs[target])
        outcome.differences += [f"mailbox {shown(target)}: {d}" for d in compare_messages(kept, there, options.extra_ok)]
    if not options.extra_ok:
        outcome.differences += [f"mailbox {shown(path)}: only on the destination" for path in theirs if path not in expected]
    if options.subscriptions:
        outcome.differences += compare_subscriptions(source, destination, options)
    return outcome


def compare_subscriptions(source, destination, options):
    wanted = {options.renamed.get(path, path) for path in source.subscriptions() if path not in options.skipped}
    found = destination.subscriptions()
    differences = [f"mailbox {shown(path)}: not subscribed on the destination" for path in sorted(wanted - found)]
    if not options.extra_ok:
        differences += [f"mailbox {shown(path)}: subscribed on the destination only" for path in sorted(found - wanted)]
    return differences


def shown(path):
    return "/".join(path)


def main():
    parser = argparse.ArgumentParser(description="Compares two IMAP accounts.")
    parser.add_argument("source", help="HOST:PORT:USER:PASSWORD")
    parser.add_argument("destination", help="HOST:PORT:USER:PASSWORD")
    parser.add_argument("--extra-ok", action="store_true", help="the destination may hold more")
    parser.add_argument("--no-subscriptions", action="store_true")
    parser.add_argument("--duplicates-count", action="store_true", help="duplicates of the source must all be there")
    parser.add_argument("--map", action="append", default=[], metavar="OLD=NEW", help="levels separated by /")
    parser.add_argument("--skip", action="append", default=[], metavar="FOLDER", help="levels separated by /")
    given = parser.parse_args()
    options = Options(given.extra_ok, not given.no_subscriptions, given.duplicates_count,
                      {tuple(a.split("/")): tuple(b.split("/")) for a, b in (pair.split("=", 1) for pair in given.map)},
                      {tuple(name.split("/")) for name in given.skip})
    with open_session(given.source) as source, open_session(given.destination) as destination:
        outcome = compare(source, destination, options)
    for difference in outcome.differences:
        print(difference)
    print(f"{outcome.mailboxes} mailboxes, {outcome.messages} messages, {outcome.size} bytes compared"
          f" ({outcome.duplicates} duplicates on the source): "
          + ("equal" if outcome else f"{len(outcome.differences)} differences"))
    return 0 if outcome else 1


def open_session(text):
    host, port, user, password = text.split(":", 3)
    return Account(host, int(port), user, password)


if __name__ == "__main__":
    sys.exit(main())
