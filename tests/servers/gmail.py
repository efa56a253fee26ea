#!/usr/bin/env python3
"""A throwaway server that treats mail as Gmail documents it: one store of messages, and mailboxes that are labels.

    with Gmail() as server:
        account = server.account("anna")
        account.add(b"...", labels=["\\\\Inbox", "Muy Importante"], flags=["\\\\Seen"])
        ... server.host, server.port ...

    gmail.py          # serves empty accounts until it is interrupted, and prints its port

Every message is in [Gmail]/All Mail, and under a UID of its own in the mailbox of each of its labels; a new label is a new
mailbox. X-GM-LABELS does not tell the label of the mailbox that is open. What is appended a second time becomes one message with the
first, with the labels of both. \\Starred is the flag \\Flagged. No MULTIAPPEND; literals wait unless they are small (LITERAL-).

It lives in threads of the process that starts it, so that a test can look into it. Every user name is accepted with the password "pass".
"""

import base64
import datetime
import itertools
import re
import socket
import sys
import threading

CAPABILITIES = ("IMAP4rev1 UNSELECT NAMESPACE ID CHILDREN X-GM-EXT-1 UIDPLUS ENABLE CONDSTORE ESEARCH LIST-EXTENDED LIST-STATUS "
                "LITERAL- SPECIAL-USE APPENDLIMIT=35651584 AUTH=PLAIN SASL-IR")

ALL_MAIL = "[Gmail]/All Mail"
# Mailbox, its special use, its label.
OWN_MAILBOXES = (("INBOX", "", "\\Inbox"), (ALL_MAIL, "\\All", None), ("[Gmail]/Drafts", "\\Drafts", "\\Draft"),
                 ("[Gmail]/Important", "\\Important", "\\Important"), ("[Gmail]/Sent Mail", "\\Sent", "\\Sent"),
                 ("[Gmail]/Spam", "\\Junk", "\\Spam"), ("[Gmail]/Starred", "\\Flagged", "\\Starred"),
                 ("[Gmail]/Trash", "\\Trash", "\\Trash"))
MUTED = "\\Muted"   # a label without a mailbox
OWN_LABELS = {label.lower(): label for _, _, label in OWN_MAILBOXES if label} | {MUTED.lower(): MUTED}
DEFAULT_DATE = "17-Jul-1996 02:44:25 -0700"


class Refused(Exception):
    pass


class Closed(Exception):
    pass


class Message:
    def __init__(self, number, content, flags, date):
        self.number, self.content, self.date = number, content, date
        self.flags, self.labels, self.mod_seq = set(flags), set(), 1


class Mailbox:
    def __init__(self, label, use=""):
        self.label, self.use = label, use
        self.uid_next, self.uids, self.is_subscribed = 1, {}, True   # uids: UID to message

    def uid_of(self, message):
        return next((uid for uid, other in self.uids.items() if other is message), None)

    def put(self, message):
        uid = self.uid_of(message)
        if uid is None:
            uid = self.uid_next
            self.uids[uid] = message
            self.uid_next += 1
        return uid

    def take(self, message):
        self.uids.pop(self.uid_of(message), None)


class Account:
    """Names and labels are as on the wire: modified UTF-7."""

    def __init__(self, server):
        self.server = server
        self.lock = threading.RLock()
        self.mailboxes = {name: Mailbox(label, use) for name, use, label in OWN_MAILBOXES}
        self.messages = []
        self.mod_seq = 1
        self._numbers = itertools.count(1278455344230334865)

    def add(self, content, labels=(), flags=(), date=DEFAULT_DATE):
        """A message with labels; one that is there already gets them too."""
        with self.lock:
            message = next((m for m in self.messages if m.content == content), None)
            if message is None:
                message = Message(next(self._numbers), content, (), date)
                self.messages.append(message)
                self.mailboxes[ALL_MAIL].put(message)
            self.set_flags(message, message.flags | set(flags))
            for label in labels:
                self.give(message, label)
            return message

    def labels_of(self, content):
        """Of the message with this content: all of them, or None if there is none."""
        with self.lock:
            return next((set(m.labels) for m in self.messages if m.content == content), None)

    def find(self, name):
        return self.mailboxes.get("INBOX" if name.upper() == "INBOX" else name)

    def spelling(self, label):
        """A label as the account has it: those that differ in their case only are one."""
        if label.lower() in OWN_LABELS:
            return OWN_LABELS[label.lower()]
        return next((name for name in self.mailboxes if name.lower() == label.lower()), label)

    def give(self, message, label):
        label = self.spelling(label)
        if label.lower() == "inbox" or label.lower().startswith("[gmail]") or label in self.server.refused_labels:
            raise Refused(f"[CANNOT] Invalid label: {label} (Failure)")
        if label == "\\Trash":
            for other in list(message.labels):
                self.take(message, other)
        message.labels.add(label)
        if label == "\\Starred":
            message.flags.add("\\Flagged")
        if label != MUTED:
            self.mailbox_of(label).put(message)
        self._touch(message, is_label=True)

    def take(self, message, label):
        label = self.spelling(label)
        message.labels.discard(label)
        if label == "\\Starred":
            message.flags.discard("\\Flagged")
        if label != MUTED:
            self.mailbox_of(label).take(message)
        self._touch(message, is_label=True)

    def set_flags(self, message, flags):
        message.flags = set(flags)
        if ("\\Flagged" in message.flags) != ("\\Starred" in message.labels):
            (self.give if "\\Flagged" in message.flags else self.take)(message, "\\Starred")
        self._touch(message)

    def mailbox_of(self, label):
        found = next((m for m in self.mailboxes.values() if m.label == label), None)
        if found is None:
            found = self.mailboxes[label] = Mailbox(label)
        return found

    def append(self, mailbox, content, flags, date):
        """The UID there."""
        message = self.add(content, [mailbox.label] if mailbox.label else [], flags, date)
        return mailbox.uid_of(message)

    def _touch(self, message, is_label=False):
        # Google does not promise that a label's change is a change of the modification sequence.
        if not is_label or self.server.labels_change_mod_seq:
            self.mod_seq += 1
            message.mod_seq = self.mod_seq


class Gmail:
    host = "127.0.0.1"
    password = "pass"

    def __init__(self, *, capabilities=CAPABILITIES, refused_labels=(), labels_change_mod_seq=False, tells_uids=True):
        self.capabilities = capabilities
        self.refused_labels = set(refused_labels)
        self.labels_change_mod_seq = labels_change_mod_seq
        self.tells_uids = tells_uids         # APPENDUID
        self.commands = []                   # every command that any client has sent, literals left out
        self.before = {}                     # command name: function(session, text), called before it is served; it may close
        self._accounts = {}
        self._lock = threading.Lock()
        self._open = set()
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]

    def account(self, user):
        with self._lock:
            return self._accounts.setdefault(user, Account(self))

    def start(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            sessions = list(self._open)
        for session in sessions:
            session.hang_up()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(Session(self, connection),), daemon=True).start()

    def _serve(self, session):
        with self._lock:
            self._open.add(session)
        try:
            session.run()
        except (Closed, OSError):
            pass
        finally:
            with self._lock:
                self._open.discard(session)
            session.connection.close()


class Session:
    """One connection. `view` is what the client knows of the open mailbox: its UIDs in their order."""

    def __init__(self, server, connection):
        self.server, self.connection = server, connection
        self.file = connection.makefile("rb")
        self.account = self.mailbox = None
        self.view, self.is_read_only = [], False

    def hang_up(self):
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def close(self):
        raise Closed

    def line(self, text):
        self.connection.sendall((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def run(self):
        self.line("* OK Gimap ready for requests (throwaway)")
        while True:
            tag, name, text, literals = self.read_command()
            self.server.commands.append(f"{name} {text}".strip())
            if name in self.server.before:
                self.server.before[name](self, text)
            handler = getattr(self, "do_" + name.lower().replace(" ", "_"), None)
            try:
                if handler is None:
                    raise ValueError("Unknown command")
                with self.account.lock if self.account else threading.Lock():
                    done = handler(text, literals) or "Success"
                    self.tell_news()
                self.line(f"{tag} OK {done}")
            except Refused as reason:
                self.line(f"{tag} NO {reason}")
            except (ValueError, IndexError, AttributeError) as reason:
                self.line(f"{tag} BAD Could not parse command: {reason}")
            if name == "LOGOUT":
                return

    def read_line(self):
        line = self.file.readline()
        if not line.endswith(b"\n"):
            raise Closed
        return line.rstrip(b"\r\n")

    def read_command(self):
        """Tag, name, arguments and literals; a literal's place in the arguments is a NUL."""
        line, literals = self.read_line(), []
        while match := re.search(rb"\{(\d+)(\+?)\}$", line):
            if not match.group(2):
                self.line("+ go ahead")
            elif int(match.group(1)) > 4096:
                raise Closed   # LITERAL-
            literals.append(self.file.read(int(match.group(1))))
            line = line[:match.start()] + b"\0" + self.read_line()
        tag, _, rest = line.decode("latin-1").partition(" ")
        name, _, text = rest.partition(" ")
        if name.upper() == "UID":
            second, _, text = text.partition(" ")
            name += " " + second
        return tag, name.upper(), text, literals

    def tell_news(self):
        if self.mailbox is None:
            return
        for uid in [uid for uid in self.view if uid not in self.mailbox.uids]:
            self.line(f"* {self.view.index(uid) + 1} EXPUNGE")
            self.view.remove(uid)
        new = [uid for uid in sorted(self.mailbox.uids) if uid not in set(self.view)]
        if new:
            self.view += new
            self.line(f"* {len(self.view)} EXISTS")

    def find(self, name):
        mailbox = self.account.find(name)
        if mailbox is None:
            raise Refused(f"[NONEXISTENT] Unknown Mailbox: {name} (Failure)")
        return mailbox

    # Any state.

    def do_capability(self, text, literals):
        self.line(f"* CAPABILITY {self.server.capabilities}")

    def do_noop(self, text, literals):
        pass

    def do_id(self, text, literals):
        self.line('* ID ("name" "GImap" "vendor" "throwaway")')

    def do_enable(self, text, literals):
        self.line("* ENABLED")

    def do_logout(self, text, literals):
        self.line("* BYE LOGOUT Requested")

    def do_login(self, text, literals):
        self.log_in(*words(text, literals))

    def do_authenticate(self, text, literals):
        _, _, answer = text.partition(" ")
        if not answer:
            self.line("+ ")
            answer = self.read_line().decode()
        _, user, password = base64.b64decode(answer).decode().split("\0")
        self.log_in(user, password)

    def log_in(self, user, password):
        if password != self.server.password:
            raise Refused("[AUTHENTICATIONFAILED] Invalid credentials (Failure)")
        self.account = self.server.account(user)
        self.line(f"* CAPABILITY {self.server.capabilities}")

    # Mailboxes.

    def do_namespace(self, text, literals):
        self.line('* NAMESPACE (("" "/")) NIL NIL')

    def do_list(self, text, literals):
        returned = re.search(r"RETURN \((.*)\)$", text)
        if words(text.split(" RETURN ")[0], literals)[-1] == "":
            self.line('* LIST (\\Noselect) "/" "/"')
            return
        self.line('* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"')
        status = returned and re.search(r"STATUS (\(.*\))", returned.group(1))
        for name, mailbox in self.account.mailboxes.items():
            attributes = ["\\HasNoChildren"] + ([mailbox.use] if mailbox.use else [])
            if returned and mailbox.is_subscribed:
                attributes.append("\\Subscribed")
            self.line(f'* LIST ({" ".join(attributes)}) "/" {quoted(name)}')
            if status:
                self.tell_status(name, mailbox, status.group(1))

    def do_lsub(self, text, literals):
        for name, mailbox in self.account.mailboxes.items():
            if mailbox.is_subscribed:
                self.line(f'* LSUB (\\HasNoChildren) "/" {quoted(name)}')

    def do_status(self, text, literals):
        name = words(text[:text.rindex("(")], literals)[0]
        self.tell_status(name, self.find(name), text)

    def tell_status(self, name, mailbox, items):
        values = {"MESSAGES": len(mailbox.uids), "UIDNEXT": mailbox.uid_next, "UIDVALIDITY": 7, "UNSEEN": 0, "RECENT": 0,
                  "HIGHESTMODSEQ": self.highest(mailbox)}
        asked = re.findall(r"[A-Z]+", items[items.rindex("("):])
        self.line(f"* STATUS {quoted(name)} ({' '.join(f'{item} {values[item]}' for item in asked if item in values)})")

    def highest(self, mailbox):
        return max((message.mod_seq for message in mailbox.uids.values()), default=1)

    def do_create(self, text, literals):
        name = words(text, literals)[0]
        if self.account.find(name) or name.lower().startswith("[gmail]"):
            raise Refused(f"[ALREADYEXISTS] Duplicate folder name {name} (Failure)")
        self.account.mailbox_of(name)

    def do_subscribe(self, text, literals):
        self.find(words(text, literals)[0]).is_subscribed = True

    def do_unsubscribe(self, text, literals):
        self.find(words(text, literals)[0]).is_subscribed = False

    def do_select(self, text, literals, is_read_only=False):
        mailbox = self.find(words(re.sub(r" \(CONDSTORE\)$", "", text), literals)[0])
        self.mailbox, self.view, self.is_read_only = mailbox, sorted(mailbox.uids), is_read_only
        for line in ("FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen)",
                     "OK [PERMANENTFLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen \\*)] Flags permitted.",
                     "OK [UIDVALIDITY 7] UIDs valid.", f"{len(self.view)} EXISTS", "0 RECENT",
                     f"OK [UIDNEXT {mailbox.uid_next}] Predicted next UID.", f"OK [HIGHESTMODSEQ {self.highest(mailbox)}]"):
            self.line("* " + line)
        return "[READ-ONLY] selected. (Success)" if is_read_only else "[READ-WRITE] selected. (Success)"

    def do_examine(self, text, literals):
        return self.do_select(text, literals, True)

    def do_unselect(self, text, literals):
        self.mailbox = None

    # Messages.

    def chosen(self, uids):
        last = self.view[-1] if self.view else 0
        wanted = set()
        for part in uids.split(","):
            first, _, end = part.replace("*", str(last)).partition(":")
            low, high = sorted((int(first), int(end or first)))
            wanted.update(uid for uid in self.view if low <= uid <= high)
        return [(self.view.index(uid) + 1, uid, self.mailbox.uids[uid]) for uid in sorted(wanted) if uid in self.mailbox.uids]

    def do_uid_search(self, text, literals):
        criteria = re.sub(r"^RETURN \(ALL\) ", "", text)
        found = [uid for uid in self.view if uid in self.mailbox.uids]
        if criteria == "DELETED":
            found = [uid for uid in found if "\\Deleted" in self.mailbox.uids[uid].flags]
        elif criteria.startswith("UID "):
            found = [uid for _, uid, _ in self.chosen(criteria[4:])]
        elif criteria != "ALL":
            raise ValueError(criteria)
        if criteria != text:
            self.line('* ESEARCH (TAG "x") UID' + (" ALL " + ",".join(map(str, found)) if found else ""))
        else:
            self.line("* SEARCH" + "".join(f" {uid}" for uid in found))

    def do_uid_fetch(self, text, literals):
        uids, _, items = text.partition(" ")
        since = re.search(r"CHANGEDSINCE (\d+)", items)
        for number, uid, message in self.chosen(uids):
            if since is None or message.mod_seq > int(since.group(1)):
                self.line(f"* {number} FETCH (UID {uid}".encode() + self.items(message, items) + b")")

    def items(self, message, asked):
        asked, out = asked.upper(), b""
        if "X-GM-LABELS" in asked:
            if "X-GM-EXT-1" not in self.server.capabilities:
                raise ValueError("X-GM-LABELS")
            shown = [label_on_wire(label) for label in sorted(message.labels) if label != self.mailbox.label]
            out += b" X-GM-LABELS (" + b" ".join(shown) + b")"
        if "X-GM-MSGID" in asked:
            out += f" X-GM-MSGID {message.number}".encode()
        if re.search(r"\bFLAGS", asked):
            out += b" FLAGS (" + " ".join(sorted(message.flags)).encode() + b")"
        if "INTERNALDATE" in asked:
            out += f' INTERNALDATE "{message.date}"'.encode()
        if "RFC822.SIZE" in asked:
            out += f" RFC822.SIZE {len(message.content)}".encode()
        if "CHANGEDSINCE" in asked:
            out += f" MODSEQ ({message.mod_seq})".encode()
        header = message.content.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
        fields = re.search(r"HEADER\.FIELDS \(([^)]*)\)", asked)
        if fields:
            names = fields.group(1).encode().split()
            kept = [line for line in re.split(rb"\r\n(?![ \t])", header) if line.split(b":")[0].strip().upper() in names]
            out += f" BODY[HEADER.FIELDS ({fields.group(1)})] ".encode() + literal(b"".join(line + b"\r\n" for line in kept) + b"\r\n")
        if "BODY.PEEK[HEADER]" in asked:
            out += b" BODY[HEADER] " + literal(header)
        if "BODY.PEEK[]" in asked:
            out += b" BODY[] " + literal(message.content)
        return out

    def do_uid_store(self, text, literals):
        if self.is_read_only:
            raise Refused("[READ-ONLY] Cannot STORE (Failure)")
        uids, item, values = re.fullmatch(r"(\S+) (\S+) \((.*)\)", text, re.DOTALL).groups()
        sign, what, silent = re.fullmatch(r"([+-]?)(FLAGS|X-GM-LABELS)(\.SILENT)?", item.upper()).groups()
        values = words(values, literals)
        for number, uid, message in self.chosen(uids):
            if what == "FLAGS":
                flags = set(values) if not sign else message.flags | set(values) if sign == "+" else message.flags - set(values)
                self.account.set_flags(message, flags)
            else:
                self.store_labels(message, sign, values)
            if not silent:
                self.line(f"* {number} FETCH (UID {uid}".encode() + self.items(message, what) + b")")

    def store_labels(self, message, sign, labels):
        if "X-GM-EXT-1" not in self.server.capabilities:
            raise ValueError("X-GM-LABELS")
        spelled = [self.account.spelling(label) for label in labels]
        for label in [] if sign == "+" else spelled if sign == "-" else message.labels - set(spelled) - {self.mailbox.label}:
            self.account.take(message, label)
        for label in spelled if sign != "-" else []:
            self.account.give(message, label)

    def do_uid_expunge(self, text, literals):
        for _, _, message in self.chosen(text):
            if "\\Deleted" in message.flags and self.mailbox.label:
                message.flags.discard("\\Deleted")
                self.account.take(message, self.mailbox.label)

    def do_append(self, text, literals):
        name_text, _, flags, _, date = re.fullmatch(r"(.*?)( \(([^)]*)\))?( \"([^\"]+)\")? \0", text).groups()
        name = words(name_text, literals)[0]
        if self.account.find(name) is None:
            raise Refused(f"[TRYCREATE] No folder {name} (Failure)")
        flags = [flag for flag in (flags or "").split() if flag.lower() != "\\recent"]
        uid = self.account.append(self.find(name), literals[-1], flags, date or now())
        return f"[APPENDUID 7 {uid}] (Success)" if self.server.tells_uids else "(Success)"


def words(text, literals):
    """Atoms, quoted strings and literals."""
    left, found = iter(literals), []
    for atom, string, mark in re.findall(r'([^\s"\0]+)|"((?:[^"\\]|\\.)*)"|(\0)', text):
        found.append(next(left).decode() if mark else atom or re.sub(r"\\(.)", r"\1", string))
    return found


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(data):
    return f"{{{len(data)}}}\r\n".encode() + data


def label_on_wire(label):
    """In each of the forms that an astring has."""
    if '"' in label:
        return literal(label.encode())
    return (label if re.fullmatch(r"[A-Za-z0-9&,+/-]+", label) else quoted(label)).encode()


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%d-%b-%Y %H:%M:%S +0000")


if __name__ == "__main__":
    with Gmail() as running:
        print(f"{running.host} {running.port}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.exit(0)
