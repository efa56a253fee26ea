"""OfflineIMAP (offlineimap3), from IMAP to IMAP."""
import shutil

from .base import HOST, Tool, package_version, write_private

CONNECTIONS = 3

CONFIGURATION = """\
[general]
accounts = copy
metadata = {directory}/metadata
ui = quiet
fsync = false
maxsyncaccounts = 1

[Account copy]
localrepository = near
remoterepository = far

[Repository far]
readonly = True
{far}
[Repository near]
{near}
"""
REPOSITORY = """\
type = IMAP
remotehost = {host}
remoteport = {port}
remoteuser = {user}
remotepass = {password}
auth_mechanisms = PLAIN, LOGIN
maxconnections = {connections}
starttls = no
{protection}
{names}
"""


def translation(from_prefix, from_separator, to_prefix):
    """How one server's names become the other's; OfflineIMAP itself changes the separators then."""
    if not from_prefix and not to_prefix:
        return ""
    added = to_prefix[:-1] + from_separator if to_prefix else ""
    return f"nametrans = lambda name: name if name == 'INBOX' else {added!r} + name.removeprefix({from_prefix!r})"


class Offlineimap(Tool):
    name = "offlineimap"
    waits_for_each_message = True

    def missing(self):
        return None if shutil.which("offlineimap") else "offlineimap is not installed (Debian: offlineimap3)"

    def version(self):
        return package_version("offlineimap3")

    def command(self, job, pair):
        host = "localhost" if job.tls else HOST
        protection = f"ssl = yes\nsslcacertfile = {job.ca_file}" if job.tls else "ssl = no"
        (source, destination), (source_level, destination_level) = job.prefixes, job.separators
        names = translation(source, source_level, destination), translation(destination, destination_level, source)
        far, near = (REPOSITORY.format(host=host, port=port, user=user, password=job.password, connections=CONNECTIONS,
                                       protection=protection, names=name)
                     for (_, port, user), name in zip(job.sides(pair), names))
        text = CONFIGURATION.format(directory=pair.directory, far=far, near=near)
        path = write_private(pair.directory / "offlineimap.conf", text)
        return ["offlineimap", "-o", "-c", str(path)]
