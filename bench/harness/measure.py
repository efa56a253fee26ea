"""Runs one command and says what it cost."""
import json
import os
import signal
import subprocess
from pathlib import Path


class Failed(Exception):
    """The command did not do its work; the text says why."""


def environment(directory):
    """The caller's, but with everything that a tool might keep for itself in `directory`."""
    own = {"HOME": directory, "XDG_CONFIG_HOME": directory / "config", "XDG_DATA_HOME": directory / "data",
           "XDG_STATE_HOME": directory / "state-home", "XDG_CACHE_HOME": directory / "cache", "TMPDIR": directory,
           "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return {**os.environ, **{name: str(value) for name, value in own.items()}}


def measure(program, command, directory, timeout):
    """Wall and CPU seconds and the peak of resident memory of `command`, started by `program` (bench_measure)."""
    result, output = directory / "cost.json", directory / "output.txt"
    with open(output, "wb") as out:
        # A session of its own, so that a command that hangs can be ended with all that it started.
        words = [str(Path(program).resolve()), str(result), *command]
        process = subprocess.Popen(words, cwd=directory, env=environment(directory),
                                   stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failed(f"not done after {timeout} s") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    cost = json.loads(result.read_text())
    if cost["exit"] != 0:
        raise Failed(f"ended with {cost['exit']}: {last_words(output)}")
    return cost


def floor_cost(cost, directory):
    """The floor times itself: from the first byte of the first APPEND to the last OK."""
    told = json.loads((directory / "output.txt").read_text().splitlines()[-1])
    return {**cost, "wall": told["seconds"], "user": told["user"], "system": told["system"]}


def last_words(output):
    lines = output.read_text(errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "no output"
