#!/usr/bin/env python3
"""The parts of the harness that need no server."""
import html.parser
import pathlib
import random
import sys
import tempfile
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "servers")]

from harness import mail, mailstore, options, report_html, report_text, workloads  # noqa: E402
from harness.figures import summarize  # noqa: E402
from harness.imap import batches  # noqa: E402
from harness.measure import Failed, measure, measure_all, peak_of_sums  # noqa: E402
from make_corpus import read_corpus, sizes, write_corpus  # noqa: E402

SMALL = workloads.Workload("small", "Small", 30, 2000, mailboxes=3)


class InDirectory(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)


class Corpus(InDirectory):
    def setUp(self):
        super().setUp()
        self.path = self.directory / "corpus"

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

    def test_spread_sizes_keep_the_mean_and_the_limits(self):
        found = list(sizes(random.Random(5), 20_000, 8000, 0.8, 2000, 30_000))
        self.assertEqual((min(found), max(found)), (2000, 30_000))
        self.assertLess(abs(sum(found) / len(found) - 8000), 500)


class Workloads(InDirectory):
    def test_every_layout_holds_every_message_once(self):
        for one in workloads.ALL:
            for workload in filter(None, (one, one.made_quick())):
                layout = workload.layout()
                self.assertEqual(sum(number for _, number in layout), workload.messages, workload.name)
                self.assertEqual(len({name for name, _ in layout}), len(layout))
                self.assertEqual(layout[0][0], "INBOX")
                self.assertGreater(min(number for _, number in layout), 0)

    def test_a_sample_is_the_beginning_of_the_whole(self):
        def digests(messages, name):
            mails, _ = mail.make_mails(workloads.Workload("w", "", messages, 2000, 0.8), self.make(name), 7)
            return [entry.digest for entry in mails[0].entries]

        self.assertEqual(digests(30, "whole")[:10], digests(10, "few"))

    def test_accounts_hold_different_mail(self):
        mails, _ = mail.make_mails(workloads.Workload("w", "", 5, 2000, accounts=4), self.make("accounts"), 7)
        self.assertEqual(len({entry.digest for one in mails for entry in one.entries}), 20)

    def make(self, name):
        path = self.directory / name
        path.mkdir()
        return path

    def test_the_command_line_changes_a_workload(self):
        given, _ = options.parse(["--workload", "w1,one200mb", "--messages", "10", "--rtt", "0,7.5", "--tls", "both"])
        self.assertEqual([one.name for one in given.workloads], ["w1", "w7"])
        self.assertEqual({one.messages for one in given.workloads}, {10})
        self.assertEqual(given.workloads[0].rtts, (0.0, 7.5))
        self.assertEqual(given.protections, (False, True))
        self.assertEqual(options.parse(["--server", "courier:dovecot"])[0].kinds, ("courier", "dovecot"))


class FakeAccount:
    """Takes what Changes does to a source."""

    def __init__(self):
        self.appended, self.stored, self.box = [], [], None

    def select(self, box, readonly):
        self.box = box

    def store(self, numbers, change):
        self.stored += [(self.box, number, change) for number in numbers]

    def append(self, box, messages):
        self.appended += [(box, message) for message in messages]


class Verification(InDirectory):
    def setUp(self):
        super().setUp()
        mails, self.generator = mail.make_mails(SMALL, self.directory, 3)
        self.mail = mails[0]
        self.counts, self.contents = self.mail.counts(), self.mail.contents()

    def test_a_whole_copy_is_accepted(self):
        self.assertIsNone(mailstore.wrong_counts(self.counts.copy(), self.counts))
        self.assertIsNone(mailstore.wrong_contents(self.contents.copy(), self.contents))

    def test_a_message_too_few_too_many_or_elsewhere_is_seen(self):
        found = self.counts.copy()
        found["Box-2"] -= 1
        self.assertIn("expected 30 messages, saw 29", mailstore.wrong_counts(found, self.counts))
        found["Box-2"] += 2
        self.assertIn("saw 31", mailstore.wrong_counts(found, self.counts))
        found["INBOX"] -= 1
        self.assertIn("not in each mailbox", mailstore.wrong_counts(found, self.counts))

    def test_changed_bytes_dates_and_flags_are_seen(self):
        changes = {"content": lambda box, digest, date, flags: (box, b"x", date, flags),
                   "date": lambda box, digest, date, flags: (box, digest, date + 1, flags),
                   "flags": lambda box, digest, date, flags: (box, digest, date, flags ^ {b"\\Deleted"})}
        for what, change in changes.items():
            found = self.contents.copy()
            key = next(iter(found))
            found[key] -= 1
            found += {}
            found[change(*key)] += 1
            self.assertEqual(mailstore.wrong_contents(found, self.contents), f"1 messages differ in {what}")

    def test_one_message_twice_instead_of_another_is_seen(self):
        found = self.contents.copy()
        first, second = [key for key in found if key[0] == "INBOX"][:2]
        found[first] += 1
        del found[second]
        self.assertEqual(mailstore.wrong_contents(found, self.contents), "1 messages differ in content")

    def test_a_header_that_a_tool_adds_is_taken_away_from_the_header_only(self):
        whole = b"X-TUID: abc\r\nSubject: x\r\n\r\nX-TUID: body\r\n"
        parts = [b'* 1 FETCH (FLAGS (\\Seen \\Recent) INTERNALDATE " 7-Nov-2023 10:00:00 +0100" BODY[] ', whole, b")"]
        digest, date, flags = mailstore.describe(parts, b"X-TUID")
        self.assertEqual(digest, mailstore.describe([parts[0], whole[13:], b")"], None)[0])
        self.assertEqual((date, flags), (1699347600, {b"\\Seen"}))
        self.assertNotEqual(digest, mailstore.describe(parts, None)[0])

    def test_changes_are_made_in_the_source_and_expected_in_the_copy(self):
        account = FakeAccount()
        changes = mail.Changes(self.mail, self.generator, mail.endless_sizes(1, SMALL), 1)
        changes.step(account)
        self.assertEqual((len(account.appended), len(account.stored)), (1, 1))
        self.assertEqual(len(self.mail), 31)
        self.assertIn("saw 30", mailstore.wrong_counts(self.counts, self.mail.counts()))
        box, number, change = account.stored[0]
        entry = [one for one in self.mail.entries if one.box == box][number - 1]
        self.assertEqual(change[0] == "+", b"\\Flagged" in entry.flags)
        self.assertNotIn((entry.box, entry.digest, entry.date, entry.flags), self.contents)

    def test_batches_are_bounded_in_number_and_bytes(self):
        messages = [(b"x" * size, "", "") for size in (1, 1, 1, 3 << 20, 3 << 20, 9 << 20, 1)]
        self.assertEqual([len(batch) for batch in batches(messages, 2)], [2, 2, 1, 1, 1])


def run(tool, wall, rtt=0.0, repetition=1, messages=64, **more):
    return {"workload": "w1", "tls": False, "rtt_ms": rtt, "tool": tool, "repetition": repetition, "what": "timed", "failure": None,
            "wall": wall, "user": wall / 4, "system": 0.0, "peak_rss_kib": 2048, "messages": messages,
            "bytes": messages * 1000, **more}


def result_of(runs, left_out=()):
    return {"summary": summarize(runs), "runs": runs, "order": ["floor", "ours", "peer"], "ours": ["ours"], "peers": ["peer"],
            "left_out": list(left_out), "missing": {}, "notes": ["a note"], "conditions": {"date": "today", "tools": {"ours": "1 <2>"}},
            "workloads": {"w1": {"title": "Many", "mail": "..."}}, "workload_objects": {"w1": workloads.by_name("w1")}}


class Report(unittest.TestCase):
    RUNS = [run("floor", 1.0), run("ours", 2.0), run("peer", 8.0), run("floor", 2.0, repetition=2), run("ours", 3.0, repetition=2),
            run("peer", 9.0, repetition=2), run("floor", 1.0, repetition=3), run("ours", 1.0, repetition=3),
            run("peer", 10.0, repetition=3)]

    def rows(self, runs):
        return {(row["tool"], row["rtt_ms"]): row for row in summarize(runs)}

    def test_figures_are_medians_and_ratios_are_of_runs_that_followed_each_other(self):
        ours = self.rows(self.RUNS)["ours", 0.0]
        self.assertEqual(ours["rate"], {"median": 32, "min": 64 / 3, "max": 64})
        self.assertEqual(ours["time_of"]["floor"], {"median": 1.5, "min": 1, "max": 2})
        self.assertEqual(ours["time_of"]["peer"], {"median": 0.25, "min": 0.1, "max": 1 / 3})
        self.assertEqual(ours["cpu_us_per_message"], 7812.5)

    def test_a_sample_is_compared_by_its_rate(self):
        rows = self.rows([run("ours", 2.0, 50.0), run("peer", 8.0, 50.0, messages=8)])
        self.assertEqual(rows["ours", 50.0]["time_of"]["peer"]["median"], 1 / 32)

    def test_round_trips_are_not_mixed_and_latency_has_a_table(self):
        runs = self.RUNS + [run("ours", 20.0, 50.0), run("floor", 5.0, 50.0)]
        self.assertEqual(self.rows(runs)["ours", 50.0]["time_of"]["floor"]["median"], 4)
        self.assertEqual(report_text.latency_rows(result_of(runs), "w1")[1:], [["floor", "5.00"], ["ours", "10.0"]])

    def test_one_failed_run_takes_away_all_of_a_tools_figures(self):
        rows = self.rows([run("floor", 1.0), run("ours", 2.0), run("ours", 0.1, repetition=2, failure="incomplete")])
        self.assertNotIn("rate", rows["ours", 0.0])
        self.assertNotIn("ours", rows["floor", 0.0]["time_of"])
        runs = [*self.RUNS, run("peer", 0.1, repetition=4, failure="incomplete: 3 messages differ in date")]
        self.assertRegex(report_text.text(result_of(runs)), r"(?m)^peer +FAILED: incomplete: 3 messages differ in date$")
        self.assertRegex(report_html.page(result_of(runs)), r'>peer</th>\s*<td class="word bad" colspan="\d+">FAILED: incomplete')

    def test_a_tool_that_was_left_out_is_named_with_the_reason(self):
        left_out = [{"tool": "other", "workload": "w1", "tls": False, "reason": "it has no <TLS>"}]
        self.assertRegex(report_text.text(result_of(self.RUNS, left_out)), r"(?m)^other +not run: it has no <TLS>$")
        self.assertIn("not run: it has no &lt;TLS&gt;", report_html.page(result_of(self.RUNS, left_out)))

    def test_tables_show_how_many_times_faster_with_the_spread(self):
        self.assertRegex(report_text.text(result_of(self.RUNS)), r"(?m)^peer +4\.00 \(3\.00-10\.0\)$")

    def test_the_page_is_well_formed_and_needs_nothing_else(self):
        page = report_html.page(result_of(self.RUNS + [run("ours", 20.0, 50.0)]))
        checker = Checker()
        checker.feed(page)
        self.assertEqual(checker.open, [])
        self.assertEqual(checker.outside, [])
        self.assertEqual(page.count("<svg"), 2)


class Checker(html.parser.HTMLParser):
    """Every element closed in order; nothing loaded from elsewhere."""

    EMPTY = ("meta", "line", "rect", "path", "br")

    def __init__(self):
        super().__init__()
        self.open, self.outside = [], []

    def handle_starttag(self, tag, attributes):
        self.outside += [value for name, value in attributes if name in ("src", "href", "xlink:href") and not value.startswith("#")]
        self.outside += [tag] if tag in ("script", "link", "iframe", "img") else []
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise AssertionError(f"</{tag}> at {self.getpos()}")


def is_running(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Measure(InDirectory):
    program = ""

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

    def commands(self, *scripts):
        result = []
        for number, script in enumerate(scripts):
            directory = self.directory / str(number)
            directory.mkdir()
            result.append((["sh", "-c", script], directory))
        return result

    def test_several_commands_run_together_and_cost_the_sum(self):
        # Each waits for the other: one after the other they would never end.
        meet = "touch ../{0}; until [ -e ../{1} ]; do sleep 0.01; done"
        cost = measure_all(self.program, self.commands(meet.format("a", "b"), meet.format("b", "a")), 2, 20)
        self.assertGreater(cost["peak_rss_kib"], 0)

    def test_one_of_several_that_fails_fails_all(self):
        with self.assertRaisesRegex(Failed, "ended with 3"):
            measure_all(self.program, self.commands("true", "exit 3", "true"), 1, 20)

    def test_memory_of_several_is_the_largest_sum_at_one_time(self):
        done = [(0, {"peak_rss_kib": 10}, 2), (1, {"peak_rss_kib": 20}, 3), (3, {"peak_rss_kib": 25}, 4)]
        self.assertEqual(peak_of_sums(done), 30)


if __name__ == "__main__":
    Measure.program = pathlib.Path(sys.argv.pop(1))
    unittest.main()
