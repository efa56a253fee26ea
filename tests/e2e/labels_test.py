#!/usr/bin/env python3
"""Gmail's labels (--synclabels, --resynclabels), between throwaway servers that treat mail as Gmail does."""

import os
import random
import re
import unittest

import harness
from gmail import CAPABILITIES, Gmail
from harness import login, run, side

SYNC = ["--synclabels", "--resynclabels"]
WITHOUT_LABELS = CAPABILITIES.replace(" X-GM-EXT-1", "")
# Names that trip up quoting: blanks, quotes, brackets, modified UTF-7 ("Été", "日本"), and what looks like a literal or a command.
ODD_LABELS = ["Muy Importante", 'say "cheese"', "(round) [square] {9}", "&AMk-t&AOk-", "Work/&ZeVnLA-", "it's", "100%*", "a" * 200]


def mail(number, body="body"):
    return f"Message-ID: <{number}@labels.example>\r\nSubject: number {number}\r\n\r\n{body} {number}\r\n".encode()


class LabelsTest(harness.WholeProgramTest):
    def serve_gmail(self, **options):
        server = Gmail(**options).start()
        self.addCleanup(server.stop)
        return server

    def pair(self, **destination):
        """Two servers, and an account on each."""
        self.source_server, self.destination_server = self.serve_gmail(), self.serve_gmail(**destination)
        self.user = self.new_user()
        return self.source_server.account(self.user), self.destination_server.account(self.user)

    def carry(self, *options, servers=None):
        source, destination = servers or (self.source_server, self.destination_server)
        return run(*side(1, source), *side(2, destination), *login(1, self.user), *login(2, self.user), "--automap", *options)

    def assert_same(self, source, destination, context):
        """Messages, labels and flags of both accounts, message by message; and each once."""
        def state(account):
            return sorted((m.content, sorted(m.labels), sorted(m.flags)) for m in account.messages)
        self.assertEqual(state(destination), state(source), str(context))
        self.assertGreater(len(source.messages), 0)

    def label_commands(self, server=None):
        return [c for c in (server or self.destination_server).commands if "X-GM-LABELS" in c and c.startswith("UID STORE")]

    def test_a_first_copy_has_all_labels(self):
        source, destination = self.pair()
        for number, label in enumerate(ODD_LABELS):
            source.add(mail(number), ["\\Inbox", label])
        source.add(mail("all"), ODD_LABELS + ["\\Important", "\\Sent"], ["\\Seen", "\\Flagged"])
        source.add(mail("none"))
        source.add(mail("starred"), ["\\Starred"])
        source.add(mail("muted"), ["\\Inbox", "\\Muted"])
        finished = self.carry(*SYNC)
        self.assert_ended(finished, 0)
        self.assert_same(source, destination, finished)
        self.assertTrue(finished.lines_with("labels", "set"), str(finished))
        self.destination_server.commands.clear()
        again = self.carry(*SYNC)
        self.assert_ended(again, 0)
        self.assertEqual(self.label_commands(), [], str(again))
        self.assert_same(source, destination, again)

    def test_labels_are_set_together_and_not_message_by_message(self):
        source, destination = self.pair()
        for number in range(300):
            source.add(mail(number), ["\\Inbox", "Work"] if number % 2 else ["\\Inbox", "Play"])
        finished = self.carry("--synclabels", "--folder", "INBOX")
        self.assert_ended(finished, 0)
        self.assertEqual({label for m in destination.messages for label in m.labels}, {"\\Inbox", "Work", "Play"})
        self.assert_same(source, destination, finished)
        self.assertLessEqual(len(self.label_commands()), 2, str(self.label_commands()))

    def test_without_the_options_no_label_is_asked_for(self):
        source, destination = self.pair()
        source.add(mail(1), ["\\Inbox", "Work"])
        finished = self.carry("--folder", "INBOX")
        self.assert_ended(finished, 0)
        self.assertEqual(destination.labels_of(mail(1)), {"\\Inbox"})
        self.assertEqual([c for s in (self.source_server, self.destination_server) for c in s.commands if "X-GM" in c], [])

    def test_changed_labels_follow(self):
        for state in ([], ["--nostate"]):
            with self.subTest(state=state):
                source, destination = self.pair()
                for number in range(6):
                    source.add(mail(number), ["\\Inbox", "Work"])
                self.assert_ended(self.carry(*SYNC, *state), 0)
                messages = source.messages
                source.give(messages[0], "New one")
                source.take(messages[1], "Work")
                source.take(messages[2], "\\Inbox")
                source.give(messages[3], "\\Important")
                destination.give(destination.messages[4], "Of the user")
                source.add(mail("late"), ["Work"])
                finished = self.carry(*SYNC, *state)
                self.assert_ended(finished, 0)
                self.assert_same(source, destination, finished)

    def test_a_label_that_changes_the_state_of_no_mailbox_follows_too(self):
        source, destination = self.pair()
        source.add(mail(1), ["\\Inbox"])
        source.add(mail(2), ["\\Inbox", "\\Muted"])
        self.assert_ended(self.carry(*SYNC), 0)
        source.give(source.messages[0], "\\Muted")
        source.take(source.messages[1], "\\Muted")
        finished = self.carry(*SYNC)
        self.assert_ended(finished, 0)
        self.assert_same(source, destination, finished)

    def test_synclabels_alone_leaves_what_is_there(self):
        source, destination = self.pair()
        source.add(mail(1), ["\\Inbox", "Work"])
        self.assert_ended(self.carry("--synclabels"), 0)
        source.give(source.messages[0], "New")
        destination.give(destination.messages[0], "Mine")
        self.assert_ended(self.carry("--synclabels", "--folder", "INBOX"), 0)
        self.assertEqual(destination.labels_of(mail(1)), {"\\Inbox", "Work", "Mine"})

    def test_a_copy_that_becomes_one_with_a_message_there_loses_no_label(self):
        source, destination = self.pair()
        source.add(mail(1), ["\\Inbox", "Work"])
        destination.add(mail(1), ["Mine"])
        self.assert_ended(self.carry("--synclabels", "--folder", "INBOX"), 0)
        self.assertEqual(destination.labels_of(mail(1)), {"\\Inbox", "Work", "Mine"})
        self.assertEqual(len(destination.messages), 1)

    def test_stars_and_drafts_go_with_their_flags(self):
        source, destination = self.pair()
        source.add(mail(1), ["\\Inbox", "\\Draft", "Work"], ["\\Flagged", "\\Draft"])
        source.add(mail(2), ["\\Inbox"])
        destination.add(mail(2), ["\\Inbox", "\\Starred"])
        finished = self.carry(*SYNC)
        self.assert_ended(finished, 0)
        self.assertEqual([c for c in self.label_commands() if re.search("Starred|Draft", c)], [])
        self.assert_same(source, destination, finished)

    def test_a_dry_run_changes_nothing_and_counts(self):
        source, destination = self.pair()
        source.add(mail(1), ["\\Inbox", "Work"])
        source.add(mail(2), ["\\Inbox"])
        self.assert_ended(self.carry(*SYNC), 0)
        source.give(source.messages[0], "New")
        source.add(mail(3), ["\\Inbox", "New"])
        before = [(m.content, set(m.labels)) for m in destination.messages]
        self.destination_server.commands.clear()
        finished = self.carry(*SYNC, "--dry", "--folder", "INBOX")
        self.assert_ended(finished, 0)
        self.assertEqual([(m.content, set(m.labels)) for m in destination.messages], before)
        self.assertEqual([c for c in self.destination_server.commands if re.match("UID STORE|APPEND|CREATE", c)], [])
        self.assertTrue(finished.lines_with("labels", "of 1 message would be set"), str(finished))

    def test_a_server_without_labels_is_named_before_anything_is_changed(self):
        for number, name in ((1, "source"), (2, "destination")):
            with self.subTest(side=name):
                with_labels, without = self.serve_gmail(), self.serve_gmail(capabilities=WITHOUT_LABELS)
                servers = (without, with_labels) if number == 1 else (with_labels, without)
                self.user = self.new_user()
                servers[0].account(self.user).add(mail(1), ["\\Inbox", "Work"])
                for option in ("--synclabels", "--resynclabels"):
                    finished = self.carry(option, servers=servers)
                    self.assert_ended(finished, 64)
                    self.assertTrue(finished.lines_with(option, f"{without.host}:{without.port}", "X-GM-EXT-1"), str(finished))
                    self.assertEqual(servers[1].account(self.user).messages, [])

    def test_the_presets_bring_labels_and_do_without_where_there_are_none(self):
        source, destination = self.pair()
        source.add(mail(1), ["\\Inbox", "Work"])
        source.add(mail(2), ["Work", "Muy Importante"])
        # The presets would have us slow.
        presets = ["--gmail1", "--gmail2", "--maxbytespersecond", "0"]
        finished = self.carry(*presets)
        self.assert_ended(finished, 0)
        self.assert_same(source, destination, finished)
        source.give(source.messages[0], "Later")
        source.take(source.messages[1], "Muy Importante")
        finished = self.carry(*presets)
        self.assert_ended(finished, 0)
        self.assert_same(source, destination, finished)
        poor = self.serve_gmail(capabilities=WITHOUT_LABELS)
        finished = self.carry(*presets, servers=(self.source_server, poor))
        self.assert_ended(finished, 0)
        self.assertTrue(finished.lines_with("warning: destination", "X-GM-EXT-1"), str(finished))
        self.assertEqual(poor.account(self.user).labels_of(mail(1)), {"\\Inbox", "Work", "Later"})
        self.source_server.commands.clear()
        self.assert_ended(self.carry(*presets, "--nosynclabels", "--noresynclabels"), 0)
        self.assertEqual([c for c in self.source_server.commands if "X-GM" in c], [])

    def test_a_refused_label_is_named_and_the_others_are_set(self):
        source, destination = self.pair(refused_labels=["Impossible"])
        source.add(mail(1), ["\\Inbox", "Impossible", "Work"])
        source.add(mail(2), ["\\Inbox", "Impossible"])
        source.add(mail(3), ["\\Inbox", "Work"])
        for attempt in ("first", "again"):
            finished = self.carry(*SYNC, "--folder", "INBOX")
            self.assertEqual(finished.code, 120, f"{attempt}: {finished}")   # that of flags: imapsync has none for labels
            self.assertTrue(finished.lines_with("destination", '"Impossible" of 2 messages', "Invalid label"), str(finished))
            self.assertEqual([destination.labels_of(mail(n)) for n in (1, 2, 3)], [{"\\Inbox", "Work"}, {"\\Inbox"}, {"\\Inbox", "Work"}])

    def test_a_label_that_could_become_a_command_is_not_sent(self):
        source, destination = self.pair()
        message = source.add(mail(1), ["\\Inbox", "Work"])
        # It comes as a literal, which may hold anything, and LIST does not show it.
        message.labels.add('"x\r\nA1 DELETE INBOX')
        finished = self.carry(*SYNC, "--folder", "INBOX")
        self.assert_ended(finished, 120)
        self.assertTrue(finished.lines_with("of 1 message:", "no command can carry"), str(finished))
        self.assertEqual(destination.labels_of(mail(1)), {"\\Inbox", "Work"})
        self.assertEqual([c for c in self.destination_server.commands if "DELETE" in c], [])

    def test_a_run_that_is_cut_between_copy_and_labels_is_healed_by_the_next(self):
        for state in ([], ["--nostate"]):
            with self.subTest(state=state):
                source, destination = self.pair()
                for number in range(20):
                    source.add(mail(number), ["\\Inbox", "Work"])
                self.destination_server.before["UID STORE"] = lambda session, text: session.close()
                cut = self.carry(*SYNC, *state, "--folder", "INBOX", "--reconnectretry2", "1")
                self.assertNotEqual(cut.code, 0, str(cut))
                self.assertEqual({frozenset(m.labels) for m in destination.messages}, {frozenset({"\\Inbox"})}, str(cut))
                self.destination_server.before.clear()
                finished = self.carry(*SYNC, *state, "--folder", "INBOX")
                self.assert_ended(finished, 0)
                self.assert_same(source, destination, finished)

    def test_a_lost_connection_costs_no_label(self):
        source, destination = self.pair()
        for number in range(20):
            source.add(mail(number), ["\\Inbox", "Work", f"label {number % 3}"])
        cuts = []

        def cut_twice(session, text):
            cuts.append(text)
            if len(cuts) <= 2:
                session.close()
        self.destination_server.before["UID STORE"] = cut_twice
        finished = self.carry("--synclabels", "--folder", "INBOX")
        self.assert_ended(finished, 0)
        self.assertGreater(len(cuts), 2)
        self.assert_same(source, destination, finished)

    def test_copies_are_found_where_the_destination_does_not_tell_their_uids(self):
        source, destination = self.pair(capabilities=CAPABILITIES.replace(" UIDPLUS", ""), tells_uids=False)
        destination.add(mail("other"), ["\\Inbox", "Mine"])
        for number in range(20):
            source.add(mail(number), ["\\Inbox", f"label {number % 3}"])
        finished = self.carry("--synclabels", "--folder", "INBOX")
        self.assert_ended(finished, 0)
        self.assertEqual(destination.labels_of(mail("other")), {"\\Inbox", "Mine"})
        for message in source.messages:
            self.assertEqual(destination.labels_of(message.content), message.labels)

    def test_labels_go_where_their_folders_go(self):
        source, destination = self.pair()
        source.add(mail(1), ["\\Inbox", "Old", "Kept", "Gone"])
        source.mailboxes.pop("Gone")   # hidden from IMAP in Gmail's settings
        rules = ["--f1f2", "Old=New/&AMk-t&AOk-", "--exclude", "All Mail"]
        for run_number in (1, 2):
            finished = self.carry(*SYNC, *rules)
            self.assert_ended(finished, 0)
            self.assertEqual(destination.labels_of(mail(1)), {"\\Inbox", "New/&AMk-t&AOk-", "Kept", "Gone"}, str(finished))

    def test_many_folders_on_several_lanes_with_and_without_what_is_remembered(self):
        seed = int(os.environ.get("IMAPFERRY_TEST_SEED") or random.randrange(10**9))
        print(f"seed {seed}", flush=True)
        rng = random.Random(seed)
        labels = [f"folder {n}" for n in range(30)] + ["\\Inbox", "\\Important"]

        def change(account):
            for message in rng.sample(account.messages, 30):
                label = rng.choice(labels)
                (account.take if label in message.labels else account.give)(message, label)
                account.set_flags(message, message.flags ^ {rng.choice(["\\Seen", "\\Flagged"])})
        for state in ([], ["--nostate"]):
            with self.subTest(state=state, seed=seed):
                source, destination = self.pair(labels_change_mod_seq=bool(rng.randrange(2)))
                for number in range(300):
                    source.add(mail(number), rng.sample(labels, rng.randrange(5)))
                for round_number in range(4):
                    finished = self.carry(*SYNC, *state, "--lanes", "4")
                    self.assert_ended(finished, 0)
                    self.assert_same(source, destination, f"round {round_number}, seed {seed}: {finished}")
                    sessions = sum(c.startswith("AUTHENTICATE") for c in self.destination_server.commands)
                    self.assertGreater(sessions, round_number + 1, "one lane did it all")
                    change(source)
                    change(destination)
                    source.add(mail(f"new {round_number}"), rng.sample(labels, 3))

    def test_a_branch_and_back_again(self):
        source, destination = self.pair()
        source.add(mail(1), ["\\Inbox", "Work", "\\Important"], ["\\Flagged"])
        source.add(mail(2), ["Work", "Muy Importante"])
        destination.add(mail("mine"), ["\\Inbox", "Mine"])
        destination.add(mail(2), ["Mine", "\\Important"])
        options = [*SYNC, "--exclude", r"\[Gmail\]"]
        for run_number in (1, 2):
            finished = self.carry(*options, "--subfolder2", "Archive/Bob")
            self.assert_ended(finished, 0)
            self.assertEqual(destination.labels_of(mail(1)), {"Archive/Bob/INBOX", "Archive/Bob/Work", "\\Starred"}, str(finished))
            self.assertEqual(destination.labels_of(mail(2)), {"Archive/Bob/Work", "Archive/Bob/Muy Importante", "Mine", "\\Important"})
            self.assertEqual(destination.labels_of(mail("mine")), {"\\Inbox", "Mine"})
        restored = self.serve_gmail()
        finished = self.carry(*options, "--subfolder1", "Archive/Bob", servers=(self.destination_server, restored))
        self.assert_ended(finished, 0)
        self.assertEqual(restored.account(self.user).labels_of(mail(1)), {"\\Inbox", "Work", "\\Starred"}, str(finished))
        self.assertEqual(restored.account(self.user).labels_of(mail(2)), {"Work", "Muy Importante"})
        self.assertIsNone(restored.account(self.user).labels_of(mail("mine")))

    def test_a_server_that_refuses_to_tell_labels_costs_no_message(self):
        source, destination = self.pair()
        source.add(mail(1), ["\\Inbox", "Work"])

        def refuse(session, text):
            if "X-GM-LABELS" in text:
                session.server.capabilities = WITHOUT_LABELS
        self.source_server.before["UID FETCH"] = refuse
        finished = self.carry(*SYNC, "--folder", "INBOX")
        self.assertNotEqual(finished.code, 0, str(finished))
        self.assertTrue(finished.lines_with("source: labels"), str(finished))
        self.assertEqual(destination.labels_of(mail(1)), {"\\Inbox"})


if __name__ == "__main__":
    unittest.main()
