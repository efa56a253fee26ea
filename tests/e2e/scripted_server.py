"""A small IMAP server over real sockets whose every word a test can bend.

It serves fixed mailboxes for reading, tells the client exactly the flags and dates that it was given, however wrong, and at any
named phase a test may put its own behaviour: hang, close, garbage. One thread for each connection.

    server = ScriptedServer({"INBOX": [StoredMail(b"...", flags="\\\\Seen", date="...")]})
    server.faults["fetch"] = lambda peer, command: peer.close()
    with server: ... server.host, server.port ...
"""

import dataclasses
import re
import socket
import ssl
import threading

CAPABILITIES = "IMAP4rev1 LITERAL+ NAMESPACE ID UIDPLUS"


@dataclasses.dataclass
class StoredMail:
    content: bytes
    flags: str = ""
    date: str = "17-Jul-1996 02:44:25 -0700"


class Closed(Exception):
    pass


class Command:
    """A client's command: its tag, its name in upper case ("UID FETCH"), and the rest with the literals put in."""

    def __init__(self, tag, name, arguments):
        self.tag, self.name, self.arguments = tag, name, arguments

    @property
    def phase(self):
        """The word under which a test puts a fault: "login", "list", "select", "fetch", ..."""
        return {"EXAMINE": "select", "AUTHENTICATE": "login", "UID FETCH": "fetch", "UID SEARCH": "search"}.get(
            self.name, self.name.lower())


class Peer:
    """One connection."""

    def __init__(self, connection):
        self.connection = connection
        self.file = connection.makefile("rb")
        self.selected = None

    def send(self, data):
        try:
            self.connection.sendall(data.encode() if isinstance(data, str) else data)
        except OSError as error:
            raise Closed from error

    def line(self, text):
        self.send(text + "\r\n")

    def close(self):
        raise Closed

    def hang(self):
        """Says nothing more, until the client gives up."""
        while self.file.read(1):
            pass
        raise Closed

    def flood(self, data):
        """Sends the same again and again, until the client gives up."""
        block = (data.encode() if isinstance(data, str) else data) * max(1, 65536 // len(data))
        while True:
            self.send(block)

    def read_line(self):
        try:
            line = self.file.readline()
        except OSError as error:
            raise Closed from error
        if not line.endswith(b"\n"):
            raise Closed
        return line.rstrip(b"\r\n")

    def read_command(self):
        line = self.read_line()
        while True:
            literal = re.search(rb"\{(\d+)(\+?)\}$", line)
            if not literal:
                break
            if not literal.group(2):
                self.line("+ go on")
            line = line[:literal.start()] + b'"' + self.file.read(int(literal.group(1))) + b'"' + self.read_line()
        tag, _, rest = line.decode("utf-8", "surrogateescape").partition(" ")
        name, _, arguments = rest.partition(" ")
        name = name.upper()
        if name == "UID":
            second, _, arguments = arguments.partition(" ")
            name = f"UID {second.upper()}"
        return Command(tag, name, arguments)


class ScriptedServer:
    host = "127.0.0.1"

    def __init__(self, mailboxes=None, *, capabilities=CAPABILITIES, tls_files=None):
        """`tls_files` is (certificate, key) for TLS from the first byte."""
        self.mailboxes = {"INBOX": []} if mailboxes is None else mailboxes
        self.capabilities = capabilities
        self.faults = {}          # phase: function(peer, command); it may return "go on" to be served as usual after all
        self.commands = []        # every command that any client has sent, as (name, arguments)
        self.connections = 0
        self.passwords_seen = []
        self._tls = None
        if tls_files:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*tls_files)
        self._listener = socket.create_server((self.host, 0))
        self.port = self.tls_port = self._listener.getsockname()[1]
        self._open = set()
        self._lock = threading.Lock()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with self._lock:
                self._open.add(connection)
            self._converse(Peer(connection))
        except (Closed, OSError):
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _converse(self, peer):
        if not self._faulty("greeting", peer, None):
            peer.line(f"* OK [CAPABILITY {self.capabilities}] scripted server ready")
        while True:
            command = peer.read_command()
            self.commands.append((command.name, command.arguments))
            if self._faulty(command.phase, peer, command):
                continue
            answer = getattr(self, "_do_" + command.name.lower().replace(" ", "_"), None)
            if answer is None:
                peer.line(f"{command.tag} BAD unknown command")
            else:
                answer(peer, command)
            if command.name == "LOGOUT":
                return

    def _faulty(self, phase, peer, command):
        fault = self.faults.get(phase)
        return fault is not None and fault(peer, command) != "go on"

    def _ok(self, peer, command, text="done"):
        peer.line(f"{command.tag} OK {text}")

    def _do_capability(self, peer, command):
        peer.line(f"* CAPABILITY {self.capabilities}")
        self._ok(peer, command)

    def _do_login(self, peer, command):
        self._ok(peer, command, f"[CAPABILITY {self.capabilities}] logged in")

    def _do_authenticate(self, peer, command):
        if " " not in command.arguments:
            peer.line("+ ")
            peer.read_line()
        self._ok(peer, command, f"[CAPABILITY {self.capabilities}] logged in")

    def _do_id(self, peer, command):
        peer.line('* ID ("name" "scripted server")')
        self._ok(peer, command)

    def _do_noop(self, peer, command):
        self._ok(peer, command)

    _do_check = _do_close = _do_unselect = _do_noop

    def _do_logout(self, peer, command):
        peer.line("* BYE good bye")
        self._ok(peer, command)

    def _do_namespace(self, peer, command):
        peer.line('* NAMESPACE (("" "/")) NIL NIL')
        self._ok(peer, command)

    def _do_list(self, peer, command):
        if command.arguments.rstrip().endswith('""'):
            peer.line('* LIST (\\Noselect) "/" ""')
        else:
            for name in self.mailboxes:
                peer.line(f'* LIST () "/" {_quoted(name)}')
        self._ok(peer, command)

    def _do_lsub(self, peer, command):
        for name in self.mailboxes:
            peer.line(f'* LSUB () "/" {_quoted(name)}')
        self._ok(peer, command)

    def _mails(self, name):
        """The messages of the mailbox that a command's arguments begin with."""
        match = re.match(r'"((?:[^"\\]|\\.)*)"|([^ ]+)', name.strip())
        return self.mailboxes.get(re.sub(r"\\(.)", r"\1", match.group(1)) if match.group(1) is not None else match.group(2))

    def _do_status(self, peer, command):
        mails = self._mails(command.arguments)
        if mails is None:
            peer.line(f"{command.tag} NO no such mailbox")
            return
        name = command.arguments[:command.arguments.rindex("(")].strip()
        values = {"MESSAGES": len(mails), "RECENT": 0, "UIDNEXT": len(mails) + 1, "UIDVALIDITY": 1, "UNSEEN": 0}
        asked = re.findall(r"[A-Z]+", command.arguments.upper().rsplit("(", 1)[-1])
        peer.line(f"* STATUS {name} ({' '.join(f'{item} {values[item]}' for item in asked if item in values)})")
        self._ok(peer, command)

    def _do_select(self, peer, command):
        mails = self._mails(command.arguments)
        if mails is None:
            peer.line(f"{command.tag} NO no such mailbox")
            return
        peer.selected = mails
        for line in ("FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)", f"{len(mails)} EXISTS", "0 RECENT",
                     "OK [UIDVALIDITY 1] valid", f"OK [UIDNEXT {len(mails) + 1}] next",
                     "OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] all"):
            peer.line("* " + line)
        self._ok(peer, command, "[READ-ONLY] selected" if command.name == "EXAMINE" else "[READ-WRITE] selected")

    _do_examine = _do_select

    def _do_uid_search(self, peer, command):
        peer.line("* SEARCH" + "".join(f" {uid}" for uid in range(1, len(peer.selected) + 1)))
        self._ok(peer, command)

    def _do_uid_fetch(self, peer, command):
        wanted, _, items = command.arguments.partition(" ")
        for uid in _numbers(wanted, len(peer.selected)):
            peer.send(f"* {uid} FETCH (UID {uid}".encode() + self._items(peer.selected[uid - 1], items) + b")\r\n")
        self._ok(peer, command)

    def _do_create(self, peer, command):
        self.mailboxes[command.arguments.strip('"')] = []
        self._ok(peer, command)

    def _do_append(self, peer, command):
        """Takes it and forgets it."""
        self._ok(peer, command)

    _do_subscribe = _do_append

    def _items(self, mail, asked):
        """The answer to FETCH items, after the UID."""
        asked = asked.upper()
        header = mail.content.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
        out = b""
        if "FLAGS" in asked:
            out += b" FLAGS (" + mail.flags.encode("utf-8", "surrogateescape") + b")"
        if "INTERNALDATE" in asked:
            out += f' INTERNALDATE "{mail.date}"'.encode()
        if "RFC822.SIZE" in asked:
            out += f" RFC822.SIZE {len(mail.content)}".encode()
        fields = re.search(r"HEADER\.FIELDS \(([^)]*)\)", asked)
        if fields:
            names = [name.strip('"').encode() for name in fields.group(1).split()]
            unfolded = re.split(rb"\r\n(?![ \t])", header)
            kept = b"".join(line + b"\r\n" for line in unfolded if line.split(b":")[0].strip().upper() in names)
            out += f" BODY[HEADER.FIELDS ({fields.group(1)})] ".encode() + _literal(kept + b"\r\n")
        if re.search(r"BODY(?:\.PEEK)?\[HEADER\]|RFC822\.HEADER", asked):
            out += b" BODY[HEADER] " + _literal(header)
        part = re.search(r"BODY(?:\.PEEK)?\[\](?:<(\d+)\.(\d+)>)?", asked)
        if part:
            if part.group(1):
                first, length = int(part.group(1)), int(part.group(2))
                out += f" BODY[]<{first}> ".encode() + _literal(mail.content[first:first + length])
            else:
                out += b" BODY[] " + _literal(mail.content)
        return out


def _quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _literal(data):
    return f"{{{len(data)}}}\r\n".encode() + data


def _numbers(wanted, last):
    for part in wanted.split(","):
        first, _, end = part.replace("*", str(last)).partition(":")
        low, high = sorted((int(first), int(end or first)))
        yield from range(max(1, low), min(last, high) + 1)
