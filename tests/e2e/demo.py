#!/usr/bin/env python3
"""The demonstration: five people move from one mail server to another that names and stores everything differently."""

import os
import pathlib
import shlex
import signal
import subprocess
import sys
import tempfile
import time

import paths
import mail
from compare import compare
from dovecot import Dovecot
from harness import snapshot
from imap_account import Account

PEOPLE = {"anna": 1500, "björn": 300, "chloé": 600, "dimitri": 150, "emi": 900}
PROGRAM = os.environ.get("IMAPFERRY") or str(paths.ROOT / "build" / "imapferry")


def say(text=""):
    print(text, flush=True)


def heading(text):
    say()
    say(f"--- {text}")


def password(person, side):
    return f"{person}-{side}"


def open_account(server, person, side):
    return Account(server.host, server.port, person, password(person, side))


def fill(server):
    mailboxes = messages = size = 0
    for person, count in PEOPLE.items():
        folders = mail.account(f"demo {person}", messages=count)
        with open_account(server, person, "old") as session:
            mail.fill(session, folders)
        mailboxes += len(folders)
        messages += sum(len(f.mails) for f in folders)
        size += sum(len(m.content) for f in folders for m in f.mails)
    return mailboxes, messages, size


def write_users_file(path):
    path.write_text("".join(f"{p};{password(p, 'old')};{p};{password(p, 'new')}\n" for p in PEOPLE), encoding="utf-8")
    path.chmod(0o600)


def migrate(old, new, users_file, quiet=False):
    """Runs imapferry; returns the seconds that it took. Its output goes to the terminal as it is, unless `quiet`."""
    command = [PROGRAM, "--host1", old.host, "--port1", str(old.port), "--tls1", "--sslargs1", f"SSL_ca_file={old.ca_file}",
               "--host2", new.host, "--port2", str(new.port), "--tls2", "--sslargs2", f"SSL_ca_file={new.ca_file}",
               "--usersfile", str(users_file), "--maxaccounts", "3", "--statedir", str(users_file.parent / "state")]
    say("$ " + shlex.join(["imapferry"] + command[1:]))
    begun = time.monotonic()
    done = subprocess.run(command, cwd=users_file.parent, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE if quiet else None, stderr=subprocess.STDOUT if quiet else None)
    seconds = time.monotonic() - begun
    if done.returncode != 0:
        if quiet:
            say(done.stdout.decode("utf-8", "replace"))
        sys.exit(f"imapferry ended with exit code {done.returncode}")
    return seconds


def verify(old, new):
    """Compares every account byte for byte; ends the demonstration when anything differs."""
    mailboxes = messages = size = duplicates = 0
    for person in PEOPLE:
        with open_account(old, person, "old") as left, open_account(new, person, "new") as right:
            outcome = compare(left, right)
        for difference in outcome.differences[:20]:
            say(f"{person}: {difference}")
        if not outcome:
            sys.exit("the accounts are not equal")
        mailboxes += outcome.mailboxes
        messages += outcome.messages
        size += outcome.size
        duplicates += outcome.duplicates
    say(f"Equal: {mailboxes} mailboxes and {messages} messages, {size / 1e6:.1f} MB, every byte, flag, keyword and date,"
        " and the subscriptions.")
    if duplicates:
        say(f"({duplicates} messages that the old server held twice in one mailbox were copied once.)")


def all_messages(server, side):
    found = {}
    for person in PEOPLE:
        with open_account(server, person, side) as session:
            found[person] = snapshot(session)
    return found


def change_something(old):
    with open_account(old, "emi", "old") as session:
        session.append(("INBOX",), b"Message-Id: <late@example.test>\r\nSubject: one more\r\n\r\nJust arrived.\r\n", (), mail.DATES[8])
        session.select(("INBOX",), readonly=False)
        first = int(session.command("UID", "SEARCH", "ALL")[0].split()[0])
        session.store(first, "FLAGS", ["\\Answered", "$Forwarded"])
        session.create(("New year",))


def demonstrate(directory):
    heading("Two servers")
    say("Starting the old one (Maildir, folders like Archive/2019) and the new one (mdbox, folders like INBOX.Archive.2019).")
    users = [{p: password(p, side) for p in PEOPLE} for side in ("old", "new")]
    with Dovecot(directory / "old", users=users[0]) as old, \
         Dovecot(directory / "new", users=users[1], layout="mdbox", separator=".", prefix="INBOX.") as new:
        mailboxes, messages, size = fill(old)
        say(f"{len(PEOPLE)} people on the old one: {mailboxes} mailboxes, {messages} messages, {size / 1e6:.1f} MB: names in a dozen"
            " scripts, every flag, odd dates, broken headers.")

        heading("The migration: one users file, three accounts at a time, TLS on both sides")
        users_file = directory / "users.csv"
        write_users_file(users_file)
        first = migrate(old, new, users_file)

        heading("Is everything there? Another program reads both servers and compares")
        verify(old, new)

        heading("The same again: nothing is copied twice")
        before = all_messages(new, "new")
        second = migrate(old, new, users_file, quiet=True)
        if all_messages(new, "new") != before:
            sys.exit("the second run changed something on the new server")
        say(f"It took {second:.2f} s, and no message of the new server is new, gone or changed.")

        heading("One message arrives, flags change, a folder is made on the old server, and a last run")
        change_something(old)
        third = migrate(old, new, users_file, quiet=True)
        verify(old, new)

        heading("What is remembered")
        command = [PROGRAM, "status", "--statedir", str(directory / "state")]
        say("$ " + shlex.join(["imapferry"] + command[1:]))
        subprocess.run(command, check=True)

        heading("In short")
        say(f"First copy: {messages} messages, {size / 1e6:.1f} MB in {first:.2f} s ({messages / first:.0f} messages a second)."
            f" Nothing new: {second:.2f} s. Three changes: {third:.2f} s.")
        say("Both servers are stopped and their files removed.")


def main():
    # Ended by a signal, the servers are stopped all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    with tempfile.TemporaryDirectory(prefix="imapferry-demo-") as directory:
        # The servers read their files there as other users.
        os.chmod(directory, 0o755)
        try:
            demonstrate(pathlib.Path(directory))
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
