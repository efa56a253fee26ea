"""One IMAP account as the tests see it: Python's imaplib with the few things added that it lacks.

Nothing here is shared with imapferry, on purpose: what the tests say about an account does not rest on the code under test.
"""

import base64
import dataclasses
import datetime
import imaplib
import re
import ssl

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclasses.dataclass(frozen=True)
class Mailbox:
    wire: str             # as the server spells it
    path: tuple           # its levels, without the prefix of the name space, decoded: ("Archive", "2019")
    is_selectable: bool
    is_subscribed: bool


@dataclasses.dataclass(frozen=True)
class Message:
    uid: int
    content: bytes
    flags: tuple          # sorted, without \\Recent
    date: int             # INTERNALDATE as Unix seconds


def encode_name(text):
    """Modified UTF-7 (RFC 3501, section 5.1.3)."""
    def shift(match):
        if match.group() == "&":
            return "&-"
        coded = base64.b64encode(match.group().encode("utf-16-be")).decode().rstrip("=")
        return "&" + coded.replace("/", ",") + "-"
    return re.sub("&|[^ -~]+", shift, text)


def decode_name(wire):
    def unshift(match):
        if match.group(1) == "":
            return "&"
        coded = match.group(1).replace(",", "/")
        return base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be")
    return re.sub("&([^-]*)-", unshift, wire)


def quote(wire):
    return '"' + wire.replace("\\", "\\\\").replace('"', '\\"') + '"'


def instant(internal_date):
    """Unix seconds of '17-Jul-1996 02:44:25 -0700'."""
    match = re.fullmatch(r"\s?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)", internal_date)
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    zone = datetime.timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    moment = datetime.datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second),
                               tzinfo=datetime.timezone(zone if sign == "+" else -zone))
    return int(moment.timestamp())


class ImapError(Exception):
    pass


class Account:
    """A logged-in session. `tls` is none, starttls or tls."""

    def __init__(self, host, port, user, password, tls="none", ca_file=None):
        context = ssl.create_default_context(cafile=ca_file) if ca_file else ssl._create_unverified_context()
        if tls == "tls":
            self.imap = imaplib.IMAP4_SSL(host, port, ssl_context=context)
        else:
            self.imap = imaplib.IMAP4(host, port)
            if tls == "starttls":
                self.imap.starttls(context)
        self.user = user
        self.imap.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        # imaplib keeps the capabilities from before the login.
        self.imap.capabilities = tuple(self.command("CAPABILITY")[-1].decode().upper().split())
        self.prefix, self.separator = self._name_space()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self.imap.logout()
        except (OSError, imaplib.IMAP4.error):
            pass

    def mailboxes(self):
        subscribed = {wire for _, wire in self._listing("LSUB")}
        found = []
        for attributes, wire in self._listing("LIST"):
            selectable = not {"\\noselect", "\\nonexistent"} & {a.lower() for a in attributes}
            found.append(Mailbox(wire, self.path_of(wire), selectable, wire in subscribed))
        return found

    def subscriptions(self):
        return {self.path_of(wire) for _, wire in self._listing("LSUB")}

    def path_of(self, wire):
        if wire.upper() == "INBOX":
            return ("INBOX",)
        if self.prefix and wire.startswith(self.prefix):
            wire = wire[len(self.prefix):]
        levels = wire.split(self.separator) if self.separator else [wire]
        return tuple(decode_name(level) for level in levels)

    def wire_of(self, path):
        if path == ("INBOX",):
            return "INBOX"
        return self.prefix + self.separator.join(encode_name(level) for level in path)

    def create(self, path):
        self.command("CREATE", quote(self.wire_of(path)))

    def delete(self, path):
        self.command("DELETE", quote(self.wire_of(path)))

    def subscribe(self, path):
        self.command("SUBSCRIBE", quote(self.wire_of(path)))

    def append(self, path, content, flags=(), date=None):
        """`date` is an INTERNALDATE string or None. imaplib would rewrite bare line feeds; what is given is what is sent."""
        arguments = quote(self.wire_of(path)) + " (" + " ".join(flags) + ")"
        if date:
            arguments += f' "{date}"'
        self.imap.literal = content
        self.command("APPEND", arguments)

    def append_many(self, path, messages):
        """`messages` are (content, flags, date); one MULTIAPPEND (RFC 3502) where the server has it with LITERAL+."""
        capabilities = self.imap.capabilities
        if not {"MULTIAPPEND", "LITERAL+"} <= set(capabilities):
            for content, flags, date in messages:
                self.append(path, content, flags, date)
            return
        for first in range(0, len(messages), 100):
            pieces = []
            for content, flags, date in messages[first:first + 100]:
                moment = f' "{date}"' if date else ""
                pieces.append(f" ({' '.join(flags)}){moment} {{{len(content)}+}}\r\n".encode() + content)
            tag = self.imap._new_tag()
            self.imap.send(tag + b" APPEND " + quote(self.wire_of(path)).encode() + b"".join(pieces) + b"\r\n")
            self._check("APPEND", *self.imap._command_complete("APPEND", tag))

    def select(self, path, readonly=True):
        """Returns the number of messages."""
        return self._select(self.wire_of(path), readonly)

    def messages(self, mailbox, contents=True):
        """All messages of a Mailbox in order of UID, fetched a few at a time."""
        if self._select(mailbox.wire, True) == 0:
            return
        uids = sorted(int(uid) for uid in b" ".join(x for x in self.command("UID", "SEARCH", "ALL") if x).split())
        items = "(UID FLAGS INTERNALDATE BODY.PEEK[])" if contents else "(UID FLAGS INTERNALDATE)"
        for first in range(0, len(uids), 100):
            part = uids[first:first + 100]
            answer = self.command("UID", "FETCH", ",".join(map(str, part)), items)
            seen = [m for m in map(_message_of, _joined(answer)) if m is not None]
            if sorted(m.uid for m in seen) != part:
                raise ImapError(f"{self.user}: {mailbox.wire}: asked for {len(part)} messages, saw {len(seen)}")
            yield from sorted(seen, key=lambda m: m.uid)

    def store(self, uid, operation, flags):
        """In the selected mailbox; `operation` is FLAGS, +FLAGS or -FLAGS."""
        self.command("UID", "STORE", str(uid), operation + ".SILENT", "(" + " ".join(flags) + ")")

    def expunge(self, uid):
        self.store(uid, "+FLAGS", ["\\Deleted"])
        self.command("EXPUNGE")

    def command(self, name, *arguments):
        """Runs a command; returns its untagged data; raises ImapError unless it is answered OK."""
        if name == "UID":
            status, data = self.imap.uid(*arguments)
        else:
            status, data = self.imap._simple_command(name, *arguments)
            if status == "OK":
                status, data = self.imap._untagged_response(status, data, name)
        return self._check(name, status, data)

    def _check(self, name, status, data):
        if status != "OK":
            raise ImapError(f"{self.user}: {name}: {status} {data}")
        return [] if data == [None] else data

    def _select(self, wire, readonly):
        status, data = self.imap.select(quote(wire), readonly)
        self._check("SELECT " + wire, status, data)
        return int(data[0])

    def _name_space(self):
        if "NAMESPACE" in self.imap.capabilities:
            data = self.command("NAMESPACE")
            match = re.match(rb'\(\("((?:[^"\\]|\\.)*)" (?:"(.|\\.)"|NIL)', data[0])
            if match:
                return decode_name(match.group(1).decode()), (match.group(2) or b"").decode()[-1:]
        data = self.command("LIST", '""', '""')
        match = re.search(rb'\) (?:"(.|\\.)"|NIL) ', data[0])
        return "", (match.group(1) or b"").decode()[-1:]

    def _listing(self, name):
        for line in _joined(self.command(name, '""', '"*"')):
            head, literals = line
            match = re.match(rb'\(([^)]*)\) (?:"(?:[^"\\]|\\.)*"|NIL) (.*)', head, re.DOTALL)
            attributes, wire = match.group(1).decode().split(), match.group(2)
            if literals:
                wire = literals[0]
            elif wire.startswith(b'"'):
                wire = re.sub(rb"\\(.)", rb"\1", wire.strip()[1:-1])
            yield attributes, wire.decode()


def _joined(data):
    """imaplib's pieces, put together: for each response its text (literals left out) and its literals."""
    responses, open_response = [], False
    for piece in data:
        if isinstance(piece, tuple):
            if open_response:
                responses[-1][0] += b" " + piece[0]
                responses[-1][1].append(piece[1])
            else:
                responses.append([piece[0], [piece[1]]])
            open_response = True
        elif piece is not None:
            if open_response:
                responses[-1][0] += b" " + piece
            else:
                responses.append([piece, []])
            open_response = False
    return responses


def _message_of(response):
    text, literals = response
    uid = re.search(rb"\bUID (\d+)", text)
    flags = re.search(rb"\bFLAGS \(([^)]*)\)", text)
    date = re.search(rb'\bINTERNALDATE "([^"]*)"', text)
    if not (uid and flags and date):
        return None   # a change of flags that the server tells unasked
    content = literals[0] if literals else b""
    names = sorted(f for f in flags.group(1).decode("utf-8", "surrogateescape").split() if f.lower() != "\\recent")
    return Message(int(uid.group(1)), content, tuple(names), instant(date.group(1).decode()))
