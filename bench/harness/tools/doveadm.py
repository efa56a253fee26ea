"""Dovecot's own migration: doveadm backup pulls from any IMAP server (imapc) into the local storage."""
import os
import shutil

from .base import HOST, Tool, first_line

PATHS = os.environ.get("PATH", "") + ":/usr/bin:/usr/sbin:/usr/local/bin"


class Doveadm(Tool):
    name = "doveadm"
    note = "doveadm writes into the destination's storage, without its IMAP server and without latency on that side"

    def missing(self):
        return None if shutil.which("doveadm", path=PATHS) else "doveadm is not installed (Debian: dovecot-core)"

    def version(self):
        return "doveadm " + first_line([shutil.which("dovecot", path=PATHS), "--version"])

    def cannot(self, workload, tls, kinds):
        return None if kinds[1] == "dovecot" else "it can write into a Dovecot only"

    def command(self, job, pair):
        settings = {"imapc_host": HOST, "imapc_port": job.source_port, "imapc_user": pair.source_user,
                    "imapc_password": job.password, "imapc_features": "rfc822.size fetch-headers",
                    "mail_prefetch_count": 20}
        if job.prefixes[0]:
            settings["imapc_list_prefix"] = job.prefixes[0][:-1]
        if job.tls:
            settings |= {"imapc_ssl": "imaps", "imapc_ssl_verify": "no"}
        command = [shutil.which("doveadm", path=PATHS), "-c", str(job.dovecot_configuration)]
        for name, value in settings.items():
            command += ["-o", f"{name}={value}"]
        return command + ["backup", "-R", "-u", pair.destination_user, "imapc:"]
