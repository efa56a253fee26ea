"""The mail of an account: made from a seed, kept as a corpus file, and known by what each message is."""
import collections
import datetime
import hashlib
import random

from make_corpus import FLAG_NAMES, Generator, read_corpus, sizes, write_messages

# What a new message or a changed one is, in a later run: one in a hundred of each.
CHANGED = 0.01


class Entry:
    """One message as it must be found: its mailbox, SHA-256, internal date (seconds) and flags."""

    __slots__ = ("box", "digest", "date", "flags")

    def __init__(self, box, digest, date, flags):
        self.box, self.digest, self.date, self.flags = box, digest, date, flags


def flag_set(bits):
    return frozenset(name.encode() for bit, name in enumerate(FLAG_NAMES) if bits >> bit & 1)


def flag_text(bits):
    return " ".join(name for bit, name in enumerate(FLAG_NAMES) if bits >> bit & 1)


def date_text(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%d-%b-%Y %H:%M:%S +0000")


def even_layout(messages, mailboxes):
    """(mailbox, number) pairs: messages spread evenly; the first mailbox is INBOX. bench_floor fills the same ones."""
    numbers = collections.Counter(i * mailboxes // messages for i in range(messages))
    return [("INBOX" if i == 0 else f"Box-{i + 1}", numbers[i]) for i in range(mailboxes)]


class Mail:
    """One account's messages, in order; `layout` says how many of them go to each mailbox in turn."""

    def __init__(self, path, layout):
        self.path, self.layout = path, layout
        self.entries = []
        self.bytes = 0

    def __len__(self):
        return len(self.entries)

    def write(self, generator, wanted, first=1):
        """Generates a message for each wanted size, numbered from `first`, into the corpus file."""
        boxes = (box for box, number in self.layout for _ in range(number))

        def messages():
            for number, size in enumerate(wanted, first):
                message, date, bits = generator.message(number, size)
                self.entries.append(Entry(next(boxes), hashlib.sha256(message).digest(), date, flag_set(bits)))
                yield message, date, bits

        self.bytes = write_messages(self.path, messages())

    def by_mailbox(self):
        """Yields (mailbox, iterator of what Imap.append takes) in the order of the layout."""
        messages = ((message, date_text(date), flag_text(bits)) for message, date, bits in read_corpus(self.path))
        for box, number in self.layout:
            yield box, (next(messages) for _ in range(number))

    def counts(self):
        return collections.Counter(entry.box for entry in self.entries)

    def contents(self):
        return collections.Counter((entry.box, entry.digest, entry.date, entry.flags) for entry in self.entries)

    def evenly(self, mailboxes):
        """The same messages as bench_floor lays them out."""
        other = Mail(self.path, even_layout(len(self.entries), mailboxes))
        boxes = (box for box, number in other.layout for _ in range(number))
        other.entries = [Entry(box, entry.digest, entry.date, entry.flags) for box, entry in zip(boxes, self.entries)]
        other.bytes = self.bytes
        return other


class Changes:
    """Makes an account's mail go on: each step adds some messages and changes the flags of others."""

    def __init__(self, mail, generator, wanted, seed):
        self.mail, self.generator, self.wanted = mail, generator, wanted
        self.rng = random.Random(seed)
        self.number = len(mail) + 1

    def step(self, account):
        """Does one step in the source account, and notes it in the mail; returns how many messages it concerned."""
        share = max(1, round(len(self.mail) * CHANGED))
        self._change_flags(account, share)
        self._add(account, share)
        return 2 * share

    def _change_flags(self, account, share):
        places = collections.defaultdict(list)
        for entry in self.mail.entries:
            places[entry.box].append(entry)
        chosen = set(map(id, self.rng.sample(self.mail.entries, share)))
        for box, entries in places.items():
            # Nothing is ever removed, so a message's number is its place.
            changed = {number: entry for number, entry in enumerate(entries, 1) if id(entry) in chosen}
            if not changed:
                continue
            account.select(box, readonly=False)
            for sign, has in (("-", True), ("+", False)):
                numbers = [number for number, entry in changed.items() if (b"\\Flagged" in entry.flags) == has]
                if numbers:
                    account.store(numbers, f"{sign}FLAGS.SILENT (\\Flagged)")
            for entry in changed.values():
                entry.flags = entry.flags ^ {b"\\Flagged"}

    def _add(self, account, share):
        new = collections.defaultdict(list)
        boxes = [box for box, _ in self.mail.layout]
        for _ in range(share):
            box = self.rng.choice(boxes)
            message, date, bits = self.generator.message(self.number, next(self.wanted))
            self.number += 1
            self.mail.entries.append(Entry(box, hashlib.sha256(message).digest(), date, flag_set(bits)))
            self.mail.bytes += len(message)
            new[box].append((message, date_text(date), flag_text(bits)))
        for box, messages in new.items():
            account.append(box, messages)


def endless_sizes(seed, workload):
    return sizes(random.Random(seed), 1 << 40, workload.size, workload.spread, *workload.limits)


def make_mails(workload, directory, seed):
    """The mail of every account of a workload, and what a later run needs to let it go on: (mails, generator)."""
    generator = Generator(seed)
    wanted = endless_sizes(seed + 1, workload)
    layout = workload.layout()
    mails, first = [], 1
    for number in range(workload.accounts):
        mail = Mail(directory / f"corpus-{number + 1}", layout)
        mail.write(generator, (next(wanted) for _ in range(workload.messages)), first)
        first += workload.messages
        mails.append(mail)
    return mails, generator
