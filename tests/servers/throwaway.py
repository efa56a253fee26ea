"""What Cyrus and Courier have in common as throwaway servers: where they are unpacked, free ports, starting and stopping.

tests/setup servers unpacks them. The class is used like Dovecot of dovecot.py: `with Cyrus() as server: ... server.port ...`
"""

import argparse
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

try:
    from certificates import KINDS, Certificates
    from dovecot import LONGEST_DIRECTORY, _wait, free_port
except ImportError:
    from .certificates import KINDS, Certificates
    from .dovecot import LONGEST_DIRECTORY, _wait, free_port

# Where tests/servers/download puts them.
PLACES = (os.environ.get("IMAPFERRY_SERVERS"), "/var/cache/imapferry-servers",
          pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "imapferry-servers")


class Missing(Exception):
    """The server cannot run here; the text says why."""


def unpacked(name):
    """The folder that stands for / in the packages of one server."""
    for place in PLACES:
        if place and os.access(pathlib.Path(place) / name / "packages", os.R_OK):
            return pathlib.Path(place).resolve() / name
    raise Missing(f"{name} is not unpacked (tests/setup servers does it)")


class Throwaway:
    """One server in a directory of its own. `start` returns when it answers; `stop` when its first process is gone."""

    name = ""
    host = "127.0.0.1"
    password = "pass"
    # What ends all of it.
    stop_signal = signal.SIGTERM

    def __init__(self, directory=None, *, certificate="server", certificates=None):
        self.root = unpacked(self.name)
        self._owns_directory = directory is None
        if directory is None:
            directory = tempfile.mkdtemp(prefix=f"imapferry-{self.name}-")
        self.directory = pathlib.Path(directory).resolve()
        if len(str(self.directory)) > LONGEST_DIRECTORY:
            raise ValueError(f"the path {self.directory} is too long for unix sockets")
        self.kind = certificate
        self.certificates = certificates
        self.port = self.tls_port = 0
        self._process = None

    # What a server has to say of itself.

    def _prepare(self):
        """Makes the folders, once."""
        raise NotImplementedError

    def _configure(self):
        """Writes the configuration for the ports chosen."""
        raise NotImplementedError

    def _command(self):
        """Arguments, environment, and a function to be called in the new process before the program, or None."""
        raise NotImplementedError

    # What all do alike.

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def ca_file(self):
        return self.certificates.ca_file

    @property
    def log_path(self):
        return self.directory / f"{self.name}.log"

    @property
    def pid(self):
        try:
            return int((self.directory / "pid").read_text())
        except (OSError, ValueError):
            return None

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def start(self, daemon=False):
        """With `daemon` the server outlives this process (stop it with the command line)."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o755)
        if self.certificates is None:
            self.certificates = Certificates(self.directory / "certificates")
        self._prepare()
        for _ in range(5):
            # Between our look for a free port and the server's bind another process may take it.
            self.port, self.tls_port = free_port(self.host), free_port(self.host)
            self._configure()
            self._launch(daemon)
            if self._wait_until_ready():
                return self
            log = self.log()
            self.stop(keep=True)
            if "in use" not in log:
                break
        raise RuntimeError(f"{self.name} did not start; its log {self.log_path} says:\n{log}")

    def stop(self, keep=False):
        pid = self.pid
        if self._process is not None:
            self._process.send_signal(self.stop_signal)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                # It leads a session of its own: with it goes what it has started.
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
            self._process = None
        elif pid is not None and self._is_ours(pid):
            os.kill(pid, self.stop_signal)
            if not _wait(lambda: not self._is_ours(pid), 10):
                os.killpg(pid, signal.SIGKILL)
        if self._owns_directory and not keep:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _launch(self, daemon):
        command, environment, prepare = self._command()

        def before():
            if prepare is not None:
                prepare()
            # The server ends when the test that started it is killed: 1 is PR_SET_PDEATHSIG. A change of user would undo it.
            if not daemon:
                ctypes.CDLL(None).prctl(1, self.stop_signal)

        # A file, not a pipe: nobody would read it, and the server may live on.
        with open(self.log_path, "wb") as output:
            self._process = subprocess.Popen(command, env={**os.environ, **environment}, cwd=self.directory,
                                             stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                             start_new_session=True, preexec_fn=before)
        (self.directory / "pid").write_text(f"{self._process.pid}\n")

    def _wait_until_ready(self):
        def greets(port):
            try:
                with socket.create_connection((self.host, port), 1) as connection:
                    # A TLS server says nothing by itself.
                    return port == self.tls_port or connection.recv(4) == b"* OK"
            except OSError:
                return False

        def ready():
            return self._process.poll() is not None or all(greets(port) for port in (self.port, self.tls_port))

        return _wait(ready, 20) and self._process.poll() is None

    def _is_ours(self, pid):
        """Whether the process still runs and is this server: a stale pid file must not make us end another's process."""
        try:
            return bytes(self.directory) in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False


def main(server_class, options):
    """The command line: start and stop. `options` are names of the constructor's own parameters, each with its choices."""
    parser = argparse.ArgumentParser(description=f"Starts and stops a throwaway {server_class.__name__}.")
    parser.add_argument("command", choices=["start", "stop"])
    parser.add_argument("directory")
    parser.add_argument("--certificate", choices=KINDS, default="server")
    for name, choices in options.items():
        parser.add_argument(f"--{name}", choices=choices)
    given = vars(parser.parse_args())
    command, directory = given.pop("command"), given.pop("directory")
    try:
        if command == "stop":
            server_class(directory).stop()
            return 0
        server = server_class(directory, **{name: value for name, value in given.items() if value is not None})
        server.start(daemon=True)
    except Missing as reason:
        print(reason)
        return 77
    print(json.dumps({"host": server.host, "port": server.port, "tls_port": server.tls_port, "pid": server.pid,
                      "ca_file": str(server.ca_file), "log": str(server.log_path)}))
    return 0
