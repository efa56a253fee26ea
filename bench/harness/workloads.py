"""The workloads: what mail there is, whether it is copied for the first time or once more, and on how many accounts."""
import dataclasses

from make_corpus import LARGEST, SMALLEST

from .mail import even_layout

ROUND_TRIPS = (0.0, 20.0, 50.0, 150.0)

# Folders of an account that has been in use for years, with their share of the messages in percent. One name is not ASCII.
NESTED = (
    ("INBOX", 12.0), ("Sent", 18.0), ("Drafts", 0.4), ("Trash", 4.0), ("Junk", 3.0), ("Entw&APw-rfe", 0.3),
    ("Archive", 2.0), ("Archive/2019", 5.0), ("Archive/2020", 7.0), ("Archive/2021", 8.0), ("Archive/2022", 9.0),
    ("Archive/2022/Quarter 1", 1.0), ("Archive/2022/Quarter 2", 1.0), ("Projects", 1.0), ("Projects/Alpha", 3.0),
    ("Projects/Alpha/Specs", 0.8), ("Projects/Alpha/Reviews", 1.2), ("Projects/Beta", 2.0), ("Projects/Beta/Old", 0.6),
    ("Lists", 0.5), ("Lists/announce", 2.0), ("Lists/devel", 9.0), ("Lists/users", 5.0), ("Family", 1.5),
    ("Receipts", 1.2), ("Travel", 0.7), ("Travel/2021", 0.3), ("Travel/2022", 0.3), ("Bank &- Tax", 0.1), ("Misc", 0.1),
)

MESSAGES, BYTES, SECONDS = "msg/s", "MB/s", "s"


@dataclasses.dataclass(frozen=True)
class Workload:
    """`rerun` is None (a first copy is timed), "nothing new" or "changes": then a copy is made first, untimed."""

    name: str
    title: str
    messages: int  # of an account
    size: int  # of a message, about or on average
    spread: float = 0.0  # sigma of log-normal sizes; 0: all about `size`
    limits: tuple = (SMALLEST, LARGEST)
    mailboxes: int = 1
    nested: bool = False
    accounts: int = 1
    at_once: int = 1
    rerun: str = ""
    rtts: tuple = ROUND_TRIPS
    unit: str = MESSAGES
    only_synthetic: bool = False  # too much to fill a real server with
    can_sample: bool = False  # tools that latency makes very slow may copy fewer messages: their rate is the same
    quick: dict = dataclasses.field(default_factory=dict, hash=False)  # what --quick makes smaller; empty: it leaves this out

    def layout(self):
        """(mailbox, number of messages) pairs of one account."""
        if not self.nested:
            return even_layout(self.messages, self.mailboxes)
        if self.messages < len(NESTED):
            return even_layout(self.messages, self.messages)
        spare = self.messages - len(NESTED)  # one in each mailbox; those that rounding leaves over go to INBOX
        whole = sum(share for _, share in NESTED)
        numbers = [1 + int(spare * share / whole) for _, share in NESTED]
        numbers[0] += self.messages - sum(numbers)
        return [(name, number) for (name, _), number in zip(NESTED, numbers)]

    def made_quick(self):
        return dataclasses.replace(self, **self.quick) if self.quick else None

    def describe(self):
        parts = [f"{self.accounts:,} accounts, {self.at_once} at a time, each: " if self.accounts > 1 else "",
                 f"{self.messages:,} message{'s' if self.messages > 1 else ''} of about {size_text(self.size)}"]
        if self.spread:
            parts.append(f" (log-normal, sigma {self.spread:g}, {size_text(self.limits[0])} to {size_text(self.limits[1])})")
        boxes = len(NESTED) if self.nested else self.mailboxes
        parts.append(f" in {boxes:,} {'nested ' if self.nested else ''}mailbox{'es' if boxes > 1 else ''}")
        return "".join(parts) + (f"; timed: a later run, {self.rerun}" if self.rerun else "")


def size_text(size):
    for unit, scale in (("MB", 1_000_000), ("kB", 1000)):
        if size >= scale:
            return f"{size / scale:g} {unit}"
    return f"{size} B"


ALL = (
    Workload("w1", "Many small messages", 20_000, 8_000, 0.8, (2_000, 30_000), can_sample=True,
             quick={"messages": 400, "rtts": (0.0, 20.0)}),
    Workload("w2", "Large messages", 200, 12_000_000, 0.45, (5_000_000, 25_000_000), unit=BYTES),
    Workload("w3", "A mixed account", 10_000, 40_000, 1.8, (SMALLEST, 25_000_000), nested=True, can_sample=True,
             quick={"messages": 150, "size": 20_000, "rtts": (0.0,)}),
    Workload("w4", "Nothing new in one mailbox", 50_000, 2_000, rerun="nothing new", unit=SECONDS,
             quick={"messages": 1_500, "rtts": (20.0,)}),
    Workload("w4b", "Nothing new in many mailboxes", 50_000, 2_000, mailboxes=5_000, rerun="nothing new", unit=SECONDS),
    Workload("w5", "One percent new, one percent of the flags changed", 20_000, 8_000, 0.8, (2_000, 30_000),
             rerun="changes", unit=SECONDS, quick={"messages": 600, "rtts": (0.0,)}),
    Workload("w6", "Many accounts", 100, 8_000, accounts=1_000, at_once=64,
             quick={"messages": 20, "accounts": 6, "at_once": 3, "rtts": (0.0,)}),
    Workload("w7", "One huge message", 1, 200_000_000, limits=(SMALLEST, 1 << 32), unit=BYTES,
             quick={"size": 10_000_000, "rtts": (0.0,)}),
    Workload("w8", "A million messages in one mailbox", 1_000_000, 2_000, 0.5, only_synthetic=True, rtts=(0.0, 50.0)),
    Workload("w8b", "A million messages, one percent new", 1_000_000, 2_000, 0.5, only_synthetic=True, rtts=(0.0, 50.0),
             rerun="changes", unit=SECONDS),
)

OTHER_NAMES = {"one200mb": "w7"}


def by_name(name):
    name = OTHER_NAMES.get(name, name)
    return next((workload for workload in ALL if workload.name == name), None)
