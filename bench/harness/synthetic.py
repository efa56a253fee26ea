"""Servers that make up their mail and check what they are given: for what no real server could be filled with, and for a
client's own limit. They are started anew for every run, so a later run has its first copy made just before it."""
import json
import signal
import subprocess
import time

from certificates import Certificates

from .measure import Failed

PATIENCE = 120.0
CHANGED_PERCENT = "1"
WRONG = ("missing", "different", "unknown", "doubled", "misplaced", "wrong_flags", "wrong_dates")


class MadeMail:
    """One account's mail, of which only the numbers are known here."""

    path = None
    bytes = 0

    def __init__(self, messages):
        self.messages = messages

    def __len__(self):
        return self.messages

    def evenly(self, _):
        return self


class SyntheticServers:
    kinds = ("synthetic", "synthetic")
    password = "pass"
    prefixes, separators = ("", ""), ("/", "/")
    dovecot_configuration = None
    keeps_copies = False
    has_samples = False

    def __init__(self, build, directory, workload, seed):
        self.program = build / "bench" / "synthetic" / "synthetic_server"
        self.directory, self.workload, self.seed = directory, workload, seed
        self.processes = {}

    def __enter__(self):
        if not self.program.exists():
            raise RuntimeError(f"{self.program} is not built (see --build)")
        self.certificates = Certificates(self.directory / "certificates")
        return self

    def __exit__(self, *_):
        self._stop()

    @property
    def ca_file(self):
        return self.certificates.ca_file

    def user_named(self, _side, wanted):
        return wanted

    def prepare(self, workload, _directory, _seed):
        self.mails = [MadeMail(workload.messages) for _ in range(workload.accounts)]
        return [f"source-{number + 1}" for number in range(workload.accounts)], self.mails

    def renew(self, tls):
        self._stop()
        self._ports = [self._start(role, tls) for role in ("source", "sink")]

    def ports(self, _tls):
        return self._ports

    def change_all(self):
        """The delta: on both sides, as the sink compares with what the source has."""
        for process, _ in self.processes.values():
            process.send_signal(signal.SIGUSR2)

    def check_source(self):
        """Its mail follows from its arguments: there is nothing that could have changed."""

    def forget(self, users):
        """The next run begins with other processes."""

    def fault(self, accounts, _read_all, _header):
        found = self._report("sink")
        self.mails[0].bytes = found["bytes"]
        if found["is_complete"]:
            return None
        return ", ".join(f"{found[name]} {name.replace('_', ' ')}" for name in WRONG if found[name]) or "not complete"

    def _start(self, role, tls):
        one = self.workload
        report = self.directory / f"{role}.json"
        report.unlink(missing_ok=True)
        command = [str(self.program), role, "--seed", str(self.seed), "--mailboxes", str(one.mailboxes),
                   "--messages", str(one.messages // one.mailboxes), "--size", str(one.size), "--spread", f"{one.spread:g}",
                   "--users", str(one.accounts), "--report", str(report)]
        if one.rerun == "changes":
            command += ["--new-percent", CHANGED_PERCENT, "--flags-changed-percent", CHANGED_PERCENT]
        if tls:
            command += ["--tls", "--cert", str(self.certificates.certificate("server")), "--key", str(self.certificates.key("server"))]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.processes[role] = process, report
        words = process.stdout.readline().split()
        if words[:1] != ["ready"]:
            raise RuntimeError(f"the synthetic {role} did not start")
        return int(words[1])

    def _report(self, role):
        process, path = self.processes[role]
        path.unlink(missing_ok=True)
        process.send_signal(signal.SIGUSR1)
        end = time.monotonic() + PATIENCE
        while not path.exists():
            if process.poll() is not None or time.monotonic() > end:
                raise Failed(f"the synthetic {role} does not answer")
            time.sleep(0.02)
        return json.loads(path.read_text())

    def _stop(self):
        for process, _ in self.processes.values():
            process.terminate()
            process.communicate()
        self.processes.clear()
