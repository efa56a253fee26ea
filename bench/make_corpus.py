#!/usr/bin/env python3
"""Makes a corpus of mail for the benchmarks: the same arguments always give the same bytes.

The file: the line "IMAPFERRY-CORPUS 1", then for each message, little endian, its length (uint32), its internal date
(int64, seconds since 1970), its flags (uint8, bits as in FLAG_NAMES), and its bytes.
"""
import argparse
import base64
import hashlib
import math
import random
import struct
import sys
import time

MAGIC = b"IMAPFERRY-CORPUS 1\n"
RECORD = struct.Struct("<IqB")
FLAG_NAMES = ("\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft")
FIRST_DATE = 1_262_304_000  # 2010-01-01
LAST_DATE = 1_672_531_200  # 2023-01-01
SMALLEST = 1200
LARGEST = 50 << 20

WORDS = """able about account after again agenda all already also amount and answer any approve attached available back
because been before best board budget build but call can change check client close comment complete confirm contract
copy could customer data date day deadline dear decide delay delivery detail discuss document done draft each early
effort email enough error every example expect figure file final find first follow for forward friday from full further
general give good group have head hello help here hope hour idea important include inform invoice issue item january
join keep kind know large last late leave letter list local long look made mail main make manager march may meeting
message might minute monday month more most move must name need never new next note number offer office often only open
option order other our over page paper part past pay people phone place plan please point possible price print problem
process product project quarter question quick rather reach read ready reason receive regards release reply report
request result return review right room sales same schedule second see send server service share short should sign
since some soon staff start still subject such support system table take talk team thank that their them then there
they thing this thursday time today together tomorrow total toward travel tuesday under until update upon use value
version very visit wait want week welcome well what when where which while will with within without word work would
write year yesterday you your""".split()
NAMES = """Alex Anna Boris Carla Chen David Elena Farid Greta Hans Ines Jan Karim Lena Marco Nadia Olaf Paula Quentin
Rosa Stefan Tara Umar Vera Wanda Yuki Zoe""".split()
HOSTS = "mail.example.org mx1.example.net smtp.example.com relay.example.edu out.lists.example.org".split()


def text_pool(rng, size):
    """Lines of words, as a person's mail would have them."""
    lines = []
    total = 0
    while total < size:
        words = []
        length = 0
        limit = rng.randint(40, 74)
        while length < limit:
            words.append(rng.choice(WORDS))
            length += len(words[-1]) + 1
        line = " ".join(words) if rng.random() > 0.08 else ""
        lines.append(line)
        total += len(line) + 2
    return ("\r\n".join(lines) + "\r\n").encode()


def base64_pool(rng, size):
    """Lines of a base64 attachment."""
    raw = base64.b64encode(rng.randbytes(size * 3 // 4))
    return b"\r\n".join(raw[i : i + 76] for i in range(0, len(raw) - 76, 76)) + b"\r\n"


class Generator:
    """Writes one message after another; bodies are pieces of a pool, cut at line ends."""

    POOL = 1 << 20

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.seed = seed
        self.text = text_pool(self.rng, self.POOL)
        self.attachment = base64_pool(self.rng, self.POOL)

    def piece(self, pool, size):
        """Whole lines of a pool, about `size` bytes of them in all, however large that is."""
        parts = []
        while size > 0:
            start = pool.find(b"\n", self.rng.randrange(len(pool) // 2)) + 1
            end = pool.rfind(b"\n", start, min(start + size, len(pool))) + 1
            if end <= start:
                break
            parts.append(pool[start:end])
            size -= end - start
        return b"".join(parts)

    def address(self):
        rng = self.rng
        name = rng.choice(NAMES)
        return f"{name} {rng.choice(WORDS).capitalize()} <{name.lower()}.{rng.randrange(1000)}@example.{rng.choice(('org', 'com', 'net'))}>"

    def head(self, number, date):
        rng = self.rng
        stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(date))
        ident = hashlib.sha256(f"{self.seed}/{number}".encode()).hexdigest()[:24]
        lines = []
        for _ in range(rng.randint(2, 5)):
            lines.append(f"Received: from {rng.choice(HOSTS)} ({rng.choice(HOSTS)} [192.0.2.{rng.randrange(256)}])")
            lines.append(f"\tby {rng.choice(HOSTS)} (Postfix) with ESMTPS id {rng.getrandbits(44):011X}")
            lines.append(f"\tfor <user@example.org>; {stamp}")
        lines.append(f"Message-ID: <{ident}@example.org>")
        lines.append(f"Date: {stamp}")
        lines.append(f"From: {self.address()}")
        lines.append(f"To: {self.address()}")
        if rng.random() < 0.3:
            lines.append(f"Cc: {self.address()},\r\n\t{self.address()}")
        subject = " ".join(rng.choice(WORDS) for _ in range(rng.randint(2, 8)))
        lines.append(f"Subject: {'Re: ' if rng.random() < 0.4 else ''}{subject} ({number})")
        lines.append("MIME-Version: 1.0")
        return lines, ident

    def message(self, number, size):
        """One message of about `size` bytes, its date and its flags."""
        rng = self.rng
        date = rng.randrange(FIRST_DATE, LAST_DATE)
        lines, ident = self.head(number, date)
        if rng.random() < 0.5:
            lines.append("Content-Type: text/plain; charset=us-ascii")
            head = ("\r\n".join(lines) + "\r\n\r\n").encode()
            body = self.piece(self.text, max(80, size - len(head)))
        else:
            boundary = f"=_{ident}"
            lines.append(f'Content-Type: multipart/mixed; boundary="{boundary}"')
            head = ("\r\n".join(lines) + "\r\n\r\n").encode()
            first = f"--{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n".encode()
            second = (
                f"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\n"
                f'Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="{number}.bin"\r\n\r\n'
            ).encode()
            last = f"--{boundary}--\r\n".encode()
            room = max(160, size - len(head) - len(first) - len(second) - len(last))
            text = min(room // 3, 4000)
            body = b"".join(
                (first, self.piece(self.text, text), second, self.piece(self.attachment, room - text), last)
            )
        flags = (rng.random() < 0.7) | (rng.random() < 0.2) << 1 | (rng.random() < 0.1) << 2
        return head + body, date, flags


def sizes(rng, count, size, spread, smallest=SMALLEST, largest=LARGEST):
    """The sizes of `count` messages: about `size` each, or log-normal with that mean, within the limits."""
    for _ in range(count):
        if spread > 0:
            yield max(smallest, min(largest, int(rng.lognormvariate(math.log(size) - spread * spread / 2, spread))))
        else:
            yield max(SMALLEST, int(size * rng.uniform(0.9, 1.1)))


def write_messages(path, messages):
    """Writes (bytes, date, flag bits) as a corpus file; returns how many bytes the messages have."""
    total = 0
    with open(path, "wb") as out:
        out.write(MAGIC)
        for message, date, flags in messages:
            out.write(RECORD.pack(len(message), date, flags))
            out.write(message)
            total += len(message)
    return total


def write_corpus(path, count, size, seed, spread=0.0):
    """Writes `count` generated messages; returns how many bytes they have."""
    generator = Generator(seed)
    wanted = sizes(random.Random(seed + 1), count, size, spread)
    return write_messages(path, (generator.message(number, size) for number, size in enumerate(wanted, 1)))


def read_corpus(path):
    """Yields (bytes, date, flag bits) for each message."""
    with open(path, "rb") as file:
        if file.readline() != MAGIC:
            raise ValueError(f"{path} is not a corpus file")
        while head := file.read(RECORD.size):
            length, date, flags = RECORD.unpack(head)
            yield file.read(length), date, flags


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--messages", type=int, default=20000)
    parser.add_argument("--size", type=int, default=8192, help="bytes of a message, about (default 8192)")
    parser.add_argument("--spread", type=float, default=0.0, help="sigma of a log-normal distribution (default 0: none)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    total = write_corpus(options.file, options.messages, options.size, options.seed, options.spread)
    print(f"{options.messages} messages, {total} bytes, seed {options.seed}", file=sys.stderr)


if __name__ == "__main__":
    main()
