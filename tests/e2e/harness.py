"""What the whole-program tests share: starting imapferry, servers for a test class, and accounts on them."""

import concurrent.futures
import itertools
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

import paths
import compare
from certificates import Certificates
from cutting_proxy import UidHidingProxy
from dovecot import Dovecot
from imap_account import Account

PROGRAM = os.environ.get("IMAPFERRY") or str(paths.ROOT / "build" / "imapferry")

# What runs remember is shared by the runs of one test program, as by those of one user. With IMAPFERRY_TEST_STATE=none
# they remember nothing, and everything must come out the same.
STATE = tempfile.TemporaryDirectory(prefix="imapferry-state-")
WITHOUT_STATE = os.environ.get("IMAPFERRY_TEST_STATE", "") == "none"

# Sanitizers make everything several times slower, and their memory is not ours.
UNDER_SANITIZER = os.environ.get("IMAPFERRY_SANITIZED", "") not in ("", "0")
PATIENCE = 4 if UNDER_SANITIZER else 1


# Dovecot's list without UIDPLUS, CONDSTORE and what else tells changes.
WITHOUT_UIDS = "IMAP4rev1 SASL-IR LITERAL+ ENABLE IDLE NAMESPACE CHILDREN UNSELECT MULTIAPPEND"


class Finished:
    """A run that has ended: exit code, everything it printed, seconds, and the largest resident memory in KiB."""

    def __init__(self, command, code, output, seconds, memory):
        self.command, self.code, self.output, self.seconds, self.memory = command, code, output, seconds, memory

    def __str__(self):
        return f"exit code {self.code} after {self.seconds:.1f} s of: {' '.join(self.command)}\n{self.output}"

    def lines_with(self, *words):
        return [line for line in self.output.splitlines() if all(word in line for word in words)]


class Running:
    """A run in progress, in an empty directory of its own (a run may leave a log or a pid file where it is started)."""

    def __init__(self, arguments, environment=None):
        self.command = [PROGRAM] + [str(a) for a in arguments] + (["--nostate"] if WITHOUT_STATE else [])
        self.directory = tempfile.TemporaryDirectory(prefix="imapferry-run-")
        self.output = open(pathlib.Path(self.directory.name) / "output", "w+b")
        self.memory = 0
        self.start = time.monotonic()
        self.process = subprocess.Popen(self.command, cwd=self.directory.name, stdin=subprocess.DEVNULL, stdout=self.output,
                                        stderr=subprocess.STDOUT, env={**os.environ, "XDG_STATE_HOME": STATE.name, **(environment or {})})

    @property
    def is_running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=60):
        """Waits for the end; a run that takes longer than `timeout` hangs, and that is a failure of the test."""
        end = time.monotonic() + timeout * PATIENCE
        while self.is_running and time.monotonic() < end:
            self._look_at_memory()
            try:
                self.process.wait(0.01)
            except subprocess.TimeoutExpired:
                pass
        hangs = self.is_running
        if hangs:
            self.process.kill()
            self.process.wait()
        seconds = time.monotonic() - self.start
        self.output.seek(0)
        text = self.output.read().decode("utf-8", "replace")
        self.output.close()
        self.directory.cleanup()
        finished = Finished(self.command, self.process.returncode, text, seconds, self.memory)
        if hangs:
            raise AssertionError(f"still running after {timeout * PATIENCE} s\n{finished}")
        return finished

    def _look_at_memory(self):
        # The high-water mark in /proc is of the program alone; the one of wait4() would begin with that of this Python.
        try:
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        if found:
            self.memory = max(self.memory, int(found.group(1)))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        return self.wait()


def run(*arguments, timeout=60, environment=None):
    return Running(arguments, environment).wait(timeout)


def side(number, server, protection="none"):
    """Options that name a server as host1 or host2. `server` has host, port, tls_port and ca_file."""
    port = server.tls_port if protection == "tls" else server.port
    options = [f"--host{number}", server.host, f"--port{number}", port]
    if protection == "none":
        return options + [f"--nossl{number}", f"--notls{number}"]
    return options + [f"--ssl{number}" if protection == "tls" else f"--tls{number}",
                      f"--sslargs{number}", f"SSL_ca_file={server.ca_file}"]


def login(number, user, password="pass"):
    return [f"--user{number}", user, f"--password{number}", password]


class WholeProgramTest(unittest.TestCase):
    """Servers live as long as the class; every test takes users of its own on them."""

    user_numbers = itertools.count(1)

    @classmethod
    def certificates(cls):
        if not hasattr(WholeProgramTest, "_certificates"):
            WholeProgramTest._directory = tempfile.TemporaryDirectory(prefix="imapferry-certificates-")
            # Servers read their certificates as another user.
            os.chmod(WholeProgramTest._directory.name, 0o755)
            WholeProgramTest._certificates = Certificates(WholeProgramTest._directory.name)
        return WholeProgramTest._certificates

    @classmethod
    def serve(cls, **options):
        server = Dovecot(certificates=cls.certificates(), **options).start()
        cls.addClassCleanup(server.stop)
        return server

    @classmethod
    def serve_without_uids(cls, **options):
        """A server that neither tells the UIDs of copies nor can expunge single messages."""
        proxy = UidHidingProxy(cls.serve(capability=WITHOUT_UIDS, **options))
        cls.addClassCleanup(proxy.stop)
        return proxy

    def new_user(self):
        return f"user{next(WholeProgramTest.user_numbers)}"

    def each(self, cases, check):
        """check(case), several at a time: most of what goes wrong with servers is waiting. Every case is a subtest."""
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            outcomes = [(case, pool.submit(check, case)) for case in cases]
        for case, outcome in outcomes:
            with self.subTest(case=case):
                outcome.result()

    def open(self, server, user, password="pass"):
        session = Account(server.host, server.port, user, password)
        self.addCleanup(session.close)
        return session

    def assert_ended(self, finished, code):
        self.assertEqual(finished.code, code, str(finished))

    def assert_equal_accounts(self, source, user1, destination, user2, context="", **options):
        with Account(source.host, source.port, user1, "pass") as left, \
             Account(destination.host, destination.port, user2, "pass") as right:
            outcome = compare.compare(left, right, compare.Options(**options))
        self.assertEqual(outcome.differences, [], context)
        self.assertGreater(outcome.messages, 0, "nothing was compared")
        return outcome

    def wait_until(self, condition, what, seconds=30):
        end = time.monotonic() + seconds * PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, f"waited in vain for: {what}")
            time.sleep(0.005)


def snapshot(session):
    """All that can be told of an account without reading the messages: {path: {uid: (flags, date)}}."""
    return {m.path: {x.uid: (x.flags, x.date) for x in session.messages(m, contents=False)}
            for m in session.mailboxes() if m.is_selectable}


def sessions_left(server, user):
    """How many sessions of a user a Dovecot still holds, by its log."""
    log = server.log()
    opened = len(re.findall(rf"imap-login: Info: Login: user=<{re.escape(user)}>", log))
    closed = len(re.findall(rf"imap\({re.escape(user)}\).*?: Info: (?:Disconnected|Logged out|Connection closed)", log))
    return opened - closed
