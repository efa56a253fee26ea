"""The tools that are compared: how each is called, with the settings that its manual recommends for speed.

docs/benchmarks.md gives the reasons; keep the two in step.
"""
import dataclasses
import pathlib
import shutil
import subprocess

HOST = "127.0.0.1"


@dataclasses.dataclass
class Job:
    """One copy to be made."""

    source_port: int
    destination_port: int
    source_user: str
    destination_user: str
    password: str
    directory: pathlib.Path  # empty; the tool's home and working directory
    tls: bool
    ca_file: pathlib.Path
    corpus: pathlib.Path
    mailboxes: int
    rtt_ms: float = 0.0


class Tool:
    """`header` is one that the tool adds to each message, and that is taken away before contents are compared."""

    name = ""
    is_ours = False
    is_floor = False
    header = None

    def missing(self):
        """Why the tool cannot run here, or None."""
        raise NotImplementedError

    def version(self):
        return ""

    def command(self, job):
        raise NotImplementedError


def first_line(command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                              timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0] if lines else ""


class Floor(Tool):
    """Two commands in flight keep a server busy; over a line with latency more are needed, or the floor would measure that."""

    name = "floor"
    is_floor = True

    def __init__(self, program):
        self.program = program

    def missing(self):
        return None if self.program.exists() else f"{self.program} is not built"

    def command(self, job):
        return [str(self.program), "--corpus", str(job.corpus), "--host", HOST, "--port", str(job.destination_port),
                "--user", job.destination_user, "--password", job.password, "--mailboxes", str(job.mailboxes),
                "--depth", "16" if job.rtt_ms > 0 else "2", "--tls", "1" if job.tls else "0"]


class Imapferry(Tool):
    is_ours = True

    def __init__(self, name, program, extra):
        self.name, self.program, self.extra = name, program, extra

    def missing(self):
        return None if self.program.is_file() else f"{self.program} is not built (see --imapferry)"

    def version(self):
        return first_line([str(self.program), "--version"])

    def command(self, job):
        command = [str(self.program)]
        for side, port, user in (("1", job.source_port, job.source_user), ("2", job.destination_port, job.destination_user)):
            command += [f"--host{side}", HOST, f"--port{side}", str(port), f"--user{side}", user,
                        f"--password{side}", job.password]
            command += [f"--ssl{side}", f"--sslargs{side}", "SSL_verify_mode=0"] if job.tls else [
                f"--nossl{side}", f"--notls{side}"]
        return command + ["--progress", "none"] + self.extra


class Mbsync(Tool):
    name = "mbsync"
    header = b"X-TUID"

    CONFIGURATION = """\
FSync no
{stores}
Channel copy
Far :far:
Near :near:
Patterns INBOX *
Sync Pull New
Create Near
CopyArrivalDate yes
SyncState {directory}/state/
"""
    STORE = """
IMAPAccount {name}
Host {host}
Port {port}
User {user}
Pass {password}
AuthMechs LOGIN PLAIN
Timeout 300
{protection}

IMAPStore {name}
Account {name}
"""

    def missing(self):
        return None if shutil.which("mbsync") else "mbsync is not installed (Debian: isync)"

    def version(self):
        return first_line(["mbsync", "--version"])

    def command(self, job):
        # It compares certificates with host names only, not with addresses.
        host = "localhost" if job.tls else HOST
        protection = f"SSLType IMAPS\nCertificateFile {job.ca_file}\nSystemCertificates no" if job.tls else "SSLType None"
        stores = "".join(
            self.STORE.format(name=name, host=host, port=port, user=user, password=job.password, protection=protection)
            for name, port, user in (("far", job.source_port, job.source_user),
                                     ("near", job.destination_port, job.destination_user)))
        (job.directory / "state").mkdir()
        path = job.directory / "mbsyncrc"
        path.touch(0o600)
        path.write_text(self.CONFIGURATION.format(stores=stores, directory=job.directory))
        return ["mbsync", "--quiet", "--config", str(path), "copy"]


class Interimap(Tool):
    name = "interimap"

    CONFIGURATION = """\
database = {directory}/interimap.db
list-mailbox = *

[local]
{local}
[remote]
{remote}
"""
    SIDE = """\
type = {type}
host = 127.0.0.1
port = {port}
STARTTLS = NO
SSL_verify = NO
username = {user}
password = {password}
compress = NO
"""

    def missing(self):
        return None if shutil.which("interimap") else "interimap is not installed"

    def version(self):
        try:
            return "interimap " + subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "interimap"], capture_output=True,
                                                 text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return "interimap"

    def command(self, job):
        def side(port, user):
            return self.SIDE.format(type="imaps" if job.tls else "imap", port=port, user=user, password=job.password)

        path = job.directory / "interimap.conf"
        path.touch(0o600)
        path.write_text(self.CONFIGURATION.format(directory=job.directory,
                                                  local=side(job.destination_port, job.destination_user),
                                                  remote=side(job.source_port, job.source_user)))
        return ["interimap", f"--config={path}", "--quiet"]


class Imapsync(Tool):
    """Not packaged by Debian: whoever has the script names it."""

    name = "imapsync"

    def __init__(self, program):
        self.program = program

    def missing(self):
        if not self.program:
            return "no script was given (see --imapsync)"
        return None if pathlib.Path(self.program).exists() else f"{self.program} does not exist"

    def version(self):
        return first_line([self.program, "--version"])

    def command(self, job):
        command = [self.program]
        for side, port, user in (("1", job.source_port, job.source_user), ("2", job.destination_port, job.destination_user)):
            command += [f"--host{side}", HOST, f"--port{side}", str(port), f"--user{side}", user,
                        f"--password{side}", job.password]
            command += [f"--ssl{side}"] if job.tls else [f"--nossl{side}", f"--notls{side}"]
        return command + ["--nofoldersizes", "--nofoldersizesatend", "--noreleasecheck", "--nomodulesversion", "--nolog",
                          "--tmpdir", str(job.directory)]


def all_tools(build, imapferry, imapferry_arguments, imapsync):
    """Every tool that --tools can name, in the order of the tables."""
    return [
        Floor(build / "bench" / "bench_floor"),
        Imapferry("imapferry-1", imapferry, ["--lanes", "1"] + imapferry_arguments),
        Imapferry("imapferry", imapferry, imapferry_arguments),
        Mbsync(),
        Interimap(),
        Imapsync(imapsync),
    ]
