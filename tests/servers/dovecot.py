#!/usr/bin/env python3
"""A throwaway Dovecot 2.3: everything in one directory, on free ports, as root or as an ordinary user, any number at once.

In a test:

    with Dovecot(layout="mdbox", separator=".", prefix="INBOX.") as server:
        ... server.host, server.port, server.tls_port, server.ca_file ...

By hand:

    dovecot.py start DIRECTORY --layout mdbox --separator . --prefix INBOX.     # prints ports and paths as JSON
    dovecot.py stop DIRECTORY

Every user name is accepted with the password "pass", unless `users` says otherwise.
"""

import argparse
import base64
import ctypes
import grp
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

try:
    from certificates import KINDS, Certificates
except ImportError:
    from .certificates import KINDS, Certificates

LAYOUTS = {"maildir": "maildir:~/Maildir", "mdbox": "mdbox:~/mdbox", "sdbox": "sdbox:~/sdbox"}

# Unix sockets have a limit on the length of their path, and Dovecot's lie in a subdirectory.
LONGEST_DIRECTORY = 80

CONFIGURATION = """\
base_dir = {directory}/run
state_dir = {directory}/state
log_path = {directory}/dovecot.log
instance_name = imapferry-test-{port}
protocols = imap
listen = {host}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
default_vsz_limit = 1 G
shutdown_clients = yes

ssl = {tls}
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_dh =

auth_mechanisms = {mechanisms}
auth_failure_delay = 0
auth_username_chars =
disable_plaintext_auth = no
passdb {{
  driver = {passdb_driver}
  args = {passdb_args}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={directory}/mail/%u allow_all_users=yes
}}
first_valid_uid = 1
mail_uid = {uid}
mail_gid = {gid}

mail_location = {location}
mail_fsync = {fsync}
mail_max_userip_connections = 0
mail_plugins = {plugins}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
plugin {{
{plugin}
}}
protocol imap {{
{protocol}
}}

service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  process_limit = 2
  client_limit = 1000
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 500
  service_count = 100
}}
service anvil {{
  chroot =
  client_limit = 2000
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  client_limit = 4000
}}
service stats {{
  chroot =
}}
"""


# As `extra`: access control lists.
ACCESS_LISTS = """
mail_plugins = acl
protocol imap {
  mail_plugins = acl imap_acl
}
plugin {
  acl = vfile
  acl_anyone = allow
}
"""


def free_port(host="127.0.0.1"):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def program():
    found = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if not found:
        raise RuntimeError("dovecot is not installed (tests/setup installs it)")
    return found


def _die_with_parent():
    """The server ends when the test that started it is killed. 1 is PR_SET_PDEATHSIG."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Dovecot:
    """One server. `start` returns when it answers; `stop` when its master process is gone."""

    host = "127.0.0.1"
    password = "pass"

    def __init__(self, directory=None, *, layout="maildir", separator="/", prefix="", fsync="never", tls="yes",
                 certificate="server", certificates=None, users=None, quota=None, max_mail_size=None,
                 capability=None, mechanisms="plain login", extra=""):
        """`users` is a dictionary of names and passwords, or None: any name, with `password`.
        `mechanisms` of SASL, as Dovecot calls them; `quota` and `max_mail_size` in Dovecot's notation ("10M");
        `tls` is yes, no or required; `extra` is added to the end of the configuration."""
        self._owns_directory = directory is None
        if directory is None:
            directory = tempfile.mkdtemp(prefix="imapferry-dovecot-")
        self.directory = pathlib.Path(directory).resolve()
        if len(str(self.directory)) > LONGEST_DIRECTORY:
            raise ValueError(f"the path {self.directory} is too long for unix sockets")
        self.layout, self.separator, self.prefix = layout, separator, prefix
        self.fsync, self.tls, self.users = fsync, tls, users
        self.quota, self.max_mail_size, self.capability, self.extra = quota, max_mail_size, capability, extra
        self.mechanisms = mechanisms
        self.kind = certificate
        self.certificates = certificates
        self.port = self.tls_port = 0
        self._process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def ca_file(self):
        return self.certificates.ca_file

    @property
    def log_path(self):
        return self.directory / "dovecot.log"

    @property
    def configuration_path(self):
        return self.directory / "dovecot.conf"

    @property
    def pid(self):
        try:
            return int((self.directory / "run" / "master.pid").read_text())
        except (OSError, ValueError):
            return None

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def start(self, daemon=False):
        """With `daemon` the server outlives this process (stop it with the command line)."""
        self._prepare()
        for attempt in range(5):
            # Between our look for a free port and Dovecot's bind another process may take it.
            self.port, self.tls_port = free_port(self.host), free_port(self.host)
            self._configure()
            self.log_path.write_text("")
            if os.geteuid() == 0:
                self.log_path.chmod(0o666)
            self._launch(daemon)
            if self._wait_until_ready():
                return self
            log = self.log()
            self.stop(keep=True)
            if "Address already in use" not in log:
                break
        raise RuntimeError(f"dovecot did not start; its log {self.log_path} says:\n{log}")

    def stop(self, keep=False):
        pid = self.pid
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        elif pid is not None and self._is_ours(pid):
            os.kill(pid, signal.SIGTERM)
            if not _wait(lambda: not self._is_ours(pid), 10):
                os.kill(pid, signal.SIGKILL)
        if self._owns_directory and not keep:
            shutil.rmtree(self.directory, ignore_errors=True)

    def restart(self):
        """Stops and starts again on the same ports (as after a crash of the server)."""
        self.stop(keep=True)
        self._launch(False)
        if not self._wait_until_ready():
            raise RuntimeError(f"dovecot did not start again:\n{self.log()}")

    def _prepare(self):
        for name in ("run", "state", "mail"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        if self.certificates is None:
            self.certificates = Certificates(self.directory / "certificates")
        if os.geteuid() == 0:
            # Mail belongs to an id of its own, which needs no entry in the password file.
            self.directory.chmod(0o755)
            os.chown(self.directory / "mail", 5000, 5000)

    def _configure(self):
        if os.geteuid() == 0:
            internal, login, uid, gid = "dovecot", "dovenull", 5000, 5000
        else:
            uid, gid = os.getuid(), os.getgid()
            internal = login = pwd.getpwuid(uid).pw_name
        if self.users is None:
            passdb_driver, passdb_args = "static", f"password={{PLAIN}}{self.password}"
        else:
            path = self.directory / "users"
            path.write_text("".join(f"{user}:{{PLAIN.b64}}{base64.b64encode(word.encode()).decode()}\n"
                                    for user, word in self.users.items()))
            path.chmod(0o644)
            passdb_driver, passdb_args = "passwd-file", f"username_format=%u {path}"
        plugins, plugin, protocol = "", [], []
        if self.quota or self.max_mail_size:
            plugins = "quota"
            plugin += ["  quota = count:User quota", "  quota_vsizes = yes"]
            protocol.append("  mail_plugins = $mail_plugins imap_quota")
        if self.quota:
            plugin.append(f"  quota_rule = *:storage={self.quota}")
        if self.max_mail_size:
            plugin.append(f"  quota_max_mail_size = {self.max_mail_size}")
        if self.capability:
            protocol.append(f"  imap_capability = {self.capability}")
        text = CONFIGURATION.format(
            directory=self.directory, host=self.host, port=self.port, tls_port=self.tls_port if self.tls != "no" else 0,
            internal_user=internal, internal_group=grp.getgrgid(pwd.getpwnam(internal).pw_gid).gr_name, login_user=login,
            tls=self.tls, certificate=self.certificates.certificate(self.kind), key=self.certificates.key(self.kind),
            passdb_driver=passdb_driver, passdb_args=passdb_args, uid=uid, gid=gid, location=LAYOUTS[self.layout],
            fsync=self.fsync, separator=self.separator, prefix=self.prefix,
            mechanisms=self.mechanisms, plugins=plugins, plugin="\n".join(plugin), protocol="\n".join(protocol))
        self.configuration_path.write_text(text + self.extra + "\n")

    def _launch(self, daemon):
        (self.directory / "run" / "master.pid").unlink(missing_ok=True)
        command = [program(), "-c", str(self.configuration_path)]
        # A file, not a pipe: nobody would read it, and the server lives on.
        with open(self.directory / "start.out", "wb") as output:
            if daemon:
                subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
            else:
                self._process = subprocess.Popen(command + ["-F"], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                                 start_new_session=True, preexec_fn=_die_with_parent)

    def _wait_until_ready(self):
        def ready():
            if self._process is not None and self._process.poll() is not None:
                raise _Ended
            try:
                with socket.create_connection((self.host, self.port), 1) as connection:
                    return connection.recv(4) == b"* OK"
            except OSError:
                return False
        try:
            return _wait(ready, 15)
        except _Ended:
            with open(self.log_path, "a") as log:
                log.write((self.directory / "start.out").read_text(errors="replace"))
            return False

    def _is_ours(self, pid):
        """Whether the process still runs and is this Dovecot: a stale pid file must not make us end another's process."""
        try:
            return bytes(self.configuration_path) in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False


class _Ended(Exception):
    pass


def _wait(condition, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def main():
    parser = argparse.ArgumentParser(description="Starts and stops a throwaway Dovecot.")
    parser.add_argument("command", choices=["start", "stop"])
    parser.add_argument("directory")
    parser.add_argument("--layout", choices=LAYOUTS, default="maildir")
    parser.add_argument("--separator", default="/")
    parser.add_argument("--prefix", default="")
    parser.add_argument("--fsync", choices=["never", "optimized", "always"], default="never")
    parser.add_argument("--tls", choices=["yes", "no", "required"], default="yes")
    parser.add_argument("--certificate", choices=KINDS, default="server")
    parser.add_argument("--quota")
    parser.add_argument("--max-mail-size")
    parser.add_argument("--capability")
    parser.add_argument("--extra", help="a file that is added to the end of the configuration")
    given = parser.parse_args()
    if given.command == "stop":
        Dovecot(given.directory).stop()
        return 0
    pathlib.Path(given.directory).mkdir(parents=True, exist_ok=True)
    server = Dovecot(given.directory, layout=given.layout, separator=given.separator, prefix=given.prefix, fsync=given.fsync,
                     tls=given.tls, certificate=given.certificate, quota=given.quota, max_mail_size=given.max_mail_size,
                     capability=given.capability, extra=pathlib.Path(given.extra).read_text() if given.extra else "")
    server.start(daemon=True)
    print(json.dumps({"host": server.host, "port": server.port, "tls_port": server.tls_port, "pid": server.pid,
                      "ca_file": str(server.ca_file), "log": str(server.log_path)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
