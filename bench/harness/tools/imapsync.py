"""imapsync. Not packaged by Debian: whoever has the script names it."""
import pathlib

from .base import HOST, Tool, first_line

# Everything that it does beside copying is off, as its FAQ has it for speed.
FAST = ["--nofoldersizes", "--nofoldersizesatend", "--noreleasecheck", "--nomodulesversion", "--nolog"]


class Imapsync(Tool):
    waits_for_each_message = True

    def __init__(self, program, cache=False):
        self.program, self.cache = program, cache
        self.name = "imapsync-cache" if cache else "imapsync"

    def missing(self):
        if not self.program:
            return "no script was given (see --imapsync)"
        return None if pathlib.Path(self.program).exists() else f"{self.program} does not exist"

    def version(self):
        return first_line([self.program, "--version"])

    def cannot(self, workload, tls, kinds):
        if self.cache and not workload.rerun:
            return "its cache is of use in later runs only"
        return None

    def command(self, job, pair):
        command = [self.program]
        for side, port, user in job.sides(pair):
            command += [f"--host{side}", HOST, f"--port{side}", str(port), f"--user{side}", user,
                        f"--password{side}", job.password]
            command += [f"--ssl{side}"] if job.tls else [f"--nossl{side}", f"--notls{side}"]
        return command + FAST + (["--usecache"] if self.cache else []) + ["--tmpdir", str(pair.directory)]
