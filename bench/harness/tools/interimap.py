"""InterIMAP: written in Perl, fetches ranges and appends many messages with one command."""
import shutil

from .base import Tool, package_version, write_private

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


class Interimap(Tool):
    name = "interimap"

    def missing(self):
        return None if shutil.which("interimap") else "interimap is not installed (Debian: interimap)"

    def version(self):
        return package_version("interimap")

    def cannot(self, workload, tls, kinds):
        if "courier" in kinds:
            return "it needs QRESYNC, which Courier does not have"
        return None

    def command(self, job, pair):
        remote, local = (SIDE.format(type="imaps" if job.tls else "imap", port=port, user=user, password=job.password)
                         for _, port, user in job.sides(pair))
        text = CONFIGURATION.format(directory=pair.directory, local=local, remote=remote)
        path = write_private(pair.directory / "interimap.conf", text)
        return ["interimap", f"--config={path}", "--quiet"]
