#!/usr/bin/env python3
"""Small races with every tool that is here: test_run.py BUILD_DIRECTORY [IMAPFERRY]

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
ONCE = ("--reps", "1", "--no-warm-up")


class Run(unittest.TestCase):
    build = ""
    imapferry = None

    def run_it(self, *arguments):
        """The ended process, its JSON file and its page."""
        with tempfile.TemporaryDirectory() as directory:
            result, page = pathlib.Path(directory) / "result.json", pathlib.Path(directory) / "result.html"
            command = [sys.executable, str(RUN), "--build", self.build, "--json", str(result), "--html", str(page),
                       "--no-sync", *arguments]
            if self.imapferry:
                command += ["--imapferry", self.imapferry]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == SKIPPED:
                print(done.stdout)
                sys.exit(SKIPPED)
            return done, json.loads(result.read_text()) if result.exists() else None, page.read_text() if page.exists() else ""

    def complete(self, *arguments):
        done, result, page = self.run_it(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual([run["failure"] for run in result["runs"]], [None] * len(result["runs"]))
        return done, result, page

    def tools(self):
        return "floor,imapferry,mbsync" if self.imapferry else "floor,mbsync"

    def test_every_tool_that_is_here_copies_everything_and_is_counted_on_the_wire(self):
        done, result, page = self.complete("--workload", "w1", "--messages", "25", "--rtt", "5", *ONCE)
        tools = {run["tool"] for run in result["runs"]}
        self.assertIn("floor", tools)
        if self.imapferry:
            self.assertLessEqual({"imapferry", "imapferry-1"}, tools)
        for row in result["summary"]:
            self.assertEqual(row["runs"], 1)
            self.assertGreater(row["wire"]["bytes"], 25 * 2000, row["tool"])
            self.assertGreater(row["wire"]["round_trips"], 0, row["tool"])
        self.assertRegex(done.stdout, r"(?m)^floor +1 ")
        self.assertEqual(page.count("<svg"), 1)

    def test_nested_mailboxes_tls_and_another_format(self):
        _, result, _ = self.complete("--workload", "w3", "--messages", "60", "--size", "4000", "--rtt", "0", "--tls", "both",
                                     "--format", "mdbox", "--tools", self.tools(), "--no-wire", *ONCE)
        self.assertEqual({row["tls"] for row in result["summary"]}, {False, True})

    def test_later_runs_and_many_accounts(self):
        _, result, _ = self.complete("--workload", "w4,w5", "--messages", "20", "--rtt", "0,5", "--tools",
                                     self.tools(), "--reps", "2", "--no-warm-up", "--no-wire")
        self.assertEqual({row["workload"] for row in result["summary"]}, {"w4", "w5"})
        self.assertIn(("floor", "w5"), {(one["tool"], one["workload"]) for one in result["left_out"]})
        _, result, _ = self.complete("--workload", "w6", "--messages", "5", "--accounts", "3", "--at-once", "2", "--rtt", "0",
                                     "--tools", self.tools(), "--no-wire", *ONCE)
        self.assertEqual({row["messages"] for row in result["summary"]}, {15})

    def test_synthetic_servers(self):
        if not (pathlib.Path(self.build) / "bench" / "synthetic" / "synthetic_server").exists() or not self.imapferry:
            self.skipTest("not built")
        _, result, _ = self.complete("--server", "synthetic", "--workload", "w1,w8b", "--messages", "300", "--rtt", "0",
                                     "--tools", "imapferry", "--no-wire", *ONCE)
        self.assertEqual([row["messages"] for row in result["summary"]], [300, 300])

    def test_a_tool_that_copies_nothing_gets_no_figure(self):
        done, result, page = self.run_it("--messages", "20", "--rtt", "0", "--tools", "floor,imapsync", "--imapsync",
                                         shutil.which("true"), *ONCE)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        row = next(row for row in result["summary"] if row["tool"] == "imapsync")
        self.assertEqual(row["failure"], "incomplete: expected 20 messages, saw 0")
        self.assertNotIn("rate", row)
        self.assertRegex(done.stdout, r"(?m)^imapsync +FAILED: incomplete: expected 20 messages, saw 0$")
        self.assertIn("FAILED: incomplete: expected 20 messages, saw 0", page)


if __name__ == "__main__":
    Run.build = sys.argv.pop(1)
    Run.imapferry = sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else None
    unittest.main()
