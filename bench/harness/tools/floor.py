"""The floor: a bare client that already holds every message and only writes them."""
from .base import HOST, Tool


class Floor(Tool):
    """Two commands in flight keep a server busy; over a line with latency more are needed, or the floor would measure that."""

    name = "floor"
    is_floor = True

    def __init__(self, program):
        self.program = program

    def missing(self):
        return None if self.program.exists() else f"{self.program} is not built"

    def cannot(self, workload, tls, kinds):
        if workload.rerun:
            return "it only writes, and a later run has little to write"
        if workload.accounts > 1:
            return "it fills one account: with a process for each it would be no limit"
        if kinds[1] == "courier":
            return "Courier has neither LITERAL+ nor MULTIAPPEND"
        if kinds[0] == "synthetic":
            return "the synthetic source has no corpus in a file"
        return None

    def command(self, job, pair):
        return [str(self.program), "--corpus", str(pair.corpus), "--host", HOST, "--port", str(job.destination_port),
                "--user", pair.destination_user, "--password", job.password, "--mailboxes", str(job.mailboxes),
                "--depth", "16" if job.rtt_ms > 0 else "2", "--tls", "1" if job.tls else "0"]
