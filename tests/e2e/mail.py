#!/usr/bin/env python3
"""Accounts full of mail that looks real and is awkward: made from a seed, the same each time.

    mail.py HOST PORT USER PASSWORD [--seed N] [--messages N] [--large BYTES]
"""

import argparse
import base64
import dataclasses
import random
import sys

from imap_account import Account, ImapError

SYSTEM_FLAGS = ("\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft")
KEYWORDS = ("$Forwarded", "$MDNSent", "$Label1", "Junk", "NonJunk", "receipts-2019", "to_do")

DATES = (
    "17-Jul-1996 02:44:25 -0700", "29-Feb-2000 23:59:59 +0000", " 1-Jan-2001 00:00:00 +1245", "31-Dec-2004 12:00:00 -1200",
    "28-Mar-2010 02:30:00 +0100", "15-Aug-2014 09:15:00 +0530", "01-Nov-2015 01:30:00 -0330", "02-Jan-2018 11:22:33 +1400",
    "09-Sep-2001 01:46:40 +0000", "30-Jun-2012 23:59:59 -0930", " 5-May-1995 05:05:05 +0200", "24-Oct-2023 17:00:01 +0545",
)

# A level is what stands between two separators. Any script, and the characters that trip up quoting, wildcards and UTF-7.
FOLDERS = (
    ("Sent",), ("Drafts",), ("Trash",), ("Archive", "2019", "Q1"), ("Archive", "2019", "Q2"), ("Archive", "2020"),
    ("Été à la plage",), ("Größe", "Straße"), ("Проекты", "Важно"), ("Ελληνικά", "Αλφάβητο"), ("العربية",), ("עברית", "שלום"),
    ("日本語", "受信箱"), ("中文", "归档"), ("한국어",), ("Emoji 🎉", "🚢⚓"), ("R&D",), ("A & B &- C", "&"), ('say "hi"',),
    ("back\\slash",), ("100%",), ("star*",), ("a", "b", "c", "d", "e", "f", "g"), (" leading and  double blanks",),
    ("(brackets) [and] {braces}",), ("semi;colon, comma",), ("NIL",), ("{5}",), ("o'clock #1 $HOME `id`",),
    ("INBOX", "Below the inbox"), ("inbox2",), ("e\u0301 decomposed",), ("x" * 120,),
)

HOSTILE_BODY = (b"a1 DELETE INBOX\r\na2 CREATE INJECTED\r\na3 DELETE Sent\r\n* BYE go away\r\n+ go on\r\n)\r\n"
                b"a4 OK APPEND completed\r\na5 LOGOUT\r\n")

WORDS = ("the ferry leaves at seven from quay nine bring papers boxes and rope please confirm the invoice before Friday "
         "weather was fair budget meeting moved notes attached harbour master replied tide tables crew roster").split()


@dataclasses.dataclass
class Mail:
    content: bytes
    flags: tuple = ()
    date: str = DATES[0]


@dataclasses.dataclass
class Folder:
    path: tuple
    mails: list
    is_subscribed: bool = False


class Writer:
    """Writes messages; every one has its own Message-Id unless its kind says otherwise."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.name = f"{seed}".replace(" ", "-")
        self.count = 0

    def message_id(self):
        self.count += 1
        return f"<{self.count}.{self.random.getrandbits(48):012x}@{self.name}.example.test>"

    def text(self, size):
        lines, length = [], 0
        while length < size:
            line = " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(4, 13)))
            lines.append(line)
            length += len(line) + 2
        return "\r\n".join(lines).encode()[:max(size, 1)] + b"\r\n"

    def plain(self, size=None):
        size = self.size() if size is None else size
        received = b"".join(b"Received: from mx%d.example.test (mx%d.example.test [192.0.2.%d])\r\n"
                            b"\tby mail.example.test with ESMTPS id %012x;\r\n\tTue, 5 May 2015 05:05:05 +0200\r\n"
                            % (n, n, self.random.randint(1, 254), self.random.getrandbits(48))
                            for n in range(self.random.randint(0, 3)))
        return received + self.header() + b"\r\n" + self.text(size)

    def header(self, message_id=True):
        subject = " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(2, 6)))
        header = (f"From: Captain {self.random.randint(1, 99)} <captain@example.test>\r\nTo: crew@example.test\r\n"
                  f"Subject: {subject} {self.count}\r\nDate: Tue, 05 May 2015 05:05:05 +0200\r\n").encode()
        if message_id:
            header += f"Message-ID: {self.message_id()}\r\n".encode()
        return header

    def multipart(self):
        boundary = f"=_{self.random.getrandbits(60):x}"
        data = base64.encodebytes(self.random.randbytes(self.random.randint(500, 20000))).replace(b"\n", b"\r\n")
        return (self.header() + f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
                f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGrüße vom Kai\r\n"
                f"--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
                + data + f"\r\n--{boundary}--\r\n".encode())

    def size(self):
        """Mostly a few kilobytes, a few large: as mailboxes are."""
        return min(int(self.random.lognormvariate(7.6, 1.3)), 300_000)

    def odd(self):
        """One message of each awkward kind."""
        return [
            b"\r\nno header at all, " + self.text(40),
            b"this is no header line either\r\n" + self.text(30),
            self.header(False) + b"\r\nwithout Message-Id\r\n" + self.text(50),
            self.header(False) + b"Message-Id: \r\n\r\nwith an empty Message-Id\r\n" + self.text(60),
            self.header(False) + b"Message-Id:\r\n <folded." + self.message_id()[1:].encode() + b"\r\n\r\nfolded\r\n",
            "Subject: Übergröße früh, Ελλάδα\r\nFrom: Jürgen\r\n".encode() + self.header() + b"\r\n8-bit header\r\n",
            b"Subject: caf\xe9 \xff\xfe in no charset\r\n" + self.header() + b"\r\nbody \x80\x81\xff\r\n",
            self.header() + b"\r\n" + b"x" * 100_000 + b"\r\nand a line of 100,000 bytes\r\n",
            b"X-Long: " + b"y" * 50_000 + b"\r\n" + self.header() + b"\r\na long header line\r\n",
            b"A: b\r\n\r\n",
            b"x",
            self.header() + b"\r\n" + HOSTILE_BODY,
            self.header() + b"\r\nno line end at the end",
            self.header() + b"\r\nbare \r carriage \r returns\r\n",
            self.header() + b"\r\n.\r\n..\r\n--\r\nFrom the quay\r\n>From\r\n",
            self.header(),
            self.header() + b"\r\n\r\n\r\n\r\n",
            self.header() + b"\r\n{3}\r\nabc {10+}\r\n\" unbalanced (\r\n",
            self.header() + b"Received: \r\nReceived: from  a\r\n   by b;  Tue\r\n\r\nblanks in Received\r\n",
            b"From nobody@example.test Tue May  5 05:05:05 2015\r\n" + self.header() + b"\r\nan mbox line first\r\n",
        ]

    def duplicates(self):
        """Two that are the same, and some that share a Message-Id, or their size too, and are not the same."""
        twin = self.plain(700)
        header, other = self.header(), self.header()
        return [twin, twin, header + b"\r\nfirst edition\r\n", header + b"\r\nsecond edition, with corrections\r\n",
                other + b"\r\nwe meet on Monday\r\n", other + b"\r\nwe meet on Friday\r\n"]

    def flags(self):
        chosen = [f for f in SYSTEM_FLAGS if self.random.random() < 0.3]
        chosen += [k for k in KEYWORDS if self.random.random() < 0.12]
        return tuple(chosen)

    def mail(self, content):
        return Mail(content, self.flags(), self.random.choice(DATES))


def account(seed, messages=150, large=0, folders=FOLDERS):
    """The folders of one account. About `messages` ordinary messages, beside the odd ones; `large` bytes in one more."""
    writer = Writer(seed)
    # The folders that need quoting and UTF-7 are few: all of them are always there, but for small test accounts.
    made = [Folder(("INBOX",), [])] + [Folder(path, []) for path in folders]
    for folder in made:
        folder.is_subscribed = writer.random.random() < 0.6
    inbox = made[0].mails
    inbox += [writer.mail(content) for content in writer.odd() + writer.duplicates()]
    inbox += [Mail(writer.plain(300), (flag,), date) for flag, date in zip(SYSTEM_FLAGS + KEYWORDS, DATES)]
    empty = made[2] if len(made) > 2 else None
    holders = [folder for folder in made if folder is not empty]
    for _ in range(messages):
        folder = writer.random.choice(holders + [made[0]] * 8)
        content = writer.multipart() if writer.random.random() < 0.1 else writer.plain()
        folder.mails.append(writer.mail(content))
    if large:
        inbox.append(writer.mail(large_message(writer, large)))
    return made


def large_message(writer, size):
    line = base64.b64encode(writer.random.randbytes(57)) + b"\r\n"
    return writer.header() + b"\r\n" + line * (size // len(line)) + b"the end\r\n"


def fill(session, folders):
    """Writes folders into a session's account. Returns the paths that the server refused to create."""
    refused = []
    for folder in folders:
        if folder.path != ("INBOX",):
            try:
                session.create(folder.path)
            except ImapError as error:
                if "ALREADYEXISTS" not in str(error):
                    refused.append(folder.path)
                    continue
        if folder.is_subscribed:
            session.subscribe(folder.path)
        session.append_many(folder.path, [(m.content, m.flags, m.date) for m in folder.mails])
    return refused


def main():
    parser = argparse.ArgumentParser(description="Fills an IMAP account with test mail.")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("user")
    parser.add_argument("password")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=150)
    parser.add_argument("--large", type=int, default=0)
    given = parser.parse_args()
    folders = account(given.seed, given.messages, given.large)
    with Account(given.host, given.port, given.user, given.password) as session:
        refused = fill(session, folders)
    print(f"{given.user}: {len(folders) - len(refused)} mailboxes, {sum(len(f.mails) for f in folders)} messages")
    for path in refused:
        print(f"refused by the server: {'/'.join(path)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
