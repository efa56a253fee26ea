#!/usr/bin/env python3
"""Which folder goes where, which are created and which are deleted: between two Dovecots that differ in separator and prefix."""

import os
import pathlib
import re
import tempfile
import unittest

import paths  # noqa: F401
from dovecot import ACCESS_LISTS
from harness import WholeProgramTest, login, run, side, snapshot
from imap_account import encode_name

# Each server knows one mailbox's purpose by itself.
SPECIAL = """
namespace inbox {
  mailbox %s {
    special_use = \\Sent
  }
}
"""


def letter(number):
    return b"Message-Id: <%d@folders>\r\nSubject: %d\r\n\r\nbody\r\n" % (number, number)


class FoldersTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.slash = cls.serve(layout="mdbox", separator="/", prefix="", extra=SPECIAL % "Отправленные" + ACCESS_LISTS)
        cls.dot = cls.serve(layout="mdbox", separator=".", prefix="INBOX.", extra=SPECIAL % "Sent" + ACCESS_LISTS)

    def setUp(self):
        self.user = self.new_user()
        self.source = self.open(self.slash, self.user)
        self.destination = self.open(self.dot, self.user)

    def fill(self, session, folders):
        """`folders` maps paths (with "/" between levels) to numbers of messages."""
        for folder, numbers in folders.items():
            path = tuple(folder.split("/"))
            if path != ("INBOX",):
                session.create(path)
            for number in numbers:
                session.append(path, letter(number))

    def numbers(self, session):
        """What an account holds: {path with "/": numbers of messages}."""
        found = {}
        for mailbox in session.mailboxes():
            if mailbox.is_selectable:
                found["/".join(mailbox.path)] = sorted(int(m.content.split(b"<")[1].split(b"@")[0]) for m in session.messages(mailbox))
        return found

    def migrate(self, *options, code=0):
        finished = run(*side(1, self.slash), *login(1, self.user), *side(2, self.dot), *login(2, self.user), *options)
        self.assert_ended(finished, code)
        return finished

    def check(self, expected, *options, code=0, again=True):
        """After a run, and after another one, the destination holds just that."""
        for _ in range(2 if again else 1):
            finished = self.migrate(*options, code=code)
            self.assertEqual(self.numbers(self.open(self.dot, self.user)), expected, str(finished))
        return finished

    def test_prefix_and_separator_that_are_given(self):
        self.fill(self.source, {"Проект/план.б": [1], "mail/a/b": [2]})
        self.check({"INBOX": [], "Проект/план_б": [1], "a/b": [2]}, "--prefix1", "mail/", "--exclude", "^mail$")
        other = self.new_user()
        finished = run(*side(1, self.slash), *login(1, self.user), *side(2, self.dot), *login(2, other), "--prefix2", "INBOX.Старое.",
                       "--sep2", ".", "--nofixslash2")
        # This server has no place for a "/" in a name.
        self.assert_ended(finished, 116)
        self.assertTrue(finished.lines_with("INBOX.Старое.Проект.план/б", "CREATE was refused"), str(finished))
        self.assertEqual(self.numbers(self.open(self.dot, other)), {"INBOX": [], "Старое/Проект": [], "Старое/mail/a/b": [2]})

    def test_subfolder1(self):
        self.fill(self.source, {"INBOX": [1], "Старое": [2], "Старое/INBOX": [3], "Старое/Работа/2019": [4], "Старое2": [5]})
        for name in ("Старое", "&BCEEQgQwBEAEPgQ1-"):
            self.check({"INBOX": [2, 3], "Работа/2019": [4]}, "--subfolder1", name, "--automap")

    def test_subfolder1_that_is_not_there(self):
        self.fill(self.source, {"INBOX": [1]})
        finished = self.migrate("--subfolder1", "Nothing", code=21)
        self.assertTrue(finished.lines_with("--subfolder1", "no such mailbox"), str(finished))

    def test_subfolder2(self):
        self.fill(self.source, {"INBOX": [1], "Работа/2019": [2]})
        self.check({"INBOX": [], "Архив & Co/INBOX": [1], "Архив & Co/Работа/2019": [2]}, "--subfolder2", "INBOX.Архив & Co.")

    def test_f1f2_and_several_folders_into_one(self):
        self.fill(self.source, {"INBOX": [1], "a": [2, 3], "b": [3, 4], "c": [5], "Ж": [6]})
        expected = {"INBOX": [1], "Все": [2, 3, 4], "c": [5, 6]}
        self.check(expected, "--f1f2", "a=INBOX.Все", "--f1f2h", "b=INBOX.&BBIEQQQ1-", "--f1f2", "&BBY-=INBOX.c", "--lanes", "4")
        self.check(expected, "--f1f2", "a=INBOX.Все", "--f1f2", "b=INBOX.Все", "--f1f2", "Ж=INBOX.c", "--nostate")

    def test_many_folders_into_one_by_several_lanes(self):
        # Each shares messages with the next: whichever comes first, each message is there once.
        self.fill(self.source, {f"f{i}": range(3 * i, 3 * i + 5) for i in range(24)})
        options = ["--regextrans2", "s/f[0-9]+$/Все/", "--lanes", "4"]
        self.check({"INBOX": [], "Все": list(range(74))}, *options)
        self.source.append(("f7",), letter(500))
        self.check({"INBOX": [], "Все": [*range(74), 500]}, *options, "--nostate")

    def test_automap(self):
        self.fill(self.source, {"INBOX": [1], "Отправленные": [2], "Отправленные/2019": [3], "SPAM": [4], "Черновики": [5],
                                "Other/Sent": [6]})
        self.fill(self.destination, {"Sent": [], "Junk E-mail": []})
        table = self.migrate("--automap", "--justautomap")
        self.assertTrue(table.lines_with("Отправленные/2019 -> INBOX.Sent.2019"), str(table))
        self.assertEqual(self.numbers(self.destination), {"INBOX": [], "Sent": [], "Junk E-mail": []})
        self.check({"INBOX": [1], "Sent": [2], "Sent/2019": [3], "Junk E-mail": [4], "Черновики": [5], "Other/Sent": [6]}, "--automap")

    def test_automap_tells_what_a_new_folder_is_for(self):
        with tempfile.TemporaryDirectory(prefix="imapferry-commands-") as folder:
            os.chmod(folder, 0o777)
            # Dovecot writes down what each session sends. It keeps no purposes itself, but takes them.
            there = self.serve(layout="mdbox", capability="+CREATE-SPECIAL-USE",
                               extra=f"protocol imap {{\n  rawlog_dir = {folder}\n}}")
            self.fill(self.source, {"Отправленные": [1], "Черновики": [2], "x": [3]})
            finished = run(*side(1, self.slash), *login(1, self.user), *side(2, there), *login(2, self.user), "--automap")
            self.assert_ended(finished, 0)
            sent = b"".join(path.read_bytes() for path in pathlib.Path(folder).glob("*.in"))
        creations = sorted(re.findall(rb'CREATE "?([^" ]*)"?( [^\r]*)?\r', sent))
        self.assertEqual(creations, sorted([(encode_name("Отправленные").encode(), b" (USE (\\Sent))"),
                                            (encode_name("Черновики").encode(), b" (USE (\\Drafts))"), (b"x", b"")]))

    def test_automap_flat(self):
        self.fill(self.source, {"Отправленные": [2], "Отправленные/2019": [3]})
        self.fill(self.destination, {"Sent": []})
        self.check({"INBOX": [], "Sent": [2], "Отправленные/2019": [3]}, "--automap", "--automapflat", again=False)

    def test_regextrans2(self):
        self.fill(self.source, {"INBOX": [1], "Проект": [2], "a": [3], "b": [4]})
        self.check({"INBOX": [1], "Старое/Project": [2], "Старое/Both": [3, 4]},
                   "--regextrans2", "s/Проект/Project/", "--regextrans2", "s,^${h2_prefix}(.*),${h2_prefix}Старое${h2_sep}$1,",
                   "--regextrans2", "s/[ab]$/Both/")
        finished = self.migrate("--regextrans2", "s/(/x/", code=64)
        self.assertTrue(finished.lines_with("--regextrans2"), str(finished))

    def test_skipemptyfolders(self):
        self.fill(self.source, {"empty": [], "empty/full": [1], "there": []})
        self.fill(self.destination, {"there": []})
        self.check({"INBOX": [], "empty/full": [1], "there": []}, "--skipemptyfolders")

    def test_nomixfolders(self):
        self.fill(self.source, {"Письма": [1], "same": [2]})
        self.fill(self.destination, {"ПИСЬМА": [], "same": []})
        finished = self.migrate("--nomixfolders", code=116)
        self.assertTrue(finished.lines_with("Письма", "--nomixfolders"), str(finished))
        self.assertEqual(self.numbers(self.destination), {"INBOX": [], "ПИСЬМА": [], "same": [2]})
        self.check({"INBOX": [], "ПИСЬМА": [], "Письма": [1], "same": [2]})

    def test_subscriptions(self):
        self.fill(self.source, {"INBOX": [1], "Подписан": [2], "not": [3]})
        self.source.subscribe(("Подписан",))
        self.check({"INBOX": [], "Подписан": [2]}, "--subscribed")
        self.assertEqual(self.destination.subscriptions(), {("Подписан",)})
        self.migrate("--subscribeall")
        self.assertEqual(self.destination.subscriptions(), {("Подписан",), ("INBOX",), ("not",)})

    def test_just_folder_lists(self):
        self.fill(self.source, {"Письма": [1]})
        self.fill(self.destination, {"There": []})
        finished = self.migrate("--justfolderlists")
        self.assertTrue(finished.lines_with("  Письма"), str(finished))
        self.assertTrue(finished.lines_with("  INBOX.There"), str(finished))
        self.assertEqual(self.numbers(self.destination), {"INBOX": [], "There": []})

    def test_delete2folders(self):
        self.fill(self.source, {"INBOX": [1], "a": [2], "a/b": [3]})
        self.fill(self.destination, {"a": [], "old": [4], "old/Ж": [5], "old/Ж/deep": [6], "a/x": [7], "Sent": [8], "INBOX/x": [9]})
        self.destination.subscribe(("old", "Ж"))
        before = self.numbers(self.destination)
        dry = self.migrate("--delete2folders", "--dry")
        self.assertEqual(self.numbers(self.destination), before, str(dry))
        self.assertTrue(dry.lines_with("would delete INBOX.old.Ж.deep"), str(dry))
        # Limited runs.
        self.migrate("--delete2folders", "--folder", "INBOX", "--dry")
        self.migrate("--delete2folders", "--folder", "INBOX")
        self.assertEqual(self.numbers(self.destination), {**before, "INBOX": [1]})
        self.migrate("--delete2foldersonly", "/Ж$|x$/", "--delete2foldersbutnot", "m{a[.]x}")
        self.assertEqual(set(self.numbers(self.destination)), set(before) - {"INBOX/x"} | {"a/b"})
        self.migrate("--delete2folders")
        self.assertEqual(self.numbers(self.destination), {"INBOX": [1], "a": [2], "a/b": [3], "Sent": [8]})
        self.assertEqual(self.destination.subscriptions(), set())

    def test_delete1emptyfolders(self):
        self.fill(self.source, {"INBOX": [], "empty": [], "empty/inner": [], "Пусто": [], "parent": [], "parent/full": [1]})
        self.source.subscribe(("Пусто",))
        before = snapshot(self.source)
        dry = self.migrate("--delete1emptyfolders", "--dry")
        self.assertTrue(dry.lines_with("would delete Пусто"), str(dry))
        self.assertEqual(snapshot(self.source), before)
        self.migrate("--delete1emptyfolders")
        self.assertEqual(self.numbers(self.source), {"INBOX": [], "parent": [], "parent/full": [1]})
        self.assertEqual(self.source.subscriptions(), set())
        self.assertEqual(set(self.numbers(self.destination)), {"INBOX", "empty", "empty/inner", "Пусто", "parent", "parent/full"})

    def test_access_rights(self):
        self.fill(self.source, {"Общее": [1], "own": [2]})
        self.source.command("SETACL", '"&BB4EMQRJBDUENQ-"', "bob", "lrs")
        self.source.command("SETACL", '"&BB4EMQRJBDUENQ-"', "anyone", "l")
        self.fill(self.destination, {"Общее": []})
        self.destination.command("SETACL", '"INBOX.&BB4EMQRJBDUENQ-"', "eve", "lr")
        self.migrate("--syncacls")
        self.migrate("--syncacls")
        told = b" ".join(self.destination.imap.getacl('"INBOX.&BB4EMQRJBDUENQ-"')[1])
        words = told.replace(b'"', b"").split()
        rights = {words[i]: set(words[i + 1]) for i in range(len(words) - 1)}
        self.assertEqual(rights.get(b"bob"), set(b"lrs"), told)
        self.assertEqual(rights.get(b"anyone"), set(b"l"), told)
        self.assertNotIn(b"eve", words)
        self.assertEqual(self.numbers(self.destination), {"INBOX": [], "Общее": [1], "own": [2]})

    def test_access_rights_that_a_server_does_not_have(self):
        plain = self.serve(layout="maildir")
        self.fill(self.source, {"a": [1]})
        finished = run(*side(1, self.slash), *login(1, self.user), *side(2, plain), *login(2, self.user), "--syncacls")
        self.assert_ended(finished, 0)
        self.assertTrue(finished.lines_with("--syncacls", "no access control lists"), str(finished))

    def test_first_and_last(self):
        self.fill(self.source, {"INBOX": [1], "a": [2], "b": [3], "c": [4]})
        finished = self.migrate("--folderfirst", "c", "--folderlast", "INBOX", "--lanes", "1", "--progress", "plain")
        done = [line.split(":")[0].split(" -> ")[0] for line in finished.output.splitlines() if ": 1 copied" in line]
        self.assertEqual((len(done), done[0], done[-1]), (4, "c", "INBOX"), str(finished))


if __name__ == "__main__":
    unittest.main(verbosity=2)
