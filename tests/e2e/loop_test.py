#!/usr/bin/env python3
"""The loop over a users file that comes with imapsync, as people have it in their scripts, with imapferry in its place."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import paths  # noqa: F401
import mail
from harness import PROGRAM, STATE, WholeProgramTest

LOOP = r"""#!/bin/sh
{ while IFS=';' read h1 u1 p1 h2 u2 p2 extra fake
  do
    { echo "$h1" | tr -d '\r' | grep -E '^#|^ *$'; } > /dev/null && continue
    echo "==== Starting with $u1 to $u2 ===="
    if imapsync --host1 "$h1" --user1 "$u1" --password1 "$p1" \
                --host2 "$h2" --user2 "$u2" --password2 "$p2" $extra "$@"
    then
      echo "success for $u1"
    else
      echo "$h1;$u1;...;$h2;$u2;...;exit $?" | tee -a file_failures.txt
    fi
  done
} < file.txt
"""


class LoopTest(WholeProgramTest):
    def test_the_loop_runs_unchanged(self):
        source, destination = self.serve(), self.serve(layout="mdbox", separator=".", prefix="INBOX.")
        users = [self.new_user() for _ in range(3)]
        for number, user in enumerate(users):
            with self.open(source, user) as session:
                mail.fill(session, mail.account(user, messages=5 + number, folders=(("Skip",),)))
        with tempfile.TemporaryDirectory(prefix="imapferry-loop-") as name:
            directory = pathlib.Path(name)
            (directory / "imapsync").symlink_to(os.path.abspath(PROGRAM))
            (directory / "loop.sh").write_text(LOOP)
            lines = ["# a comment", "", "   ",
                     f"{source.host};{users[0]};pass;{destination.host};{users[0]};pass;;",
                     f"{source.host};{users[1]};pass;{destination.host};{users[1]};pass;--exclude Skip --nofoldersizes;",
                     f"{source.host};{users[2]};wr0ng;{destination.host};{users[2]};pass;;"]
            (directory / "file.txt").write_text("\n".join(lines) + "\n")
            ended = subprocess.run(
                ["sh", "loop.sh", "--port1", str(source.port), "--port2", str(destination.port), "--notls1", "--notls2", "--nossl1",
                 "--nossl2"], cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                timeout=120, check=False,
                env={**os.environ, "PATH": f"{directory}:{os.environ['PATH']}", "XDG_STATE_HOME": STATE.name})
            failures = (directory / "file_failures.txt").read_text()
        self.assertEqual(ended.returncode, 0, ended.stdout)
        self.assertIn(f"success for {users[0]}\n", ended.stdout)
        self.assertIn(f"success for {users[1]}\n", ended.stdout)
        self.assertEqual(failures, f"{source.host};{users[2]};...;{destination.host};{users[2]};...;exit 161\n")
        self.assertNotIn("wr0ng", ended.stdout)
        self.assert_equal_accounts(source, users[0], destination, users[0])
        with self.open(destination, users[1]) as session:
            self.assertNotIn(("Skip",), [tuple(m.path) for m in session.mailboxes()])
        with self.open(destination, users[2]) as session:
            self.assertEqual([m for box in session.mailboxes() if box.is_selectable
                              for m in session.messages(box, contents=False)], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
