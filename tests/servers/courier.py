#!/usr/bin/env python3
"""A throwaway Courier-IMAP 5.0: everything in one directory, on free ports, any number at once. Only as root.

    with Courier(users=["anna", "ben"]) as server:
        ... server.host, server.port, server.tls_port, server.ca_file ...

    courier.py start DIRECTORY     # prints ports and paths as JSON
    courier.py stop DIRECTORY

Its paths are compiled in, so it runs in mount and process namespaces of its own, where its files lie over /usr and /etc: the
system itself sees nothing of it, and all of it ends with its first process. Users are user1 to user99 unless a list is given,
each with the password "pass". Separator and prefix are always "." and "INBOX.".
"""

import os
import signal
import subprocess
import sys

try:
    from throwaway import Missing, Throwaway, main
except ImportError:
    from .throwaway import Missing, Throwaway, main

# Mail belongs to an id that needs no entry in the password file.
MAIL_ID = 5000

CAPABILITIES = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA AUTH=PLAIN AUTH=LOGIN IDLE"

AUTHENTICATION = """\
authmodulelist="authuserdb"
authmodulelistorig="authuserdb"
daemons=2
authdaemonvar=/run/courier/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=""
"""

SETTINGS = """\
TCPDOPTS="-nodnslookup -noidentlookup"
IMAP_CAPABILITY="{capabilities}"
IMAP_CAPABILITY_TLS="{capabilities}"
IMAP_KEYWORDS=1
IMAP_ACL=1
IMAP_PROXY=0
IMAP_IDLE_TIMEOUT=60
IMAP_MAILBOX_SANITY_CHECK=0
IMAP_DISABLETHREADSORT=0
IMAP_CHECK_ALL_FOLDERS=0
IMAP_OBSOLETE_CLIENT=0
IMAP_UMASK=022
IMAP_USELOCKS=1
IMAP_ENHANCEDIDLE=0
IMAP_TRASHFOLDERNAME=Trash
IMAP_EMPTYTRASH=
IMAP_MOVE_EXPUNGE_TO_TRASH=0
IMAP_SHAREDINDEXFILE=/etc/courier/shared/index
IMAP_STARTTLS=YES
IMAP_TLS_REQUIRED=0
COURIERTLS=/usr/bin/couriertls
TLS_CERTFILE={directory}/tls.pem
TLS_VERIFYPEER=NONE
TLS_CACHEFILE=
MAILDIRPATH=Maildir
HEADERFROM=X-IMAP-Sender
SENDMAIL=/bin/true
"""

# Runs as the first process of the namespaces: when it ends, the kernel ends the others.
INSIDE = """\
set -eu
mount --make-rprivate /
mount -t overlay overlay -o lowerdir={root}/usr:/usr /usr
mount -t overlay overlay -o lowerdir={root}/etc:/etc /etc
mount --bind {directory}/etc/courier /etc/courier
mount --bind {directory}/run /run
# STARTTLS is done as a user of that name; and the server that Courier asks at each login for file changes wants a name as well.
for file in passwd group; do
  grep -v -e ^courier: -e ^imapferry-mail: /etc/$file >{directory}/etc/$file
done
echo "courier:x:5001:5001::/nonexistent:/usr/sbin/nologin" >>{directory}/etc/passwd
echo "imapferry-mail:x:{mail_id}:{mail_id}::/nonexistent:/usr/sbin/nologin" >>{directory}/etc/passwd
echo "courier:x:5001:" >>{directory}/etc/group
echo "imapferry-mail:x:{mail_id}:" >>{directory}/etc/group
mount --bind {directory}/etc/passwd /etc/passwd
mount --bind {directory}/etc/group /etc/group
umask 022
(set -a; . /etc/courier/authdaemonrc; exec /usr/lib/courier/courier-authlib/authdaemond) &
until [ -S /run/courier/authdaemon/socket ]; do sleep 0.02; done
set -a
. {directory}/settings
listen() {{
  port=$1
  shift
  exec /usr/sbin/couriertcpd -address={host} -maxprocs=200 -maxperip=200 $TCPDOPTS "$port" "$@" \\
    /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir
}}
listen {port} &
(IMAP_STARTTLS=NO IMAP_TLS=1; listen {tls_port} /usr/bin/couriertls -server -tcpd) &
wait
"""


class Courier(Throwaway):
    name = "courier"
    separator, prefix = ".", "INBOX."
    # unshare, which is what we start, heeds nothing less; its child then gets the same.
    stop_signal = signal.SIGKILL

    def __init__(self, directory=None, *, users=None, capabilities=CAPABILITIES, **options):
        if os.geteuid() != 0:
            raise Missing("Courier runs here as root only: it needs a mount namespace")
        super().__init__(directory, **options)
        self.users = list(users) if users is not None else [f"user{n}" for n in range(1, 100)]
        self.capabilities = capabilities

    def _prepare(self):
        for folder in ("etc/courier", "run/courier/authdaemon", "mail"):
            (self.directory / folder).mkdir(parents=True, exist_ok=True)
        configuration = self.directory / "etc" / "courier"
        for path in (self.root / "etc" / "courier").iterdir():
            if path.is_file():
                (configuration / path.name).write_bytes(path.read_bytes())
        (configuration / "shared").mkdir(exist_ok=True)
        (configuration / "authdaemonrc").write_text(AUTHENTICATION)
        pem = self.directory / "tls.pem"
        pem.write_bytes(self.certificates.key(self.kind).read_bytes() + self.certificates.certificate(self.kind).read_bytes())
        pem.chmod(0o644)   # a throwaway key, which the user "courier" has to read
        self._make_users()

    def _make_users(self):
        """Users are in one database, what their passwords are checked against in another that only root reads."""
        secret = subprocess.run(["openssl", "passwd", "-6", self.password], check=True, capture_output=True, text=True).stdout.strip()
        users, shadow = [], []
        for user in self.users:
            home = self.directory / "mail" / user
            for folder in ("cur", "new", "tmp"):
                (home / "Maildir" / folder).mkdir(parents=True, exist_ok=True)
            users.append(f"{user}\tuid={MAIL_ID}|gid={MAIL_ID}|home={home}|mail={home}/Maildir|_=\n")
            shadow.append(f"{user}\tsystempw={secret}\n")
        for path in [self.directory / "mail", *(self.directory / "mail").rglob("*")]:
            os.chown(path, MAIL_ID, MAIL_ID)
        self._make_database("userdb", users)
        self._make_database("userdbshadow", shadow)

    def _make_database(self, name, lines):
        program = self.root / "usr/lib/courier/courier-authlib/makedatprog"
        libraries = ":".join(map(str, self.root.glob("usr/lib/*-linux-gnu")))
        path = self.directory / "etc" / "courier" / f"{name}.dat"
        subprocess.run([program, "-", f"{path}.new", path], input="".join(lines) + ".\n", text=True, check=True,
                       env={**os.environ, "LD_LIBRARY_PATH": libraries}, preexec_fn=lambda: os.umask(0o077))

    def _configure(self):
        (self.directory / "settings").write_text(SETTINGS.format(directory=self.directory, capabilities=self.capabilities))
        (self.directory / "inside.sh").write_text(INSIDE.format(
            root=self.root, directory=self.directory, host=self.host, port=self.port, tls_port=self.tls_port, mail_id=MAIL_ID))

    def _command(self):
        # What starts the namespaces takes them with it, however it ends.
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "sh", str(self.directory / "inside.sh")], {}, None


if __name__ == "__main__":
    sys.exit(main(Courier, {}))
