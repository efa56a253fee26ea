"""imapferry itself."""
from .base import HOST, Tool, first_line, write_private


class Imapferry(Tool):
    is_ours = True

    def __init__(self, name, program, extra, lanes=None, forgets=False):
        self.name, self.program, self.lanes, self.forgets = name, program, lanes, forgets
        self.extra = (["--lanes", str(lanes)] if lanes else []) + extra

    def missing(self):
        return None if self.program.is_file() else f"{self.program} is not built (see --imapferry)"

    def version(self):
        return "imapferry " + first_line([str(self.program), "--version"])

    def cannot(self, workload, tls, kinds):
        if self.forgets and not workload.rerun:
            return "in a first copy there is nothing to remember"
        if self.lanes and self.lanes > 1 and workload.accounts > 1:
            return "lanes divide one account; here there are accounts enough"
        return None

    def commands(self, job):
        command = [str(self.program)]
        users = len(job.pairs) == 1
        for side, port, user in job.sides(job.pairs[0]):
            command += [f"--host{side}", HOST, f"--port{side}", str(port)]
            if users:
                command += [f"--user{side}", user, f"--password{side}", job.password]
            command += [f"--ssl{side}", f"--sslargs{side}", "SSL_verify_mode=0"] if job.tls else [
                f"--nossl{side}", f"--notls{side}"]
        if not users:
            lines = (f"{pair.source_user};{job.password};{pair.destination_user};{job.password}\n" for pair in job.pairs)
            path = write_private(job.directory / "accounts.txt", "".join(lines))
            command += ["--usersfile", str(path), "--maxaccounts", str(job.at_once)]
        if self.forgets:
            command += ["--nostate"]
        else:
            # The latency proxy gives the same servers other ports.
            command += ["--statedir", str(job.pairs[0].directory / "state"), "--knownas1", "source", "--knownas2", "destination"]
        return [(command + ["--progress", "none"] + self.extra, job.directory)]
