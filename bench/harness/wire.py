"""The line between the tools and the servers: with latency, with a count of what passes, or neither."""
import json
import subprocess


class Direct:
    """No latency: the servers' own ports."""

    def __init__(self, ports):
        self.ports = ports

    def __enter__(self):
        return self.ports

    def __exit__(self, *_):
        pass


class Proxy:
    """The latency proxy in front of both servers. `report` is what it says has passed, once it has ended."""

    def __init__(self, program, ports, rtt, shape=()):
        self.command = [str(program), *shape]
        for port in ports:
            self.command += ["0", f"127.0.0.1:{port}", f"{rtt:g}"]
        self.report = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        words = self.process.stdout.readline().split()
        if words[:1] != ["ready"]:
            self.process.kill()
            raise RuntimeError(f"the latency proxy did not start: {self.process.communicate()[1].strip()[:200]}")
        return [int(word) for word in words[1:]]

    def __exit__(self, *_):
        self.process.terminate()
        said = self.process.communicate()[0].strip().splitlines()
        try:
            self.report = json.loads(said[-1])["targets"]
        except (IndexError, KeyError, ValueError):
            self.report = None


def line(program, ports, rtt, shape=()):
    """`shape` are further arguments for the proxy: bandwidth, jitter."""
    return Proxy(program, ports, rtt, shape) if rtt > 0 or shape else Direct(ports)
