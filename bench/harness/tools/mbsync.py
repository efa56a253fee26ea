"""isync's mbsync: written in C, pipelines without a limit."""
import shutil

from .base import HOST, Tool, first_line, write_private

CONFIGURATION = """\
FSync no
{stores}
Channel copy
Far :far:
Near :near:
Patterns *
Sync Pull {what}
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


class Mbsync(Tool):
    name = "mbsync"
    header = b"X-TUID"
    note = "mbsync adds a header X-TUID to each message; it was taken away before comparing"

    def missing(self):
        return None if shutil.which("mbsync") else "mbsync is not installed (Debian: isync)"

    def version(self):
        return first_line(["mbsync", "--version"])

    def command(self, job, pair):
        # It compares certificates with host names only, not with addresses.
        host = "localhost" if job.tls else HOST
        protection = f"SSLType IMAPS\nCertificateFile {job.ca_file}\nSystemCertificates no" if job.tls else "SSLType None"
        stores = "".join(
            STORE.format(name=name, host=host, port=port, user=user, password=job.password, protection=protection)
            for name, (_, port, user) in zip(("far", "near"), job.sides(pair)))
        (pair.directory / "state").mkdir(exist_ok=True)
        text = CONFIGURATION.format(stores=stores, directory=pair.directory, what="New Flags" if job.rerun else "New")
        path = write_private(pair.directory / "mbsyncrc", text)
        return ["mbsync", "--quiet", "--config", str(path), "copy"]
