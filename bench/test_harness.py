#!/usr/bin/env python3
"""The parts of the harness that need no server."""
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import report  # noqa: E402
from harness.mailstore import Expected, wrong_contents, wrong_counts  # noqa: E402
from harness.measure import Failed, measure  # noqa: E402
from make_corpus import read_corpus, write_corpus  # noqa: E402


def run(tool, wall, rtt=0.0, failure=None):
    return {"tool": tool, "rtt_ms": rtt, "wall": wall, "user": wall / 4, "system": 0.0, "peak_rss_kib": 2048,
            "failure": failure}


class Corpus(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = pathlib.Path(directory.name) / "corpus"

    def bytes_of(self, **more):
        write_corpus(self.path, **{"count": 50, "size": 8192, "seed": 3, **more})
        return self.path.read_bytes()

    def test_the_same_seed_gives_the_same_bytes_and_another_does_not(self):
        self.assertEqual(self.bytes_of(), self.bytes_of())
        self.assertNotEqual(self.bytes_of(), self.bytes_of(seed=4))

    def test_messages_have_about_the_size_asked_for_and_clean_line_ends(self):
        for size in (2000, 8192, 5_000_000):
            write_corpus(self.path, 10, size, 3)
            for message, _, _ in read_corpus(self.path):
                self.assertLess(abs(len(message) - size), size * 0.2)
                self.assertEqual(message.count(b"\n"), message.count(b"\r\n"))
                self.assertEqual(message.count(b"\r"), message.count(b"\r\n"))
                self.assertIn(b"\r\n\r\n", message)

    def test_every_message_has_an_identity_of_its_own(self):
        write_corpus(self.path, 200, 2000, 3)
        lines = [line for message, _, _ in read_corpus(self.path) for line in message.split(b"\r\n")
                 if line.startswith(b"Message-ID:")]
        self.assertEqual(len(set(lines)), 200)


class FakeAccount:
    def __init__(self, expected):
        self.found_counts, self.found = expected.counts.copy(), expected.contents.copy()

    def counts(self):
        return self.found_counts

    def contents(self, _):
        return self.found


class Verification(unittest.TestCase):
    def setUp(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "corpus"
            write_corpus(path, 30, 2000, 3)
            self.expected = Expected(path, 30, 3)
        self.account = FakeAccount(self.expected)

    def replace_one(self, change):
        key = next(iter(self.account.found))
        self.account.found[key] -= 1
        self.account.found += {}
        self.account.found[change(*key)] += 1

    def test_a_whole_copy_is_accepted(self):
        self.assertIsNone(wrong_counts(self.account, self.expected))
        self.assertIsNone(wrong_contents(self.account, self.expected))

    def test_a_message_too_few_too_many_or_elsewhere_is_seen(self):
        self.account.found_counts["Box-2"] -= 1
        self.assertIn("expected 30 messages, saw 29", wrong_counts(self.account, self.expected))
        self.account.found_counts["Box-2"] += 2
        self.assertIn("saw 31", wrong_counts(self.account, self.expected))
        self.account.found_counts["INBOX"] -= 1
        self.assertIn("not in each mailbox", wrong_counts(self.account, self.expected))

    def test_changed_bytes_dates_and_flags_are_seen(self):
        changes = {"content": lambda box, digest, date, flags: (box, b"x", date, flags),
                   "date": lambda box, digest, date, flags: (box, digest, date + 1, flags),
                   "flags": lambda box, digest, date, flags: (box, digest, date, flags ^ {b"\\Deleted"})}
        for what, change in changes.items():
            self.account = FakeAccount(self.expected)
            self.replace_one(change)
            self.assertEqual(wrong_contents(self.account, self.expected), f"1 messages differ in {what}")


class Report(unittest.TestCase):
    def test_figures_are_medians_and_ratios_within_one_round_trip(self):
        runs = [run("floor", 1.0), run("ours", 2.0), run("ours", 1.0), run("ours", 4.0), run("floor", 5.0, 50.0),
                run("ours", 10.0, 50.0)]
        rows = {(row["tool"], row["rtt_ms"]): row for row in report.summarize(runs, 100, 1 << 20)}
        ours = rows["ours", 0.0]
        self.assertEqual((ours["rate_median"], ours["rate_min"], ours["rate_max"]), (50, 25, 100))
        self.assertEqual(ours["time_of"], {"floor": 2.0})
        self.assertEqual(rows["ours", 50.0]["time_of"], {"floor": 2.0})
        self.assertEqual(ours["cpu_us_per_message"], 5000)
        lines = report.latency_lines(list(rows.values()), ["floor", "ours"])
        self.assertIn("ours: 10.00 s at 50 ms, 2.00 s without latency: 5.00 times", lines)

    def test_one_failed_run_takes_away_all_of_a_tools_figures(self):
        rows = report.summarize([run("floor", 1.0), run("ours", 2.0), run("ours", 0.1, failure="incomplete")], 100, 1)
        ours = next(row for row in rows if row["tool"] == "ours")
        self.assertNotIn("rate_median", ours)
        self.assertNotIn("ours", rows[0]["time_of"])
        self.assertIn("1 of 2 FAILED", report.table(rows, ["floor", "ours"], "floor", [], False))


def is_running(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Measure(unittest.TestCase):
    program = ""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def measure(self, *command, timeout=20):
        return measure(self.program, command, self.directory, timeout)

    def test_cost_is_the_commands_own_and_not_pythons(self):
        cost = self.measure("true")
        self.assertLess(cost["peak_rss_kib"], 4096)
        cost = self.measure(sys.executable, "-c", "x = bytearray(b'x' * (50 << 20))\nfor i in range(10**5): i *= i")
        self.assertGreater(cost["peak_rss_kib"], 50 << 10)
        self.assertGreater(cost["user"], 0)
        self.assertGreaterEqual(cost["wall"], 0.9 * cost["user"])

    def test_a_command_that_fails_says_its_last_words(self):
        with self.assertRaisesRegex(Failed, "ended with 3: no luck"):
            self.measure("sh", "-c", "echo no luck; exit 3")
        with self.assertRaisesRegex(Failed, "ended with -9"):
            self.measure("sh", "-c", "kill -9 $$")
        with self.assertRaisesRegex(Failed, "ended with 127"):
            self.measure("/nonexistent")

    def test_a_command_that_hangs_is_ended_with_what_it_started(self):
        with self.assertRaisesRegex(Failed, "not done after 0.5 s"):
            self.measure("sh", "-c", "sleep 1000 & echo $! > child; wait", timeout=0.5)
        child = int((self.directory / "child").read_text())
        end = time.monotonic() + 10
        while is_running(child):
            self.assertLess(time.monotonic(), end, "the command's child lives on")
            time.sleep(0.01)


if __name__ == "__main__":
    Measure.program = pathlib.Path(sys.argv.pop(1))
    unittest.main()
