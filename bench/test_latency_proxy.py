#!/usr/bin/env python3
"""Checks the latency proxy against a server of its own: test_latency_proxy.py PATH_OF_LATENCY_PROXY

Only least delays are asserted: a busy machine may add to them, never take away.
"""
import hashlib
import json
import pathlib
import random
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import types
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

    def start(self, *servers, rtt=ROUND_TRIP_MS, options=()):
        command = [self.program, *options]
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

    def ask_for_report(self, path):
        path.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        end = time.monotonic() + PATIENCE
        while not path.exists():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.005)
        return json.loads(path.read_text())["targets"]

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
        told = json.loads(self.end())
        for target in told["targets"]:
            self.assertEqual((target["connections"], target["connections_most"]), (150, 150))
            self.assertEqual((target["bytes_to_target"], target["bytes_from_target"]), (750, 750))
        self.assertEqual([target["port"] for target in told["targets"]], ports)

    def test_thousands_of_connections_are_carried_at_once(self):
        number = 3000
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 5 * number:
            self.skipTest(f"only {hard} descriptors")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        port = self.start(types.SimpleNamespace(port=listener.getsockname()[1], listener=listener), rtt=5)[0]
        clients = []
        for i in range(number):
            clients.append(self.connect(port))
            clients[-1].sendall(b"%05d" % i)
        peers = []
        for _ in range(number):
            peer, _ = listener.accept()
            self.addCleanup(peer.close)
            peers.append(peer)
        for peer in peers:
            peer.sendall(peer.recv(5, socket.MSG_WAITALL))
        for i, client in enumerate(clients):
            self.assertEqual(client.recv(5, socket.MSG_WAITALL), b"%05d" % i)
        self.assertEqual(json.loads(self.end())["targets"][0]["connections_most"], number)

    def test_round_trips_are_what_a_client_says_after_it_has_heard_something(self):
        def answer_each_line(connection):
            with connection, connection.makefile("rwb") as lines:
                for line in lines:
                    lines.write(line.upper())
                    lines.flush()

        with tempfile.TemporaryDirectory() as directory:
            report = pathlib.Path(directory) / "report.json"
            port = self.start(Server(answer_each_line), rtt=1, options=["--report", str(report)])[0]
            patient, eager = self.connect(port), self.connect(port)
            patient_lines, eager_lines = patient.makefile("rb"), eager.makefile("rb")
            for _ in range(4):
                patient.sendall(b"question\n")
                patient_lines.readline()
            eager.sendall(b"question\n" * 4)
            for _ in range(4):
                eager_lines.readline()
            target = self.ask_for_report(report)[0]
            # The first question of each waited for nothing.
            self.assertEqual((target["round_trips"], target["round_trips_most"]), (3, 3))
            self.assertEqual((target["connections"], target["connections_open"]), (2, 2))
            eager.sendall(b"another\n")
            eager_lines.readline()
            self.assertEqual(self.ask_for_report(report)[0]["round_trips"], 4)
            report.unlink()
            self.assertEqual(json.loads(self.end()), json.loads(report.read_text()))

    def send_over(self, options, connections, size):
        """Seconds until `size` bytes have come over each of so many connections, all at once."""
        start_gate, ends = threading.Event(), []

        def swallow(connection):
            with connection:
                self.assertEqual(len(receive_all(connection)), size)
                ends.append(time.monotonic())

        port = self.start(Server(swallow), rtt=0, options=options)[0]

        def send():
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
                start_gate.wait()
                connection.sendall(bytes(size))
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1)

        senders = [threading.Thread(target=send) for _ in range(connections)]
        for sender in senders:
            sender.start()
        start = time.monotonic()
        start_gate.set()
        for sender in senders:
            sender.join(PATIENCE)
        self.end()
        self.assertEqual(len(ends), connections)
        return max(ends) - start

    def test_a_bandwidth_is_shared_by_all_connections(self):
        self.assertGreaterEqual(self.send_over(["--bandwidth", "4000000"], 4, 500_000), 0.5)

    def test_a_bandwidth_of_a_connection_holds_for_each(self):
        self.assertGreaterEqual(self.send_over(["--connection-bandwidth", "1000000"], 4, 500_000), 0.5)

    def test_jitter_delays_but_keeps_the_order(self):
        data = random.Random(8).randbytes(200_000)
        connection = self.connect(self.start(Server(echo), rtt=10, options=["--jitter", "5"])[0])

        def send():
            for at in range(0, len(data), 999):
                connection.sendall(data[at : at + 999])
            connection.shutdown(socket.SHUT_WR)

        start = time.monotonic()
        sender = threading.Thread(target=send)
        sender.start()
        self.assertEqual(receive_all(connection), data)
        sender.join()
        self.assertGreaterEqual(time.monotonic() - start, 0.01)

    def test_its_own_cost_is_measured(self):
        done = subprocess.run([self.program, "--overhead", "16"], capture_output=True, text=True, timeout=60, check=True)
        told = json.loads(done.stdout)
        for way in ("direct", "proxied"):
            self.assertGreater(told[way]["exchange_us"], 0)
            self.assertGreater(told[way]["mib_per_second"], 0)

    def test_wrong_arguments_are_refused(self):
        for arguments in ([], ["0", "127.0.0.1:1"], ["0", "127.0.0.1", "5"], ["0", "127.0.0.1:1", "-1"],
                          ["70000", "127.0.0.1:1", "5"], ["0", "127.0.0.1:1", "5ms"], ["--bandwidth", "5"],
                          ["--bandwidth", "0", "0", "127.0.0.1:1", "5"], ["--jitter", "-1", "0", "127.0.0.1:1", "5"],
                          ["--report"], ["--other", "5", "0", "127.0.0.1:1", "5"], ["--overhead", "0"]):
            done = subprocess.run([self.program, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn("usage", done.stderr)


if __name__ == "__main__":
    LatencyProxy.program = sys.argv.pop(1)
    unittest.main()
