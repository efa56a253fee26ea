#!/usr/bin/env python3
"""A throwaway Cyrus IMAP 3.6: everything in one directory, on free ports, as root or as an ordinary user, any number at once.

    with Cyrus(separator=".", prefix="INBOX.") as server:
        ... server.host, server.port, server.tls_port, server.ca_file ...

    cyrus.py start DIRECTORY --separator . --prefix INBOX.     # prints ports and paths as JSON
    cyrus.py stop DIRECTORY

Every user name is accepted with the password "pass". Cyrus tells what goes wrong to syslog alone: its log here is nearly empty.
"""

import os
import pwd
import sqlite3
import sys

try:
    from throwaway import Throwaway, main
except ImportError:
    from .throwaway import Throwaway, main

# As root it runs as this user: Cyrus refuses to be root, and needs a name.
UNPRIVILEGED = "nobody"

CONFIGURATION = """\
configdirectory: {directory}/var
partition-default: {directory}/spool
defaultpartition: default
proc_path: {directory}/proc
mboxname_lockpath: {directory}/lock
cyrus_user: {user}
admins: cyrus
altnamespace: {altnamespace}
unixhierarchysep: {unixhierarchysep}
virtdomains: off
username_tolower: no
allowplaintext: yes
failedloginpause: 0s
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sql
sasl_sql_engine: sqlite3
sasl_sql_hostnames: localhost
sasl_sql_database: {directory}/passwords.db
sasl_sql_select: SELECT '{password}'
sasl_mech_list: PLAIN LOGIN
tls_server_cert: {certificate}
tls_server_key: {key}
tls_sessions_db_path: {directory}/var/tls_sessions.db
autocreate_quota: 0
autocreate_users: anyone
autocreate_post: yes
annotation_allow_undefined: yes
delete_mode: immediate
expunge_mode: immediate
duplicatesuppression: no
conversations: no
reject8bit: no
munge8bit: no
hashimapspool: yes
skiplist_unsafe: 1
lmtpsocket: {directory}/run/lmtp
idlesocket: {directory}/run/idle
notifysocket: {directory}/run/notify
{more}
"""

SERVICES = """\
START {{
  recover cmd="{programs}/ctl_cyrusdb -C {directory}/imapd.conf -r"
}}
SERVICES {{
  imap  cmd="{programs}/imapd -C {directory}/imapd.conf -U 100" listen="{host}:{port}" proto="tcp4" prefork=1 maxchild=500
  imaps cmd="{programs}/imapd -C {directory}/imapd.conf -U 100 -s" listen="{host}:{tls_port}" proto="tcp4" prefork=1 maxchild=500
}}
EVENTS {{
}}
"""


class Cyrus(Throwaway):
    name = "cyrus"

    def __init__(self, directory=None, *, separator="/", prefix="", suppress=None, max_mail_size=None, **options):
        """`prefix` is empty or INBOX and the separator. `suppress` are capabilities that it keeps to itself ("LITERAL+ ID")."""
        if prefix not in ("", f"INBOX{separator}"):
            raise ValueError(f"Cyrus knows the prefixes '' and 'INBOX{separator}' only")
        super().__init__(directory, **options)
        self.separator, self.prefix = separator, prefix
        self.suppress, self.max_mail_size = suppress, max_mail_size

    @property
    def _user(self):
        return pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else pwd.getpwuid(os.getuid())

    def _prepare(self):
        for folder in ("spool", "run", "proc", "lock", "var/db", "var/socket", "var/log", "var/msg", "var/user", "var/quota",
                       "var/proc", "var/sync"):
            (self.directory / folder).mkdir(parents=True, exist_ok=True)
        # The password is in the question: any user's is the same, and the table only has to be there.
        with sqlite3.connect(self.directory / "passwords.db") as database:
            database.execute("create table if not exists unused (unused)")
        database.close()
        if os.geteuid() == 0:
            for path in [self.directory, *self.directory.rglob("*")]:
                if "certificates" not in path.relative_to(self.directory).parts:
                    os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _configure(self):
        more = []
        if self.suppress:
            more.append(f"suppress_capabilities: {self.suppress}")
        if self.max_mail_size:
            more.append(f"maxmessagesize: {self.max_mail_size}")
        (self.directory / "imapd.conf").write_text(CONFIGURATION.format(
            directory=self.directory, user=self._user.pw_name, password=self.password,
            altnamespace="no" if self.prefix else "yes", unixhierarchysep="yes" if self.separator == "/" else "no",
            certificate=self.certificates.certificate(self.kind), key=self._readable_key(), more="\n".join(more)))
        (self.directory / "cyrus.conf").write_text(SERVICES.format(
            directory=self.directory, programs=self.root / "usr/lib/cyrus/bin", host=self.host,
            port=self.port, tls_port=self.tls_port))

    def _readable_key(self):
        """A copy of the key for the user that Cyrus runs as, which is never root."""
        key = self.directory / "tls.key"
        key.write_bytes(self.certificates.key(self.kind).read_bytes())
        key.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(key, self._user.pw_uid, self._user.pw_gid)
        return key

    def _command(self):
        libraries = list(self.root.glob("usr/lib/*-linux-gnu")) + list(self.root.glob("lib/*-linux-gnu"))
        environment = {"LD_LIBRARY_PATH": ":".join(map(str, libraries)), "SASL_PATH": str(libraries[0] / "sasl2")}
        user = self._user

        def become_user():
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(user.pw_gid)
                os.setuid(user.pw_uid)

        command = [str(self.root / "usr/lib/cyrus/bin/master"), "-C", str(self.directory / "imapd.conf"),
                   "-M", str(self.directory / "cyrus.conf"), "-p", str(self.directory / "run" / "master.pid")]
        return command, environment, become_user


if __name__ == "__main__":
    sys.exit(main(Cyrus, {"separator": ["/", "."], "prefix": ["", "INBOX.", "INBOX/"]}))
