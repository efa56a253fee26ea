#!/usr/bin/env python3
"""Checks the latency proxy against a server of its own: test_latency_proxy.py PATH_OF_LATENCY_PROXY

Only least delays are asserted: a busy machine may add to them, never take away.
"""
import hashlib
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

ROUND_TRIP_MS = 40
ROUND_TRIP = ROUND_TRIP_MS / 1000
PATIENCE = 20


class Server:
    """Listens on a free port and hands each connection to `talk` in a thread."""

    def __init__(self, talk):
        self.talk = talk
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()


def receive_all(connection):
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def echo(connection):
    with connection:
        while part := connection.recv(1 << 16):
            connection.sendall(part)


class LatencyProxy(unittest.TestCase):
    program = ""

    def start(self, *servers, rtt=ROUND_TRIP_MS):
        command = [self.program]
        for server in servers:
            self.addCleanup(server.listener.close)
            command += ["0", f"127.0.0.1:{server.port}", str(rtt)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end)
        words = self.process.stdout.readline().split()
        self.assertEqual(words[0], "ready")
        self.assertEqual(len(words), 1 + len(servers))
        return [int(word) for word in words[1:]]

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        self.assertEqual(self.process.returncode, 0)
        return rest

    def connect(self, port):
        connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def test_an_exchange_takes_at_least_one_round_trip(self):
        connection = self.connect(self.start(Server(echo))[0])
        connection.sendall(b"first")
        self.assertEqual(connection.recv(5, socket.MSG_WAITALL), b"first")
        start = time.monotonic()
        connection.sendall(b"again")
        self.assertEqual(connection.recv(5, socket.MSG_WAITALL), b"again")
        self.assertGreaterEqual(time.monotonic() - start, ROUND_TRIP)

    def test_a_greeting_takes_at_least_two_round_trips(self):
        def greet(connection):
            with connection:
                connection.sendall(b"hello")

        start = time.monotonic()
        connection = self.connect(self.start(Server(greet))[0])
        self.assertEqual(receive_all(connection), b"hello")
        self.assertGreaterEqual(time.monotonic() - start, 2 * ROUND_TRIP)

    def test_many_bytes_arrive_whole_and_in_order_both_ways(self):
        data = random.Random(7).randbytes(40 << 20)
        connection = self.connect(self.start(Server(echo))[0])

        def send():
            for at in range(0, len(data), 99_991):
                connection.sendall(data[at : at + 99_991])
            connection.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        received = receive_all(connection)
        sender.join()
        self.assertEqual(hashlib.sha256(received).digest(), hashlib.sha256(data).digest())

    def test_the_end_of_one_direction_leaves_the_other_open(self):
        def answer_at_the_end(connection):
            with connection:
                connection.sendall(receive_all(connection).upper())

        connection = self.connect(self.start(Server(answer_at_the_end))[0])
        connection.sendall(b"question")
        connection.shutdown(socket.SHUT_WR)
        self.assertEqual(receive_all(connection), b"QUESTION")

    def test_a_reset_is_passed_on_and_not_before_its_time(self):
        seen = threading.Event()
        how = []

        def wait_for_the_end(connection):
            with connection:
                connection.sendall(b"!")
                try:
                    how.append(receive_all(connection))
                except ConnectionResetError:
                    how.append("reset")
            how.append(time.monotonic())
            seen.set()

        connection = self.connect(self.start(Server(wait_for_the_end))[0])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.assertEqual(connection.recv(1), b"!")
        start = time.monotonic()
        connection.close()
        self.assertTrue(seen.wait(PATIENCE))
        self.assertEqual(how[0], "reset")
        self.assertGreaterEqual(how[1] - start, ROUND_TRIP / 2)

    def test_a_server_that_is_not_there_ends_the_connection(self):
        server = Server(echo)
        port = self.start(server)[0]
        server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        connection = self.connect(port)
        with self.assertRaises(ConnectionError):
            if not connection.recv(1):
                raise ConnectionError("closed")

    def test_a_sender_is_held_back_when_nobody_receives(self):
        over = threading.Event()
        self.addCleanup(over.set)

        def never_read(connection):
            with connection:
                over.wait()

        connection = self.connect(self.start(Server(never_read))[0])
        connection.settimeout(3)
        sent = 0
        with self.assertRaises(TimeoutError):
            while sent < 200 << 20:
                sent += connection.send(bytes(1 << 20))
        self.assertGreater(sent, 16 << 20)

    def test_two_routes_and_many_connections_at_once_are_counted(self):
        ports = self.start(Server(echo), Server(echo), rtt=5)
        connections = [self.connect(ports[i % 2]) for i in range(300)]
        for i, connection in enumerate(connections):
            connection.sendall(b"%05d" % i)
        for i, connection in enumerate(connections):
            self.assertEqual(connection.recv(5, socket.MSG_WAITALL), b"%05d" % i)
        told = self.end()
        for line in told.splitlines():
            self.assertRegex(line, re.compile(r"150 connections, 750 bytes to it, 750 bytes from it$"))
        self.assertEqual(len(told.splitlines()), 2)

    def test_wrong_arguments_are_refused(self):
        for arguments in ([], ["0", "127.0.0.1:1"], ["0", "127.0.0.1", "5"], ["0", "127.0.0.1:1", "-1"],
                          ["70000", "127.0.0.1:1", "5"], ["0", "127.0.0.1:1", "5ms"]):
            done = subprocess.run([self.program, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn("usage", done.stderr)


if __name__ == "__main__":
    LatencyProxy.program = sys.argv.pop(1)
    unittest.main()
