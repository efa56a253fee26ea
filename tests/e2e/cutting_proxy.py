"""A line to a server that breaks: connections are reset after random numbers of bytes, or just when an answer is due."""

import random
import re
import select
import socket
import struct
import threading

PIECE = 16 << 10


def _reset(connection):
    """Closes at once, as a machine does whose power is cut: what was not delivered is lost."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
    connection.close()


class CuttingProxy:
    """Stands in front of `server`; has its host and a port of its own.

    cut_after(chance) gives the bytes that a connection lives for, both directions together; None lets it live.
    With `swallow`, a regular expression, the connection breaks instead when the server's answer matches: the client never
    hears it. With `tolerates`, the server says goodbye, and why, on connections that are more than that. `most` cuts are made, then
    the line holds."""

    GOODBYE = b"* BYE [UNAVAILABLE] Too many connections, come back later\r\n"
    # Longer than what any client says and hears until it has logged in and looked around.
    PATIENCE = 5_000

    def __init__(self, server, seed, most, cut_after=None, swallow=None, tolerates=None):
        self.host, self._to = server.host, (server.host, server.port)
        self.most, self.cuts = most, 0
        self._cut_after, self._swallow = cut_after, re.compile(swallow) if swallow else None
        self._tolerates, self._carried = tolerates, 0
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._listener = socket.create_server((server.host, 0))
        self.port = self._listener.getsockname()[1]
        self._is_open = True
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stop(self):
        self._is_open = False
        self._listener.close()
        self._thread.join(5)

    def _accept(self):
        while self._is_open:
            try:
                ready, _, _ = select.select([self._listener], [], [], 0.2)
                if not ready:
                    continue
                client, _ = self._listener.accept()
            except (OSError, ValueError):
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _answers(self):
        """What becomes of the server's bytes on a new connection: a function of each piece."""
        return lambda data: data

    def _may_cut(self):
        with self._lock:
            if self.cuts >= self.most:
                return False
            self.cuts += 1
            return True

    def _carry(self, client):
        server = socket.create_connection(self._to)
        for connection in (client, server):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            left = self._cut_after(self._chance) if self._cut_after else None
            self._carried += 1
        heard, passed, told = b"", 0, self._answers()
        try:
            while self._is_open:
                ready, _, _ = select.select([client, server], [], [], 0.5)
                for source in ready:
                    data = source.recv(PIECE)
                    if not data:
                        return
                    if source is server and self._swallow:
                        heard = heard[-200:] + data
                        if self._swallow.search(heard):
                            heard = b""
                            if self._may_cut():
                                return
                    if source is server:
                        data = told(data)
                    passed += len(data)
                    is_too_many = self._tolerates is not None and self._carried > self._tolerates
                    if is_too_many and source is server and passed > self.PATIENCE and data.endswith(b"\r\n") and self._may_cut():
                        client.sendall(data + self.GOODBYE)
                        client.shutdown(socket.SHUT_WR)
                        return
                    if left is not None and len(data) >= left:
                        if self._may_cut():
                            (server if source is client else client).sendall(data[:left])
                            return
                        left = None
                    elif left is not None:
                        left -= len(data)
                    (server if source is client else client).sendall(data)
        except OSError:
            pass
        finally:
            with self._lock:
                self._carried -= 1
            _reset(client)
            _reset(server)


class UidHidingProxy(CuttingProxy):
    """Keeps from the client which UIDs its messages got: Dovecot tells them even where it does not announce UIDPLUS."""

    TELLING = re.compile(rb"\[APPENDUID [^\]\r\n]*\] ")
    # No line with a response code is longer.
    LONGEST = 4_000

    def __init__(self, server):
        super().__init__(server, seed=0, most=0)
        self.log = server.log

    def _answers(self):
        held = b""

        def answer(data):
            nonlocal held
            held += data
            whole = len(held) if len(held) > self.LONGEST and b"\n" not in held else held.rfind(b"\n") + 1
            lines, held = held[:whole], held[whole:]
            return self.TELLING.sub(b"", lines)

        return answer
