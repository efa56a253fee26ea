#!/usr/bin/env python3
"""Reports by mail at the end of an account: what stands in them, and that they leave later runs what they were."""

import email
import email.policy
import pathlib
import re
import tempfile
import unittest

import paths  # noqa: F401
from harness import WholeProgramTest, login, run, side
from scripted_server import ScriptedServer, StoredMail

INBOX = ("INBOX",)
PASSWORD = "never-in-a-mail"


def message(name):
    return f"Message-Id: <{name}@reports>\r\nSubject: {name}\r\n\r\n{name}\r\n".encode()


class ReportsTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.source = cls.serve()
        cls.destination = cls.serve(layout="mdbox")

    def filled(self, count=3, user=None):
        user = user or self.new_user()
        with self.open(self.source, user) as session:
            for n in range(count):
                session.append(INBOX, message(f"m{n}"))
        return user

    def migrate(self, user, *options, code=0):
        finished = run(*side(1, self.source), *login(1, user), *side(2, self.destination), *login(2, user), *options)
        self.assert_ended(finished, code)
        return finished

    def inbox(self, server, user):
        with self.open(server, user) as session:
            box = next(box for box in session.mailboxes() if box.path == INBOX)
            return [email.message_from_bytes(one.content, policy=email.policy.default) for one in session.messages(box)]

    def reports(self, server, user):
        return [one for one in self.inbox(server, user) if str(one["Subject"]).startswith("imapferry:")]

    def transferred(self, finished):
        return int(re.search(r"Messages transferred +: (\d+) *\n", finished.output).group(1))

    def test_what_it_says(self):
        user = self.filled()
        finished = self.migrate(user, "--emailreport2", "--emailreportfrom", "post@example.org")
        self.assertIn("Host2: the final report is in INBOX", finished.output)
        self.assertEqual(self.reports(self.source, user), [])
        report, = self.reports(self.destination, user)
        self.assertEqual(report.defects, [])
        self.assertEqual((report["From"], report["To"]), ("post@example.org", f"{user}:;"))
        self.assertEqual(report["Subject"], f"imapferry: {user} on {self.source.host} to {user} on {self.destination.host}")
        self.assertIsNotNone(report["Date"].datetime)
        self.assertEqual((report.get_content_type(), report.get_content_charset()), ("text/plain", "utf-8"))
        body = report.get_content()
        self.assertIn("was copied to", body)
        # As the run itself has told it.
        for line in re.findall(r"^(?:Messages|Folders|The sync) .*$", finished.output.split("++++ Statistics")[1], re.MULTILINE):
            self.assertIn(line + "\n", body.replace("\r\n", "\n"))
        self.assertNotIn("not all of it", body)

    def test_the_owner_and_the_errors_are_named_and_no_password(self):
        small = self.serve(users={"jörg@example.org": PASSWORD, "ann@example.org": PASSWORD}, max_mail_size="10k")
        source = self.serve(users={"jörg@example.org": PASSWORD, "ann@example.org": PASSWORD})
        for user, to in (("ann@example.org", "ann@example.org"), ("jörg@example.org", "jörg@example.org:;")):
            with self.open(source, user, PASSWORD) as session:
                session.append(INBOX, message("small"))
                session.append(INBOX, message("large") + b"x" * 20000)
            finished = run(*side(1, source), *login(1, user, PASSWORD), *side(2, small), *login(2, user, PASSWORD), "--emailreport2")
            self.assert_ended(finished, 114)
            with self.open(small, user, PASSWORD) as session:
                box = next(box for box in session.mailboxes() if box.path == INBOX)
                raw = [one.content for one in session.messages(box)][-1]
            report = email.message_from_bytes(raw, policy=email.policy.default)
            self.assertEqual(str(report["To"]).replace('"', ""), to)
            self.assertIn(user, str(report["Subject"]))
            self.assertNotIn(PASSWORD.encode(), raw)
            body = report.get_content()
            self.assertIn("not all of it", body)
            self.assertRegex(body, r"What went wrong:\r?\n- msg INBOX/2 .*Subject:\[large\]")

    def test_on_both_sides_later_runs_have_nothing_to_do(self):
        for state in ([], ["--nostate"]):
            with self.subTest(state=state):
                user = self.filled()
                self.migrate(user, *state, "--emailreport1", "--emailreport2")
                finished = self.migrate(user, *state)
                self.assertEqual(self.transferred(finished), 0)
                self.assertIn("The sync is strict", finished.output)
                self.assert_equal_accounts(self.source, user, self.destination, user)
                # A report is nothing that --delete2 takes away, and two are not taken for one.
                self.migrate(user, *state, "--emailreport1", "--emailreport2")
                self.assertEqual(self.transferred(self.migrate(user, *state, "--delete2")), 0)
                self.assertEqual((len(self.reports(self.source, user)), len(self.reports(self.destination, user))), (2, 2))
                self.assert_equal_accounts(self.source, user, self.destination, user)

    def test_on_the_destination_it_neither_hides_nor_doubles_anything(self):
        for state in ([], ["--nostate"]):
            with self.subTest(state=state):
                user = self.filled()
                for n in range(2):
                    finished = self.migrate(user, *state, "--emailreport2")
                    self.assertEqual(self.transferred(finished), 0 if n else 3)
                with self.open(self.source, user) as session:
                    session.append(INBOX, message("later"))
                self.assertEqual(self.transferred(self.migrate(user, *state)), 1)
                self.assertEqual(self.transferred(self.migrate(user, *state)), 0)
                names = [str(one["Subject"]) for one in self.inbox(self.destination, user)]
                self.assertEqual(sorted(name for name in names if not name.startswith("imapferry:")), ["later", "m0", "m1", "m2"])
                self.assertEqual(len(names), 6)

    def test_on_the_source_it_is_a_message_like_any_other(self):
        user = self.filled()
        self.migrate(user, "--emailreport1")
        self.assertEqual(self.reports(self.destination, user), [])
        self.assertEqual(self.transferred(self.migrate(user)), 1)
        self.assertEqual(self.transferred(self.migrate(user)), 0)
        self.assert_equal_accounts(self.source, user, self.destination, user)

    def test_runs_that_copy_nothing_or_fail_put_none(self):
        user = self.filled()
        both = ("--emailreport1", "--emailreport2")
        for options in (["--dry"], ["--justfolders"], ["--justlogin"]):
            self.migrate(user, *both, *options)
        failed = run(*side(1, self.source), *login(1, user), *side(2, self.destination), *login(2, user, "wrong"), *both)
        self.assert_ended(failed, 162)
        self.assertEqual((len(self.inbox(self.source, user)), self.inbox(self.destination, user)), (3, []))

    def test_one_that_is_not_taken_is_an_error(self):
        answers = {"NO": "NO no reports here", "BAD": "BAD [OVERQUOTA] full", "closed": None}
        for name, answer in answers.items():
            with self.subTest(answer=name), ScriptedServer({"INBOX": []}) as destination, \
                 ScriptedServer({"INBOX": [StoredMail(message("m"))]}) as source, tempfile.TemporaryDirectory() as directory:
                def append(peer, command, answer=answer):
                    if "imapferry:" not in command.arguments:
                        return "go on"
                    if answer is None:
                        peer.close()
                    peer.line(f"{command.tag} {answer}")
                    return None
                destination.faults["append"] = append
                finished = run(*side(1, source), *login(1, "ann", PASSWORD), *side(2, destination), *login(2, "ann", PASSWORD),
                               "--emailreport2", "--nostate", "--logfile", f"{directory}/log")
                self.assert_ended(finished, 113 if name == "BAD" else 114)
                self.assertTrue(finished.lines_with("the report was not put into INBOX"), finished)
                self.assertIn("1 report not put into its mailbox", finished.output)
                log = pathlib.Path(directory, "log").read_text()
                self.assertRegex(log, r"Err 1/1: Host2: could not append the final report to folder \[INBOX\]")
                self.assertIn("Detected 1 errors\n", log)
                self.assertEqual(sum("imapferry:" in arguments for _, arguments in destination.commands), 1)
                self.assertEqual(self.transferred(finished), 1)

    def test_every_account_of_a_users_file_has_its_own(self):
        users = [self.filled(n + 1) for n in range(3)]
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "users.csv")
            path.write_text("".join(f"{user};pass;{user};pass\n" for user in users))
            finished = run(*side(1, self.source), *side(2, self.destination), "--usersfile", path, "--emailreport2", "--verbose",
                           "--logdir", f"{directory}/logs")
            self.assert_ended(finished, 0)
            logs = [log.read_text() for log in pathlib.Path(directory, "logs").iterdir()]
        self.assertEqual([log.count("++++ Statistics") for log in logs], [1, 1, 1])
        self.assertEqual([log.count("Host2: the final report is in INBOX") for log in logs], [1, 1, 1])
        for n, user in enumerate(users):
            self.assertTrue(finished.lines_with(f"[{user}] Host2: the final report is in INBOX"), finished)
            report, = self.reports(self.destination, user)
            self.assertRegex(report.get_content(), rf"Messages transferred +: {n + 1} *\r?\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
