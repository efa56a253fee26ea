#!/usr/bin/env python3
"""What imapsync's author found worth testing, played between two Dovecots: tests/data/imapsync/scenarios.json.

Each scenario says what is on either side before, the options, and what must be there after: every byte, flag and date, read by
compare.py. Beyond what a scenario says, each run has to hold that
- what stays on a side keeps its UID: nothing is deleted and put there anew;
- the same run again, with and without a store, changes nothing on either side.

The README beside that file explains its words. IMAPFERRY_TEST_SCENARIO plays one of them, by its name.
"""

import collections
import datetime
import hashlib
import json
import os
import pathlib
import tempfile
import time
import unittest
import zlib

import paths
import compare
from harness import WholeProgramTest, login, run, side, snapshot
from imap_account import MONTHS, instant

SCENARIOS = json.loads((paths.ROOT / "tests" / "data" / "imapsync" / "scenarios.json").read_text())
KEYS = {"name", "imapsync", "servers", "letters", "source", "destination", "subscribed", "files", "runs"}
RUN_KEYS = {"options", "exit", "why", "before", "source", "destination", "destination_at_most", "messages", "subscriptions",
            "dates", "again"}


class Letters:
    """The messages of a scenario, by name. `facts` are those of the letters that are special."""

    def __init__(self, facts):
        self.facts = facts
        self.now = datetime.datetime.now(datetime.timezone.utc)
        self.names = {}

    def content(self, name):
        facts = self.facts.get(name, {})
        content = facts["content"].encode("latin-1") if "content" in facts else self._written(name, facts)
        self.names[hashlib.sha256(content).hexdigest()] = name
        return content

    def _written(self, name, facts):
        sent, origin = self.sent(name), facts.get("of", name)
        if "first" in facts:
            return self.content(origin)[:facts["first"]]
        head = (f"Message-Id: <{origin}@mail.test>\r\n"
                f"Date: {sent.day} {MONTHS[sent.month - 1]} {sent.year} {sent:%H:%M:%S} +0000\r\n"
                f"Subject: {facts.get('subject', origin)}\r\n{facts.get('header', '')}\r\n").encode("latin-1")
        body = facts.get("body", f"The text of {origin}.\r\n").encode("latin-1")
        filling = facts["size"] - len(head + body) if "size" in facts else facts.get("line", 0)
        return head + body + (b"x" * (filling - 2) + b"\r\n" if filling else b"")

    def sent(self, name):
        given = self.facts.get(name, {}).get("sent", "2015-05-05")
        if isinstance(given, str):
            return datetime.datetime.fromisoformat(given + "T05:05:05+00:00")
        return self.now - datetime.timedelta(days=given)

    def arrived(self, name):
        """As INTERNALDATE. Where nothing is said, each name has a moment of its own."""
        given = self.facts.get(name, {}).get("arrived")
        if given is None:
            origin = self.facts.get(name, {}).get("of", name)
            moment = datetime.timedelta(seconds=zlib.crc32(origin.encode()) % 10**7)
            when = datetime.datetime(2016, 6, 6, tzinfo=datetime.timezone.utc) + moment
        else:
            when = self.now - datetime.timedelta(days=given)
        return f"{when.day:02}-{MONTHS[when.month - 1]}-{when.year} {when:%H:%M:%S} +0000"

    def mail(self, text):
        """Of "name flag flag": content, flags, INTERNALDATE."""
        name, *flags = text.split()
        return self.content(name), tuple(flags), self.arrived(name)

    def name_of(self, entry):
        return self.names.get(entry.digest, f"unknown content {entry.digest[:12]} of {entry.size} bytes")


class Played:
    """A scenario on users of its own."""

    def __init__(self, test, scenario):
        self.test, self.scenario = test, scenario
        self.letters = Letters(scenario.get("letters", {}))
        self.servers = [test.servers[name] for name in scenario.get("servers", ["slash", "flat"])]
        self.users = [test.new_user(), test.new_user()]
        for name in scenario.get("letters", {}):
            self.letters.content(name)

    def play(self):
        self.sessions = [self.test.open(server, user) for server, user in zip(self.servers, self.users)]
        for session, name in zip(self.sessions, ("source", "destination")):
            self.fill(session, self.scenario.get(name, {}))
            for folder in self.scenario.get("subscribed", {}).get(name, []):
                session.subscribe(tuple(folder.split("/")))
        with tempfile.TemporaryDirectory(prefix="imapferry-scenario-") as self.directory:
            for name, text in self.scenario.get("files", {}).items():
                (pathlib.Path(self.directory) / name).write_text(self.filled_in(text))
            for number, one in enumerate(self.scenario["runs"], 1):
                self.test.assertLessEqual(set(one), RUN_KEYS)
                self.context = f"run {number}"
                self.run(one)

    def fill(self, session, folders):
        there = {mailbox.path for mailbox in session.mailboxes()} | {("INBOX",)}
        for folder, messages in folders.items():
            path = tuple(folder.split("/"))
            if path not in there:
                session.create(path)
            session.append_many(path, [self.letters.mail(message) for message in messages])

    def filled_in(self, text):
        return text.replace("{directory}", self.directory).replace("{pid}", str(os.getpid()))

    def run(self, one):
        for session, name in zip(self.sessions, ("source", "destination")):
            self.change(session, one.get("before", {}).get(name, {}))
        before = self.contents()
        self.migrate(one)
        after = self.contents()
        self.check("source", one.get("source"), before[0], after[0])
        if "destination_at_most" in one:
            self.check_part(one["destination_at_most"], after[1])
        else:
            self.check("destination", one.get("destination"), before[1], after[1], one.get("dates", "arrived"))
        for folder, count in one.get("messages", {}).items():
            self.test.assertEqual(len(after[1][folder]), count, self.context)
        if "subscriptions" in one:
            found = {"/".join(path) for path in self.sessions[1].subscriptions()}
            self.test.assertEqual(found, set(one["subscriptions"]), self.context)
        if one.get("again", True):
            self.check_again(one)

    def change(self, session, folders):
        """"+name" arrives, "-name" is removed for good."""
        for folder, changes in folders.items():
            path = tuple(folder.split("/"))
            self.fill(session, {folder: [change[1:] for change in changes if change[0] == "+"]})
            gone = [change[1:] for change in changes if change[0] == "-"]
            mailbox = next(box for box in session.mailboxes() if box.path == path)
            entries = compare.entries(session, mailbox)
            session.select(path, readonly=False)
            for name in gone:
                session.expunge(next(entry.uid for entry in entries if self.letters.name_of(entry) == name))

    def migrate(self, one, *more):
        (server1, server2), (user1, user2) = self.servers, self.users
        options = [self.filled_in(option) for option in one["options"]]
        finished = run(*side(1, server1), *login(1, user1), *side(2, server2), *login(2, user2), "--nolog", *options, *more)
        self.context = f"{self.context.split(':')[0]}: {finished}"
        self.test.assert_ended(finished, one.get("exit", 0))

    def contents(self):
        """Of each side {folder: entries}."""
        found = [{"/".join(box.path): compare.entries(session, box) for box in session.mailboxes() if box.is_selectable}
                 for session in self.sessions]
        self.leave()
        return found

    def leave(self):
        """A folder that a session is in could not be deleted."""
        for session in self.sessions:
            session.command("UNSELECT")

    def facts(self, name, flags, date):
        return f"{name} ({' '.join(flags)}) {date}"

    def facts_of(self, entry, dates):
        began = self.letters.now.timestamp()
        date = "now" if dates == "now" and began - 2 <= entry.date <= time.time() + 2 else entry.date
        return self.facts(self.letters.name_of(entry), entry.flags, date)

    def wanted(self, text, dates):
        name, *flags = text.split()
        date = {"arrived": lambda: instant(self.letters.arrived(name)), "now": lambda: "now",
                "sent": lambda: int(self.letters.sent(name).timestamp())}[dates]()
        return self.facts(name, sorted(flags), date)

    def check(self, name, expected, before, after, dates="arrived"):
        """`expected` is None where nothing may have changed. INBOX is always there."""
        if expected is None:
            self.test.assertEqual(after, before, f"{name}, {self.context}")
            return
        wanted = {folder: sorted(self.wanted(text, dates) for text in messages)
                  for folder, messages in {"INBOX": [], **expected}.items()}
        found = {folder: sorted(self.facts_of(entry, dates) for entry in entries) for folder, entries in after.items()}
        self.test.assertEqual(found, wanted, f"{name}, {self.context}")
        for folder in wanted:
            self.check_kept(f"{name} {folder}", before.get(folder, []), after[folder])

    def check_kept(self, what, before, after):
        """What was there and is there has not been put there anew."""
        was, has = (collections.Counter(entry.digest for entry in entries) for entries in (before, after))
        uids = {entry.uid: entry.digest for entry in before}
        kept = collections.Counter(entry.digest for entry in after if uids.get(entry.uid) == entry.digest)
        self.test.assertEqual(kept, was & has, f"{what}: UIDs, {self.context}")

    def check_part(self, most, after):
        found = [self.facts_of(entry, "arrived") for entry in after["INBOX"]]
        most = [self.wanted(text, "arrived") for text in most["INBOX"]]
        self.test.assertTrue(found, self.context)
        self.test.assertFalse(collections.Counter(found) - collections.Counter(most), self.context)

    def check_again(self, one):
        before = self.whole()
        for more in ((), ("--nostate",)):
            self.migrate(one, *more)
            self.test.assertEqual(self.whole(), before, f"again {' '.join(more)}, {self.context}")

    def whole(self):
        found = [(snapshot(session), session.subscriptions()) for session in self.sessions]
        self.leave()
        return found


class ScenariosTest(WholeProgramTest):
    """`slash` has the separator "/", `flat` too but is kept in another layout, `dot` has "." and the prefix "INBOX."."""

    @classmethod
    def setUpClass(cls):
        masters = tempfile.NamedTemporaryFile("w", prefix="imapferry-masters-")
        cls.addClassCleanup(masters.close)
        masters.write("admin:{PLAIN}master\n")
        masters.flush()
        os.chmod(masters.name, 0o644)
        master = f"\npassdb {{\n  driver = passwd-file\n  args = {masters.name}\n  master = yes\n  result_success = continue\n}}\n"
        cls.servers = {"slash": cls.serve(layout="sdbox", extra=master), "flat": cls.serve(layout="mdbox"),
                       "dot": cls.serve(layout="maildir", separator=".", prefix="INBOX."),
                       "small": cls.serve(quota="1M")}

    def test_scenarios(self):
        chosen = os.environ.get("IMAPFERRY_TEST_SCENARIO")
        by_name = {scenario["name"]: scenario for scenario in SCENARIOS}
        self.assertEqual(len(by_name), len(SCENARIOS), "two scenarios have one name")
        self.each([chosen] if chosen else list(by_name), lambda name: self.play(by_name[name]))

    def play(self, scenario):
        self.assertLessEqual(set(scenario), KEYS)
        # Ages count by the day: what began before midnight is played once more.
        while True:
            played = Played(self, scenario)
            try:
                return played.play()
            except AssertionError:
                if datetime.datetime.now(datetime.timezone.utc).date() == played.letters.now.date():
                    raise


if __name__ == "__main__":
    unittest.main(verbosity=2)
