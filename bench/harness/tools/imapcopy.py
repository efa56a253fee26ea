"""IMAPCopy: written in Pascal, without TLS and without any memory of what it has copied."""
import shutil

from .base import HOST, Tool, package_version, write_private

# \Recent cannot be set by a client; without the line each message would be refused.
CONFIGURATION = """\
SourceServer {host}
SourcePort {source_port}
DestServer {host}
DestPort {destination_port}
DenyFlags "\\Recent"
Copy "{source_user}" "{password}" "{destination_user}" "{password}"
"""


class Imapcopy(Tool):
    name = "imapcopy"
    waits_for_each_message = True

    def missing(self):
        return None if shutil.which("imapcopy") else "imapcopy is not installed (Debian: imapcopy)"

    def version(self):
        return package_version("imapcopy")

    def cannot(self, workload, tls, kinds):
        if tls:
            return "it has no TLS"
        if workload.rerun:
            return "it copies everything again: a later run would double the mail"
        return None

    def command(self, job, pair):
        text = CONFIGURATION.format(host=HOST, source_port=job.source_port, destination_port=job.destination_port,
                                    source_user=pair.source_user, destination_user=pair.destination_user,
                                    password=job.password)
        write_private(pair.directory / "ImapCopy.cfg", text)
        return ["imapcopy"]
