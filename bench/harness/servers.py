"""The real servers of a race: one for each side, of the kinds that tests/servers can start."""
import importlib
import shutil

from certificates import Certificates

from . import mailstore
from .imap import Imap, Refused
from .mail import Changes, endless_sizes, make_mails

KINDS = ("dovecot", "cyrus", "courier")

DOVECOT_EXTRA = """
maildir_very_dirty_syncs = yes
mdbox_rotate_size = 64 M
service imap {
  process_min_avail = 2
}
"""


class NotHere(Exception):
    """A server of this kind cannot be started on this machine; the text says why."""


# Where users have to be known when the server starts.
MOST_USERS = 5000


def start(kind, directory, certificates, layout, fsync, users):
    """A started server; its module and class are named after its kind."""
    directory.mkdir(parents=True)
    directory.chmod(0o755)
    more = {"layout": layout, "fsync": fsync, "extra": DOVECOT_EXTRA} if kind == "dovecot" else {}
    if kind == "courier":
        if users > MOST_USERS:
            raise NotHere(f"courier: {users} users are too many for it here, {MOST_USERS} at most")
        more["users"] = [numbered(number + 1) for number in range(users)]
    return server_class(kind)(directory, certificates=certificates, **more).start()


def numbered(number):
    return f"user{number}"


def server_class(kind):
    try:
        module = importlib.import_module(kind)
        if kind == "dovecot":
            module.program()
        else:
            importlib.import_module("throwaway").unpacked(kind)
    except Exception as error:  # noqa: BLE001 - whatever it is, this server cannot run here
        raise NotHere(f"{kind}: {error}") from None
    return getattr(module, kind.capitalize())


class RealServers:
    """Source and destination with the accounts of one workload; knows what each account must hold."""

    keeps_copies = True  # so later runs go on from one first copy
    has_samples = True

    def __init__(self, kinds, directory, layout="maildir", fsync="never", users=100):
        """`users` is how many accounts there will be at most, on one side."""
        self.kinds, self.directory, self.layout, self.fsync, self.users = kinds, directory, layout, fsync, users
        self.servers = []
        self.named = [0, 0]
        self.sources = []  # (user, mail)
        self.changes = []

    def __enter__(self):
        certificates = Certificates(self.directory / "certificates")
        try:
            for side, kind in zip(("source", "dest"), self.kinds):
                self.servers.append(start(kind, self.directory / side, certificates, self.layout, self.fsync, self.users))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.stop()

    @property
    def password(self):
        return self.servers[0].password

    @property
    def ca_file(self):
        return self.servers[0].ca_file

    @property
    def prefixes(self):
        return tuple(server.prefix for server in self.servers)

    @property
    def separators(self):
        return tuple(server.separator for server in self.servers)

    @property
    def dovecot_configuration(self):
        return self.servers[1].configuration_path if self.kinds[1] == "dovecot" else None

    def ports(self, tls):
        return [server.tls_port if tls else server.port for server in self.servers]

    def _account(self, side, user):
        server = self.servers[side]
        return Imap(server.port, user, server.password)

    def user_named(self, side, wanted):
        """A new user of that name, or, where users cannot be called as one likes, of another."""
        self.named[side] += 1
        return numbered(self.named[side]) if self.kinds[side] == "courier" else wanted

    def prepare(self, workload, directory, seed):
        """Makes the mail and fills the source; returns users and mails. Reading all back warms its caches for every tool alike."""
        directory.mkdir(parents=True)
        mails, generator = make_mails(workload, directory, seed)
        users = [self.user_named(0, f"{directory.name}-{number + 1}") for number in range(len(mails))]
        for user, mail in zip(users, mails):
            with self._account(0, user) as account:
                mailstore.fill(account, mail)
        self.sources += zip(users, mails)
        if workload.rerun == "changes":
            self.changes = [Changes(mail, generator, endless_sizes(seed + 2 + number, workload), seed + number)
                            for number, mail in enumerate(mails)]
        self.check_source()
        return users, mails

    def renew(self, _tls):
        """Nothing to do: every run has a destination account of its own."""

    def check_source(self):
        for user, mail in self.sources:
            with self._account(0, user) as account:
                if fault := mailstore.wrong(account, mail, read_all=True):
                    raise RuntimeError(f"the source account {user} is not what it should be: {fault}")

    def change_all(self):
        """New mail and other flags in the source accounts."""
        for (user, _), changes in zip(self.sources, self.changes):
            with self._account(0, user) as account:
                changes.step(account)

    def fault(self, accounts, read_all, header):
        """None, or what is wrong with the first destination account that is not as it must be."""
        for user, mail in accounts:
            try:
                with self._account(1, user) as account:
                    fault = mailstore.wrong(account, mail, read_all, header)
            except (OSError, Refused) as error:
                fault = f"the destination cannot be read: {error}"
            if fault:
                return fault if len(accounts) == 1 else f"{user}: {fault}"
        return None

    def forget(self, users):
        """Makes room on the disk."""
        for user in users:
            if self.kinds[1] in ("dovecot", "courier"):
                shutil.rmtree(self.servers[1].directory / "mail" / user, ignore_errors=True)
                continue
            try:
                with self._account(1, user) as account:
                    account.remove_all()
            except (OSError, Refused):
                pass
