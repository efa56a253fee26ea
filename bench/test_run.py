#!/usr/bin/env python3
"""A small race with every tool that is here: test_run.py BUILD_DIRECTORY [IMAPFERRY]

What is asserted is that figures appear for complete copies only. Nothing is asserted about speed.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

RUN = pathlib.Path(__file__).resolve().parent / "run"
SKIPPED = 77


class Run(unittest.TestCase):
    build = ""
    imapferry = None

    def run_it(self, *arguments):
        with tempfile.TemporaryDirectory() as directory:
            result = pathlib.Path(directory) / "result.json"
            command = [sys.executable, str(RUN), "--build", self.build, "--reps", "1", "--json", str(result), *arguments]
            if self.imapferry:
                command += ["--imapferry", self.imapferry]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == SKIPPED:
                print(done.stdout)
                sys.exit(SKIPPED)
            return done, json.loads(result.read_text()) if result.exists() else None

    def test_every_tool_that_is_here_copies_everything(self):
        for more in (["--rtt", "0,10"], ["--rtt", "0", "--format", "mdbox", "--mailboxes", "3", "--spread", "1", "--tls"]):
            with self.subTest(more):
                done, result = self.run_it("--messages", "200", *more)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                tools = {run["tool"] for run in result["runs"]}
                self.assertIn("floor", tools)
                if self.imapferry:
                    self.assertLessEqual({"imapferry", "imapferry-1"}, tools)
                self.assertEqual([run["failure"] for run in result["runs"]], [None] * len(result["runs"]))
                self.assertEqual(len(result["summary"]), len(result["runs"]))

    def test_a_tool_that_copies_nothing_gets_no_figure(self):
        done, result = self.run_it("--messages", "20", "--rtt", "0", "--tools", "floor,imapsync",
                                   "--imapsync", shutil.which("true"))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        row = next(row for row in result["summary"] if row["tool"] == "imapsync")
        self.assertEqual(row["failed"], 1)
        self.assertNotIn("rate_median", row)
        self.assertRegex(done.stdout, r"(?m)^imapsync .*1 of 1 FAILED$")


if __name__ == "__main__":
    Run.build = sys.argv.pop(1)
    Run.imapferry = sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else None
    unittest.main()
