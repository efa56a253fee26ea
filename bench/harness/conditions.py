"""Under what conditions a race was run: what somebody needs who wants to repeat it, or to doubt it."""
import os
import platform
import subprocess
import time

from .tools import first_line

PACKAGES = {"dovecot": "dovecot-core", "cyrus": "cyrus-imapd", "courier": "courier-imap"}


def grep(path, prefix):
    with open(path, encoding="utf-8") as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith(prefix)), "unknown")


def server_text(kind, options):
    if kind == "synthetic":
        return "synthetic source and sink"
    if kind == "dovecot":
        version = first_line(["dovecot", "--version"]) or first_line(["/usr/sbin/dovecot", "--version"])
        return f"Dovecot {version}, {options.format}, mail_fsync={options.fsync}"
    return kind.capitalize()


def revision():
    try:
        return subprocess.run(["git", "describe", "--always", "--dirty"], cwd=os.path.dirname(__file__), capture_output=True, text=True,
                              check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def of(options, tools):
    kinds = options.kinds if options.kinds[0] != options.kinds[1] else options.kinds[:1]
    return {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": f"{grep('/proc/cpuinfo', 'model name')}, {os.cpu_count()} processors, {grep('/proc/meminfo', 'MemTotal')}",
        "system": f"{platform.system()} {platform.release()}",
        "servers": " to ".join(server_text(kind, options) for kind in kinds) + (", one instance a side" if len(kinds) == 1 else ""),
        "line": " ".join(options.shape).replace("--", "") or "latency only",
        "disk": str(options.dir),
        "revision": revision(),
        "seed": options.seed,
        "repetitions": f"{options.reps}{' after a warm-up' if options.warm_up else ', no warm-up'}",
        "comparison": "contents of every run" if options.verify == "all" else "contents of the first run, numbers of the others",
        "tools": {tool.name: tool.version() for tool in tools if tool.version()},
    }
