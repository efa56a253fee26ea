#!/usr/bin/env python3
"""The throwaway servers themselves: they answer, judge passwords, protect, and are gone when they are stopped or left alone."""

import imaplib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

from courier import Courier  # noqa: E402
from cyrus import Cyrus  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from imap_account import Account  # noqa: E402
from throwaway import Missing  # noqa: E402

NOBODY = 65534


def listens(server):
    try:
        socket.create_connection((server.host, server.port), 1).close()
        return True
    except OSError:
        return False


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class ServerTest:
    """What holds for each of them."""

    kind = None
    script = ""
    options = {}

    def start(self, **options):
        try:
            server = self.kind(**{**self.options, **options})
        except Missing as reason:
            self.skipTest(str(reason))
        self.addCleanup(server.stop)
        return server.start()

    def assert_refused(self, server, user, password):
        session = imaplib.IMAP4(server.host, server.port)
        with self.assertRaises(imaplib.IMAP4.error):
            session.login(user, password)
        session.logout()

    def check_mail(self, server, user, **protection):
        port = server.tls_port if protection.get("tls") == "tls" else server.port
        with Account(server.host, port, user, "pass", **protection) as session:
            session.create(("Archive",))
            session.append(("Archive",), b"Message-Id: <1@example.test>\r\n\r\nhello\r\n", ("\\Seen",))
            found = {m.path: [x.content for x in session.messages(m)] for m in session.mailboxes() if m.is_selectable}
        self.assertEqual(found[("Archive",)], [b"Message-Id: <1@example.test>\r\n\r\nhello\r\n"])

    def test_mail_passwords_protection_and_the_end(self):
        server = self.start()
        self.check_mail(server, "user1")
        self.check_mail(server, "user2", tls="starttls", ca_file=server.ca_file)
        self.check_mail(server, "user3", tls="tls", ca_file=server.ca_file)
        self.assert_refused(server, "user1", "wrong")
        server.stop()
        self.assertFalse(listens(server))
        self.assertFalse(server.directory.exists())

    def test_separator_and_prefix(self):
        server = self.start()
        with Account(server.host, server.port, "user1", "pass") as session:
            self.assertEqual((session.separator, session.prefix), (server.separator, server.prefix))

    def test_two_at_once(self):
        servers = [self.start(), self.start()]
        for server in servers:
            self.check_mail(server, "user1")
        servers[0].stop()
        with Account(servers[1].host, servers[1].port, "user1", "pass") as session:
            self.assertIn(("Archive",), [m.path for m in session.mailboxes()])

    def test_command_line(self):
        self.start().stop()   # whether it can run here at all
        with tempfile.TemporaryDirectory(prefix="imapferry-servers-") as directory:
            os.chmod(directory, 0o755)
            command = [sys.executable, str(HERE / self.script), "start", directory + "/server"]
            told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            try:
                with Account(told["host"], told["port"], "user1", "pass", "starttls", told["ca_file"]):
                    pass
            finally:
                subprocess.run([sys.executable, str(HERE / self.script), "stop", directory + "/server"], check=True)
            with self.assertRaises(OSError):
                socket.create_connection((told["host"], told["port"]), 1)

    def test_it_ends_with_the_test_that_started_it(self):
        self.start().stop()
        program = (f"import sys, time; sys.path.insert(0, {str(HERE)!r}); from {self.kind.__name__.lower()} import *\n"
                   f"s = {self.kind.__name__}(**{self.options!r}).start(); print(s.port, s.pid, s.directory, flush=True); time.sleep(300)")
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
            port, pid, directory = process.stdout.readline().split(maxsplit=2)
            process.send_signal(signal.SIGKILL)
        # Not by connecting: while a connection waits for it, Cyrus does not hear that its processes have ended, and stays.
        self.assertTrue(wait_until(lambda: not pathlib.Path(f"/proc/{pid}").exists()), "the server goes on")
        self.assertFalse(listens(type("Left", (), {"host": "127.0.0.1", "port": int(port)})))
        shutil.rmtree(directory.strip())


class DovecotTest(ServerTest, unittest.TestCase):
    kind, script, options = Dovecot, "dovecot.py", {"separator": ".", "prefix": "INBOX."}


class CyrusTest(ServerTest, unittest.TestCase):
    kind, script = Cyrus, "cyrus.py"

    def test_the_other_name_space(self):
        server = self.start(separator=".", prefix="INBOX.")
        self.check_mail(server, "user1")
        with Account(server.host, server.port, "user1", "pass") as session:
            self.assertEqual((session.separator, session.prefix), (".", "INBOX."))

    def test_capabilities_can_be_taken_away(self):
        server = self.start(suppress="LITERAL+ UIDPLUS")
        with Account(server.host, server.port, "user1", "pass") as session:
            self.assertFalse({"LITERAL+", "UIDPLUS"} & set(session.imap.capabilities))
            self.assertIn("MULTIAPPEND", session.imap.capabilities)

    @unittest.skipUnless(os.geteuid() == 0, "is an ordinary user anyway")
    def test_as_an_ordinary_user(self):
        self.start().stop()
        with tempfile.TemporaryDirectory(prefix="imapferry-servers-") as directory:
            os.chown(directory, NOBODY, NOBODY)
            # The system's own: another may lie where nobody can look.
            command = ["/usr/bin/python3", "-B", str(HERE / self.script)]

            reading = subprocess.run(["test", "-r", str(HERE / self.script)], check=False, user=NOBODY, group=NOBODY, extra_groups=[])
            if reading.returncode != 0:
                self.skipTest("nobody else can read this checkout")

            def as_nobody(verb):
                return subprocess.run([*command, verb, directory + "/server"], capture_output=True, text=True, check=False,
                                      user=NOBODY, group=NOBODY, extra_groups=[])

            started = as_nobody("start")
            self.assertEqual(started.returncode, 0, started.stdout + started.stderr)
            told = json.loads(started.stdout)
            try:
                with Account(told["host"], told["port"], "user1", "pass"):
                    pass
            finally:
                as_nobody("stop")


class CourierTest(ServerTest, unittest.TestCase):
    kind, script = Courier, "courier.py"

    def test_only_the_users_of_its_list(self):
        server = self.start(users=["anna"])
        self.check_mail(server, "anna")
        self.assert_refused(server, "user1", "pass")

    def test_the_system_sees_nothing_of_it(self):
        self.start()
        self.assertFalse(pathlib.Path("/usr/lib/courier").exists())
        self.assertFalse(pathlib.Path("/run/courier").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
