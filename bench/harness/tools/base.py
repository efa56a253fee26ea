"""What a tool is to the harness, and what it is asked to copy."""
import dataclasses
import pathlib
import subprocess

HOST = "127.0.0.1"


@dataclasses.dataclass
class Pair:
    """One account to be copied."""

    source_user: str
    destination_user: str
    directory: pathlib.Path  # empty before the first run; the tool's home and working directory
    corpus: pathlib.Path | None = None  # the source's messages as a file, where there is one


@dataclasses.dataclass
class Job:
    """One run: the accounts to be copied, and where they are."""

    source_port: int
    destination_port: int
    password: str
    directory: pathlib.Path
    pairs: list
    tls: bool = False
    ca_file: pathlib.Path | None = None
    rtt_ms: float = 0.0
    rerun: str = ""  # as in Workload
    at_once: int = 1
    mailboxes: int = 1
    # What stands before the names of all mailboxes but INBOX, and between levels: of the source and of the destination.
    prefixes: tuple = ("", "")
    separators: tuple = ("/", "/")
    dovecot_configuration: pathlib.Path | None = None  # the destination's, where it is a Dovecot

    def sides(self, pair):
        """(number, port, user) of the source and the destination."""
        return ("1", self.source_port, pair.source_user), ("2", self.destination_port, pair.destination_user)


class Tool:
    """`header` is one that the tool adds to each message, and that is taken away before contents are compared."""

    name = ""
    is_ours = False
    is_floor = False
    header = None
    note = ""  # said below every table that the tool is in
    waits_for_each_message = False  # so that latency makes it slower by magnitudes

    def missing(self):
        """Why the tool cannot run here, or None."""
        raise NotImplementedError

    def version(self):
        return ""

    def cannot(self, workload, tls, kinds):
        """Why it cannot do a workload between servers of these two kinds, or None."""
        return None

    def command(self, job, pair):
        raise NotImplementedError

    def commands(self, job):
        """What is to be run, with its directory: a process for each account, unless the tool can do several in one."""
        return [(self.command(job, pair), pair.directory) for pair in job.pairs]


def first_line(command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                              timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0] if lines else ""


def package_version(package):
    """Of tools that do not tell theirs, or not in one line."""
    try:
        return subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}", package], capture_output=True, text=True,
                              check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return package


def write_private(path, text):
    """A configuration file that holds a password."""
    path.touch(0o600)
    path.write_text(text)
    return path
