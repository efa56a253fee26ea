"""Runs commands and says what they cost."""
import concurrent.futures
import json
import os
import signal
import subprocess
import time
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
            raise Failed(f"not done after {timeout:g} s") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    cost = json.loads(result.read_text())
    if cost["exit"] != 0:
        raise Failed(f"ended with {cost['exit']}: {last_words(output)}")
    return cost


def measure_all(program, commands, at_once, timeout):
    """The same of several commands with their directories, `at_once` of them running at any time.

    The memory is the largest sum, at any instant, of the peaks of the processes that run then: an upper limit.
    """
    if len(commands) == 1:
        return measure(program, *commands[0], timeout)
    start = time.monotonic()

    def one(command, directory):
        begin = time.monotonic()
        left = start + timeout - begin
        if left <= 0:
            raise Failed(f"not done after {timeout:g} s")
        return begin, measure(program, command, directory, left), time.monotonic()

    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        waiting = [pool.submit(one, *command) for command in commands]
        try:
            done = [future.result() for future in waiting]
        except Failed:
            pool.shutdown(cancel_futures=True)
            raise
    costs = [cost for _, cost, _ in done]
    return {"exit": 0, "wall": max(end for _, _, end in done) - start, "user": sum(cost["user"] for cost in costs),
            "system": sum(cost["system"] for cost in costs), "peak_rss_kib": peak_of_sums(done)}


def peak_of_sums(done):
    """Of (begin, cost, end)."""
    changes = [(begin, cost["peak_rss_kib"]) for begin, cost, _ in done] + [(end, -cost["peak_rss_kib"]) for _, cost, end in done]
    most = now = 0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


def floor_cost(cost, directory):
    """The floor times itself: from the first byte of the first APPEND to the last OK."""
    told = json.loads((directory / "output.txt").read_text().splitlines()[-1])
    return {**cost, "wall": told["seconds"], "user": told["user"], "system": told["system"]}


def last_words(output):
    """The last line that is not a step of a traceback."""
    lines = output.read_text(errors="replace").splitlines()
    said = [line for line in lines if line.strip() and not line[0].isspace() and not line.startswith("Traceback")]
    return (said or ["no output"])[-1][:200]
