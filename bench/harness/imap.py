"""A bare IMAP client for the harness itself: it fills accounts, changes them, and reads back what the tools left.

It shares no code with imapferry, so that a defect of ours cannot hide itself in the comparison.
"""
import re
import socket
import ssl

LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")
LIST_LINE = re.compile(rb'\* LIST \(([^)]*)\) (NIL|"(?:[^"\\]|\\.)*") (.*)', re.IGNORECASE | re.DOTALL)
NAMESPACE_LINE = re.compile(rb'\* NAMESPACE \(\("((?:[^"\\]|\\.)*)" (NIL|"(?:[^"\\]|\\.)*")', re.IGNORECASE)
TIMEOUT = 300

# Messages of one APPEND, and their bytes at most; a large message goes alone.
MOST_IN_BATCH = 100
MOST_BYTES_IN_BATCH = 4 << 20


class Refused(Exception):
    """The server said NO or BAD, or left."""


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquoted(text):
    if text[:1] == b'"':
        text = re.sub(rb"\\(.)", rb"\1", text[1:-1])
    return text.decode("ascii")


class Imap:
    """One logged in connection. Mailbox names are given and returned with "/" between levels and without the server's prefix."""

    def __init__(self, port, user, password, tls=False):
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls:
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                self._socket = context.wrap_socket(self._socket)
            self._file = self._socket.makefile("rb", 1 << 18)
            self._tags = 0
            self._response()
            self.run(f"LOGIN {quoted(user)} {quoted(password)}")
            self.capabilities = self._capabilities()
            self._learn_names()
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.run("LOGOUT")
        except (OSError, Refused):
            pass
        self._file.close()
        self._socket.close()

    def _capabilities(self):
        words = set()
        for response in self.run("CAPABILITY"):
            if response[0].upper().startswith(b"* CAPABILITY "):
                words.update(response[0].decode().upper().split()[2:])
        return words

    def _learn_names(self):
        self.prefix, self.separator = "", "/"
        for response in self.run('LIST "" ""'):
            if line := LIST_LINE.match(response[0]):
                self.separator = unquoted(line[2]) if line[2] != b"NIL" else "/"
        if "NAMESPACE" in self.capabilities:
            for response in self.run("NAMESPACE"):
                if line := NAMESPACE_LINE.match(response[0]):
                    self.prefix = line[1].decode()
                    self.separator = unquoted(line[2]) if line[2] != b"NIL" else self.separator

    def on_server(self, name):
        return name if name == "INBOX" else self.prefix + name.replace("/", self.separator)

    def _neutral(self, name):
        if name.upper() == "INBOX":
            return "INBOX"
        return name.removeprefix(self.prefix).replace(self.separator, "/")

    # --- the wire

    def _send(self, text):
        self._tags += 1
        self._socket.sendall(f"h{self._tags} {text}\r\n".encode("ascii"))
        return f"h{self._tags} ".encode()

    def _response(self):
        """One response: lines and literals in turn, always beginning with a line."""
        parts = []
        while True:
            line = self._file.readline()
            if not line.endswith(b"\n"):
                raise Refused("the server closed the connection")
            literal = LITERAL.search(line)
            if not literal:
                parts.append(line.rstrip(b"\r\n"))
                return parts
            parts.append(line[: literal.start()])
            parts.append(self._file.read(int(literal[1])))

    def _untagged(self, tag):
        while True:
            response = self._response()
            if response[0].startswith(tag):
                if not response[0][len(tag) :].upper().startswith(b"OK"):
                    raise Refused(response[0][len(tag) :].decode(errors="replace"))
                return
            yield response

    def _finish(self, tag):
        return list(self._untagged(tag))

    def run(self, text):
        return self._finish(self._send(text))

    # --- mailboxes

    def mailboxes(self):
        """The names of all that can be selected."""
        names = []
        for response in self.run('LIST "" "*"'):
            line = LIST_LINE.match(response[0])
            if line and b"\\noselect" not in line[1].lower() and b"\\nonexistent" not in line[1].lower():
                name = response[1].decode() if len(response) > 1 else unquoted(line[3])
                names.append(self._neutral(name))
        return names

    def create(self, name):
        try:
            self.run(f"CREATE {quoted(self.on_server(name))}")
        except Refused:
            self.count(name)  # it may be there already, and if not this is refused too

    def count(self, name):
        for response in self.run(f"STATUS {quoted(self.on_server(name))} (MESSAGES)"):
            if found := re.search(rb"MESSAGES (\d+)", response[-1]):
                return int(found[1])
        raise Refused(f"no STATUS of {name}")

    def counts(self):
        """Messages in each mailbox that has any."""
        names = self.mailboxes()
        if "LIST-STATUS" not in self.capabilities:
            found = {name: self.count(name) for name in names}
        else:
            found = {}
            for response in self.run('LIST "" "*" RETURN (STATUS (MESSAGES))'):
                if line := re.match(rb"\* STATUS (.*?) ?\(MESSAGES (\d+)\)$", b"".join(response[::2])):
                    name = response[1].decode() if len(response) > 1 else unquoted(line[1])
                    found[self._neutral(name)] = int(line[2])
        return {name: number for name, number in found.items() if number}

    def select(self, name, readonly=True):
        self.run(f"{'EXAMINE' if readonly else 'SELECT'} {quoted(self.on_server(name))}")

    def remove_all(self):
        """Every message and every mailbox, so that the server's disk is free again."""
        for name in sorted(self.mailboxes(), reverse=True):
            if name != "INBOX":
                self.run(f"DELETE {quoted(self.on_server(name))}")
        if self.count("INBOX"):
            self.select("INBOX", readonly=False)
            self.run("STORE 1:* +FLAGS.SILENT (\\Deleted)")
            self.run("EXPUNGE")

    # --- messages

    def fetch(self, numbers, items):
        """Yields the untagged FETCH responses of the selected mailbox, one after another, as they come."""
        for response in self._untagged(self._send(f"FETCH {numbers} ({items})")):
            if b" FETCH (" in response[0][:30].upper():
                yield response

    def store(self, numbers, change):
        self.run(f"STORE {','.join(map(str, numbers))} {change}")

    def append(self, name, messages):
        """Appends (bytes, date string, flag string) in order, as fast as the server's extensions let."""
        if "LITERAL+" not in self.capabilities:
            for message in messages:
                self._append_one(name, message)
            return
        several = "MULTIAPPEND" in self.capabilities
        waiting = []
        for batch in batches(messages, MOST_IN_BATCH if several else 1):
            self._tags += 1
            parts = [f"h{self._tags} APPEND {quoted(self.on_server(name))}".encode("ascii")]
            for data, date, flags in batch:
                parts += [f' ({flags}) "{date}" {{{len(data)}+}}\r\n'.encode("ascii"), data]
            self._socket.sendall(b"".join(parts) + b"\r\n")
            waiting.append(f"h{self._tags} ".encode())
            # A few in flight; their answers are short, so that neither side waits for the other for ever.
            if len(waiting) > 4:
                self._finish(waiting.pop(0))
        for tag in waiting:
            self._finish(tag)

    def _append_one(self, name, message):
        data, date, flags = message
        tag = self._send(f'APPEND {quoted(self.on_server(name))} ({flags}) "{date}" {{{len(data)}}}')
        while not (line := self._response()[0]).startswith(b"+"):
            if line.startswith(tag):
                raise Refused(line.decode(errors="replace"))
        self._socket.sendall(data + b"\r\n")
        self._finish(tag)


def batches(messages, most):
    batch, size = [], 0
    for message in messages:
        if batch and (len(batch) >= most or size + len(message[0]) > MOST_BYTES_IN_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += len(message[0])
    if batch:
        yield batch
