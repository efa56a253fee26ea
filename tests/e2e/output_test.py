#!/usr/bin/env python3
"""What imapsync's users read and their scripts parse: statistics, folder sizes, lines about messages, log files, errors, exit codes."""

import os
import pathlib
import re
import tempfile
import unittest

import paths  # noqa: F401
from harness import Running, WholeProgramTest, login, run, side
from imap_account import Account
from scripted_server import ScriptedServer, StoredMail

PASSWORD = "pass"
LINE = re.compile(r"^(.{40}): (.*)$", re.MULTILINE)


def message(number, size=300, ident=None):
    head = b"Message-Id: <%s@output>\r\nSubject: number %d\r\n\r\n" % ((ident or str(number)).encode(), number)
    body = b"x" * 60 + b"\r\n"
    return (head + body * (1 + size // len(body)))[:size - 2] + b"\r\n"


class Statistics:
    """The block as a control panel takes it apart: labels of 40 columns, a colon, a value."""

    def __init__(self, text):
        block = text[text.index("++++ Statistics\n"):]
        self.block = block
        self.order = [label.rstrip() for label, _ in LINE.findall(block)]
        self.values = {label.rstrip(): value for label, value in LINE.findall(block)}

    def number(self, label):
        return int(re.match(r"-?\d+", self.values[label]).group())


LABELS = ["Transfer started on", "Transfer ended on", "Transfer time", "Folders synced", "Messages transferred", "Messages skipped",
          "Messages found duplicate on host1", "Messages found duplicate on host2", "Messages found crossduplicate on host2",
          "Messages void (noheader) on host1", "Messages void (noheader) on host2", "Messages found in host1 not in host2",
          "Messages found in host2 not in host1", "Messages deleted on host1", "Messages deleted on host2", "Total bytes transferred",
          "Total bytes skipped", "Message rate", "Average bandwidth rate", "Reconnections to host1", "Reconnections to host2",
          "Memory consumption at the end", "Load end is", "CPU time and %cpu", "Biggest message transferred",
          "Memory/biggest message ratio", "Start difference host2 - host1", "Final difference host2 - host1"]


class OutputTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.maildir = cls.serve(layout="maildir", separator="/", prefix="")
        cls.mdbox = cls.serve(layout="mdbox", separator=".", prefix="INBOX.")

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="imapferry-output-")
        self.addCleanup(directory.cleanup)
        self.logs = pathlib.Path(directory.name) / "logs"

    def sides(self, user, password=PASSWORD):
        return [*side(1, self.maildir), *login(1, user, password), *side(2, self.mdbox), *login(2, user, password), "--logdir", self.logs]

    def log(self):
        files = sorted(self.logs.iterdir())
        self.assertEqual(len(files), 1, files)
        return files[0].name, files[0].read_text()

    def filled(self):
        """INBOX: 5 messages, one of them twice; Archive: 3. The destination has one of them, and one of its own."""
        user = self.new_user()
        with self.open(self.maildir, user) as session:
            for number in range(5):
                session.append(("INBOX",), message(number, 300 + 100 * number))
            session.append(("INBOX",), message(0, 300))
            session.create(("Archive",))
            for number in range(10, 13):
                session.append(("Archive",), message(number, 5000))
        with self.open(self.mdbox, user) as session:
            session.append(("INBOX",), message(1, 400))
            session.append(("INBOX",), message(99, 700))
        return user

    def test_statistics_of_a_copy_and_of_a_rerun(self):
        user = self.filled()
        finished = run(*self.sides(user))
        self.assert_ended(finished, 0)
        statistics = Statistics(finished.output)
        self.assertEqual(statistics.order, LABELS)
        expected = {"Folders synced": "2/2 synced", "Messages skipped": "1", "Messages found duplicate on host1": "1",
                    "Messages found duplicate on host2": "0", "Messages found in host1 not in host2": "0 messages",
                    "Messages found in host2 not in host1": "1 messages", "Messages deleted on host1": "0",
                    "Messages deleted on host2": "0", "Total bytes transferred": "17100 (16.699 KiB)",
                    "Total bytes skipped": "400 (0.391 KiB)", "Reconnections to host1": "0", "Reconnections to host2": "0",
                    "Biggest message transferred": "5000 bytes (4.883 KiB)",
                    # 9 and 17,800 bytes against 2 and 1,100 before; then one duplicate fewer, and one of its own more.
                    "Start difference host2 - host1": "-7 messages, -16700 bytes (-16.309 KiB)",
                    "Final difference host2 - host1": "0 messages, 400 bytes (0.391 KiB)"}
        self.assertEqual({label: statistics.values[label] for label in expected}, expected, finished)
        self.assertEqual(statistics.number("Messages transferred"), 7)
        for line in ("The sync looks good, all 8 identified messages in host1 are on host2.",
                     "There is no unidentified message on host1.",
                     "The sync is not strict, there are 1 among 9 identified messages in host2 that are not on host1.",
                     "Detected 0 errors\n"):
            self.assertIn(line, statistics.block)
        self.assertRegex(statistics.block, r"\nExiting with return value 0 \(EX_OK: successful termination\) "
                                           r"0/50 nb_errors/max_errors PID \d+\n")
        again = run(*self.sides(user))
        self.assert_ended(again, 0)
        statistics = Statistics(again.output)
        self.assertEqual(statistics.number("Messages transferred"), 0)
        self.assertEqual(statistics.number("Messages skipped"), 8)
        self.assertEqual(statistics.values["Start difference host2 - host1"], statistics.values["Final difference host2 - host1"])
        self.assertIn("all 8 identified messages in host1 are on host2", again.output)

    def test_folder_sizes(self):
        user = self.filled()
        finished = run(*self.sides(user))
        before, after = finished.output[finished.output.index("Folders sizes before"):].split("Folders sizes after")
        row = re.compile(r"^Host(\d) folder +(\d+)/2 \[(.*)\] +Size: +(\d+) Messages: +(\d+) Biggest: +(\d+)$", re.MULTILINE)
        figures = {(host, name): (int(size), int(messages), int(biggest))
                   for host, _, name, size, messages, biggest in row.findall(before)}
        self.assertEqual(figures, {("1", "INBOX"): (2800, 6, 700), ("2", "INBOX"): (1100, 2, 700), ("1", "Archive"): (15000, 3, 5000),
                                   ("2", "INBOX.Archive"): (0, 0, 0)}, finished)
        figures = {(host, name): (int(size), int(messages)) for host, _, name, size, messages, _ in row.findall(after)}
        self.assertEqual(figures[("2", "INBOX.Archive")], (15000, 3))
        self.assertEqual(figures[("2", "INBOX")], (3200, 6))
        self.assertRegex(after, r"Host2 Total size: +18200 bytes \(17.773 KiB\)")
        self.assertNotIn("Folders sizes", run(*self.sides(user), "--nofoldersizes").output)
        asked = run(*self.sides(user), "--foldersizes")
        self.assertLess(asked.output.index("Folders sizes before"), asked.output.index("++++ Looping"), "asked for, they come first")
        self.assertRegex(asked.output, r"Host1 folder +1/2 \[INBOX\] +Size: +2800 Messages: +6 Biggest: +700\n")

    def test_log_file(self):
        user = self.filled()
        secret = "pass"
        running = Running([*side(1, self.maildir), "--user1", user, f"--password1={secret}", *side(2, self.mdbox), "--user2", user,
                           "--password2", secret, "--logdir", self.logs, "--var", "ticket=4711", "--noverbose"])
        finished = running.wait()
        self.assert_ended(finished, 0)
        self.assertNotIn("++++ Statistics", finished.output)
        name, text = self.log()
        self.assertRegex(name, rf"^\d{{4}}(_\d\d){{5}}_\d{{3}}_{user}_{user}\.txt$")
        self.assertIn("--password1=MASKED", text)
        self.assertIn("--password2 MASKED", text)
        self.assertNotRegex(text, r"\bpass\b")
        self.assertIn("ticket=4711", text)
        self.assertIn("++++ Statistics", text)
        self.assertEqual(os.stat(self.logs / name).st_mode & 0o077, 0)
        with Account(self.maildir.host, self.maildir.port, user, PASSWORD) as source, \
             Account(self.mdbox.host, self.mdbox.port, user, PASSWORD) as destination:
            self.check_message_lines(text, source, destination)

    def check_message_lines(self, text, source, destination):
        line = re.compile(r"^msg (\S+)/(\d+) \{(\d+)\} +copied to (\S+)/(\d+) +[\d.]+ msgs/s +[\d.]+ .iB/s [\d.]+ .iB copied "
                          r"ETA: \w+ \d\d \w+ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d .*  \d+ s  (\d+)/(\d+) msgs left$", re.MULTILINE)
        lines = line.findall(text)
        self.assertEqual(len(lines), 7, text)
        self.assertEqual(lines[-1][5:], ("0", "7"))
        for mailbox, uid, size, copied_to, copied_uid, *_ in lines:
            there = (copied_to.removeprefix("INBOX."),)
            original = self.message(source, (mailbox,), int(uid))
            self.assertEqual(original, self.message(destination, there, int(copied_uid)), (mailbox, uid, copied_to, copied_uid))
            self.assertEqual(len(original), int(size))

    @staticmethod
    def message(session, path, uid):
        mailbox = next(x for x in session.mailboxes() if x.path == path)
        return next(m.content for m in session.messages(mailbox) if m.uid == uid)

    def test_names_of_the_log(self):
        user = self.filled()
        running = Running([*side(1, self.maildir), *login(1, user), *side(2, self.mdbox), *login(2, user), "--nolog"])
        directory = pathlib.Path(running.directory.name)
        running.process.wait(30)
        self.assertFalse((directory / "LOG_imapferry").exists())
        self.assert_ended(running.wait(), 0)
        running = Running([*side(1, self.maildir), *login(1, user), *side(2, self.mdbox), *login(2, user), "--logfile", "mine.txt"])
        log = pathlib.Path(running.directory.name) / "LOG_imapferry" / "mine.txt"
        running.process.wait(30)
        self.assertIn("Detected 0 errors", log.read_text())
        self.assert_ended(running.wait(), 0)

    def test_a_log_that_cannot_be_written_stops_nothing(self):
        user = self.filled()
        self.logs.write_text("a file where the directory should be")
        finished = run(*self.sides(user))
        self.assert_ended(finished, 0)
        self.assertEqual(len(finished.lines_with("warning", "log file")), 1, finished)
        finished = run(*side(1, self.maildir), *login(1, user), *side(2, self.mdbox), *login(2, user), "--logfile", "/dev/full")
        self.assert_ended(finished, 0)
        self.assertEqual(len(finished.lines_with("warning", "/dev/full")), 1, finished)

    def test_wire_log_without_passwords(self):
        for options, hosts in ((["--debugimap"], {"Host1", "Host2"}), (["--debugimap2"], {"Host2"})):
            with self.subTest(options=options):
                user = self.filled()
                finished = run(*self.sides(user), *options, "--logfile", f"wire-{len(hosts)}.txt")
                self.assert_ended(finished, 0)
                text = (self.logs / f"wire-{len(hosts)}.txt").read_text()
                wire = re.findall(r"^(Host\d) #\d+ [<>=] (.*)$", text, re.MULTILINE)
                self.assertEqual({host for host, _ in wire}, hosts)
                self.assertTrue(any("AUTHENTICATE PLAIN MASKED" in line for _, line in wire), text)
                self.assertTrue(any(re.search(r" APPEND .*\{\d+\+?\}", line) for _, line in wire))
                self.assertTrue(any("OK" in line and "ogged in" in line for _, line in wire), "answers are there")
                # AGFu... is the beginning of a base64 of "\\0user\\0pass".
                self.assertNotRegex("\n".join(line for _, line in wire), r"\bpass\b|AHVzZXI")
                self.assertNotIn("x" * 400, text, "literals are cut")
        finished = run(*self.sides(self.filled()), "--debugimap1", "--nolog")
        self.assertRegex(finished.output, r"(?m)^Host1 #1 > ")

    def refusing(self, mails, answer, *options, batch=1):
        """Copies so many messages to a destination that refuses each with an answer."""
        user = self.new_user()
        with self.open(self.maildir, user) as session:
            for number in range(mails):
                session.append(("INBOX",), message(number))
        with ScriptedServer({"INBOX": []}) as server:
            server.faults["append"] = lambda peer, command: peer.send(f"{command.tag} {answer}\r\n")
            return run(*side(1, self.maildir), *login(1, user), *side(2, server), *login(2, "someone"), "--logdir", self.logs,
                       "--batchmessages", batch, "--lanes", 1, *options)

    def test_errors_and_their_classes(self):
        for answer, code, name in (("NO no such luck", 114, "ERR_APPEND"), ("NO it contains a virus", 119, "ERR_APPEND_VIRUS"),
                                   ("NO [TOOBIG] Maximum size of appendable message has been exceeded", 114, "ERR_APPEND_SIZE")):
            with self.subTest(answer=answer):
                finished = self.refusing(3, answer)
                self.assert_ended(finished, code)
                self.assertIn("++++ Listing 3 errors encountered during the sync", finished.output)
                self.assertRegex(finished.output, r"Err 1/3: - msg INBOX/\d+ \{300\} could not append \( Subject:\[number \d\], "
                                                  r"Size:\[300\] \) to folder INBOX: ")
                self.assertIn(f"The most frequent error is {name}.", finished.output)
                self.assertIn("Detected 3 errors", finished.output)
                self.assertRegex(finished.output, rf"Exiting with return value {code} \(EXIT_ERR_APPEND\w*\) 3/50 nb_errors/max_errors")
                self.assertIn("The sync is not finished, there are 3 among 3 identified messages in host1 that are not on host2.",
                              finished.output)
        quiet = self.refusing(2, "NO no such luck", "--noerrorsdump")
        self.assertNotIn("++++ Listing", quiet.output)

    def test_errors_max(self):
        finished = self.refusing(40, "NO no such luck", "--errorsmax", 5)
        self.assert_ended(finished, 114)
        statistics = Statistics(finished.output)
        errors = int(re.search(r"Detected (\d+) errors", statistics.block).group(1))
        # What is in flight is finished: so many batches of one message.
        self.assertGreaterEqual(errors, 5)
        self.assertLess(errors, 40)
        self.assertIn(f"{errors}/5 nb_errors/max_errors", statistics.block)
        self.assertIn("Maximum number of errors reached", finished.output)
        unlimited = self.refusing(60, "NO no such luck", "--errorsmax", 0)
        self.assertIn("Detected 60 errors", unlimited.output)

    def test_exit_when_over(self):
        user = self.new_user()
        with self.open(self.maildir, user) as session:
            for number in range(60):
                session.append(("INBOX",), message(number, 1000))
        finished = run(*self.sides(user), "--exitwhenover", 5000, "--batchmessages", 1, "--lanes", 1)
        self.assert_ended(finished, 118)
        copied = Statistics(finished.output).number("Messages transferred")
        self.assertTrue(5 <= copied < 60, copied)
        self.assertIn("EXIT_TRANSFER_EXCEEDED", finished.output)
        self.assertEqual(self.open(self.mdbox, user).select(("INBOX",)), copied)
        self.assert_ended(run(*self.sides(user)), 0)
        self.assert_equal_accounts(self.maildir, user, self.mdbox, user)

    def test_reconnections_are_counted(self):
        user = self.new_user()
        with self.open(self.mdbox, user) as session:
            session.append(("INBOX",), message(1))
        closed = []
        with ScriptedServer({"INBOX": [StoredMail(message(n)) for n in range(20)]}) as server:
            def fault(peer, command):
                if "BODY.PEEK[]" in command.arguments.upper() and len(closed) < 2:
                    closed.append(1)
                    peer.close()
                return "go on"
            server.faults["fetch"] = fault
            finished = run(*side(1, server), *login(1, "someone"), *side(2, self.mdbox), *login(2, user), "--lanes", 1)
        self.assert_ended(finished, 0)
        statistics = Statistics(finished.output)
        self.assertEqual((statistics.number("Reconnections to host1"), statistics.number("Reconnections to host2")), (2, 0), finished)
        self.assertEqual(statistics.number("Messages transferred"), 19)

    def test_a_users_file_has_logs_only_where_they_are_asked_for(self):
        users = [self.filled(), self.filled()]
        with tempfile.NamedTemporaryFile("w", suffix=".users") as file:
            file.write("".join(f"{user};{PASSWORD};{user};{PASSWORD}\n" for user in users))
            file.flush()
            options = [*side(1, self.maildir), *side(2, self.mdbox), "--usersfile", file.name]
            running = Running(options)
            running.process.wait(60)
            self.assertEqual(sorted(os.listdir(running.directory.name)), ["output"])
            finished = running.wait()
            self.assert_ended(finished, 0)
            self.assertEqual(Statistics(finished.output).number("Messages transferred"), 14)
            self.assert_ended(run(*options, "--logdir", self.logs), 0)
        names = sorted(path.name for path in self.logs.iterdir())
        self.assertEqual(sorted(re.sub(r"^[\d_]{24}", "", name) for name in names), sorted(f"{user}_{user}.txt" for user in users))
        for path in self.logs.iterdir():
            self.assertEqual(Statistics(path.read_text()).number("Messages skipped"), 8)

    def test_what_needs_no_run(self):
        self.assertRegex(run("--version").output, r"\A\d+\.\d+\.\d+\n\Z")
        tests = run("--tests")
        self.assert_ended(tests, 0)
        self.assertIn("ok 1 - ", tests.output)
        self.assertNotIn("not ok", tests.output)
        one = run("--testsunit", "DATES", "--testsunit", "uids")
        self.assert_ended(one, 0)
        self.assertEqual(re.findall("^ok .*", one.output, re.MULTILINE),
                         ["ok 1 - dates are read and written", "ok 2 - sets of UIDs are read and written"])
        for wrong in ("tests_memory_stress", ""):
            refused = run("--testsunit", "dates", "--testsunit", wrong)
            self.assert_ended(refused, 64)
            self.assertTrue(refused.lines_with(f'"{wrong}"', '"dates are read and written"'), refused)
        banner = run("--justbanner", "--password1", "secr3t")
        self.assert_ended(banner, 0)
        self.assertIn("--password1 MASKED", banner.output)
        user = self.new_user()
        self.assert_ended(run(*self.sides(user), "--justlogin"), 0)
        self.assert_ended(run(*self.sides(user), "--password1", "wrong", "--justlogin"), 161)
        environment = {"IMAPFERRY_PASSWORD1": "pass", "IMAPSYNC_PASSWORD1": "wrong", "IMAPSYNC_PASSWORD2": "pass"}
        self.assert_ended(run(*side(1, self.maildir), "--user1", user, *side(2, self.mdbox), "--user2", user, "--justlogin",
                              environment=environment), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
