#!/usr/bin/env python3
"""How a run is controlled from outside: pid files, --abort, --abortbyfile, --tail, signals."""

import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import threading
import unittest

import paths  # noqa: F401
from harness import PROGRAM, Running, WholeProgramTest, login, run, side
from scripted_server import ScriptedServer, StoredMail

MAILS = [StoredMail(b"Message-Id: <%d@control>\r\n\r\nbody %d\r\n" % (n, n)) for n in range(30)]


class Gated:
    """A source that keeps every message back until it is told to go on: so a run is in work for as long as a test needs it."""

    def __init__(self):
        self.server = ScriptedServer({"INBOX": MAILS})
        self.is_asked, self.may_go_on = threading.Event(), threading.Event()

        def fault(_, command):
            if "BODY.PEEK[]" in command.arguments.upper():
                self.is_asked.set()
                self.may_go_on.wait(60)
            return "go on"
        self.server.faults["fetch"] = fault

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *error):
        self.may_go_on.set()
        self.server.__exit__(*error)


class ControlTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.destination = cls.serve()

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="imapferry-control-")
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.pid_file = self.directory / "run.pid"
        self.user = self.new_user()

    def options(self, source):
        return [*side(1, source), *login(1, "someone"), *side(2, self.destination), *login(2, self.user), "--lanes", 1,
                "--batchmessages", 1, "--logdir", self.directory / "logs"]

    def start(self, gated, *options):
        running = Running([*self.options(gated.server), *options])
        self.addCleanup(lambda: running.is_running and running.process.kill())
        self.assertTrue(gated.is_asked.wait(30), "the run never asked for a message")
        return running

    def copied(self):
        return self.open(self.destination, self.user).select(("INBOX",))

    def end(self, running, code):
        finished = running.wait(30)
        self.assert_ended(finished, code)
        self.assertFalse(self.pid_file.exists(), "the pid file was left behind")
        return finished

    def test_pid_file_and_locking(self):
        with Gated() as gated:
            running = self.start(gated, "--pidfile", self.pid_file, "--pidfilelocking")
            number, log = self.pid_file.read_text().splitlines()
            self.assertEqual(int(number), running.process.pid)
            self.assertIn("Command line used", pathlib.Path(log).read_text())
            second = run(*self.options(gated.server), "--pidfile", self.pid_file, "--pidfilelocking")
            self.assert_ended(second, 8)
            self.assertTrue(second.lines_with(f"process {number}", "running"), second)
            gated.may_go_on.set()
            self.end(running, 0)
            # Left over from a process that is gone: nobody's.
            self.pid_file.write_text(f"{number}\n")
            third = Running([*self.options(gated.server), "--pidfile", self.pid_file, "--pidfilelocking"])
            self.end(third, 0)
        self.assertEqual(self.copied(), len(MAILS))

    def test_no_pid_file_unless_it_is_asked_for(self):
        with Gated() as gated:
            gated.may_go_on.set()
            finished = run(*self.options(gated.server), "--tmpdir", self.directory)
        self.assert_ended(finished, 0)
        self.assertEqual([path.name for path in self.directory.iterdir()], ["logs"])

    def abort(self, *options):
        return run(*options, "--pidfile", self.pid_file)

    def test_abort(self):
        with Gated() as gated:
            running = self.start(gated, "--pidfile", self.pid_file)
            threading.Timer(0.3, gated.may_go_on.set).start()
            aborted = self.abort("--abort")
            self.assert_ended(aborted, 0)
            self.assertNotIn("SIGKILL", aborted.output)
            finished = self.end(running, -signal.SIGQUIT)
            self.assertIn("++++ Statistics", finished.output)
            self.assertIn("EXIT_BY_SIGNAL", finished.output)
        self.assertLess(self.copied(), len(MAILS))

    def test_abort_of_a_run_that_does_not_end(self):
        with Gated() as gated:
            running = self.start(gated, "--pidfile", self.pid_file)
            aborted = self.abort("--abort")
            self.assert_ended(aborted, 0)
            self.assertIn("SIGKILL", aborted.output)
            self.assertEqual(running.wait(30).code, -signal.SIGKILL)

    def test_abort_leaves_other_processes_alone(self):
        other = subprocess.Popen(["sleep", "60"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        self.pid_file.write_text(f"{other.pid}\n")
        for option in ("--abort", "--abortbyfile"):
            aborted = self.abort(option)
            self.assert_ended(aborted, 0)
            self.assertIn("left over", aborted.output)
        self.assertIsNone(other.poll())
        self.pid_file.write_text("rubbish\n")
        self.assert_ended(self.abort("--abort"), 66)
        self.pid_file.unlink()
        self.assert_ended(self.abort("--abort"), 66)

    def test_abort_by_file(self):
        with Gated() as gated:
            running = self.start(gated, "--pidfile", self.pid_file)
            self.assert_ended(self.abort("--abortbyfile"), 0)
            request = pathlib.Path(f"{self.pid_file}abort{running.process.pid}")
            self.wait_until(lambda: not request.exists(), "the run to see the file")
            gated.may_go_on.set()
            finished = self.end(running, 7)
            self.assertIn("EXIT_BY_FILE", finished.output)
        self.assertLess(self.copied(), len(MAILS))

    def test_tail(self):
        with Gated() as gated:
            running = self.start(gated, "--pidfile", self.pid_file)
            follower = subprocess.Popen([PROGRAM, "--tail", "--pidfile", str(self.pid_file)], stdout=subprocess.PIPE, text=True)
            self.addCleanup(lambda: follower.poll() is None and follower.kill())
            self.assertIn("Here is imapferry", follower.stdout.readline())
            gated.may_go_on.set()
            self.end(running, 0)
            rest, _ = follower.communicate(timeout=30)
        self.assertEqual(follower.returncode, 0)
        self.assertIn("++++ Statistics", rest)
        self.assertIn("Exiting with return value 0", rest)

    def stop(self, gated, running, number, code):
        """Sends a signal that ends the run in order; returns the run and its log."""
        log = pathlib.Path(self.pid_file.read_text().splitlines()[1])
        running.signal(number)
        self.wait_until(lambda: "Stopping" in log.read_text(), "the run to hear the signal")
        gated.may_go_on.set()
        return self.end(running, code), log.read_text()

    def test_pretending_to_work(self):
        with ScriptedServer({"INBOX": MAILS}) as source:
            finished = run(*self.options(source), "--simulong", "1")
            self.assert_ended(finished, 0)
            lines = finished.lines_with("Are you still here")
            self.assertEqual(lines, [f"Are you still here ETA: {left}/5 msgs left" for left in (4, 3, 2, 1, 0)])
            log, = (self.directory / "logs").iterdir()
            self.assertEqual([line for line in log.read_text().splitlines() if line in lines], lines)
            self.assertEqual(self.copied(), len(MAILS))
            # The log can be followed meanwhile, and the run ended, before anybody is asked for anything.
            asked = source.connections
            for logs, (stop, code) in enumerate((("--abort", -signal.SIGQUIT), ("--abortbyfile", 7)), start=1):
                running = Running([*self.options(source), "--simulong", "600", "--pidfile", self.pid_file])
                self.addCleanup(lambda running=running: running.is_running and running.process.kill())
                self.wait_until(lambda: len(list((self.directory / "logs").iterdir())) == logs + 1, "the log file")
                follower = subprocess.Popen([PROGRAM, "--tail", "--pidfile", str(self.pid_file)], stdout=subprocess.PIPE, text=True)
                self.addCleanup(lambda follower=follower: follower.poll() is None and follower.kill())
                for line in follower.stdout:
                    if "Are you still here ETA: 2990/3000 msgs left" in line:
                        break
                aborted = self.abort(stop)
                self.assert_ended(aborted, 0)
                self.assertNotIn("SIGKILL", aborted.output)
                rest, _ = follower.communicate(timeout=30)
                self.assertIn("++++ Statistics", rest)
                self.end(running, code)
            self.assertEqual(source.connections, asked)

    def test_signals_that_end_the_run(self):
        for number, name, options in ((signal.SIGTERM, "TERM", ()), (signal.SIGQUIT, "QUIT", ()), (signal.SIGINT, "INT", ()),
                                      (signal.SIGUSR2, "USR2", ("--sigexit", "USR2"))):
            with self.subTest(signal=name), Gated() as gated:
                self.user = self.new_user()
                running = self.start(gated, "--pidfile", self.pid_file, *options)
                finished, log = self.stop(gated, running, number, -number)
                self.assertIn("++++ Statistics", finished.output)
                self.assertIn("Exiting with return value 6 (EXIT_BY_SIGNAL)", log)
                self.assertEqual(log.splitlines()[-1], f"Killing myself with signal {name}")
                self.assertLess(self.copied(), len(MAILS))

    def test_a_signal_that_ends_nothing_by_itself_gives_the_exit_code(self):
        with Gated() as gated:
            running = self.start(gated, "--pidfile", self.pid_file, "--sigexit", "WINCH")
            self.stop(gated, running, signal.SIGWINCH, 6)

    def test_a_run_that_was_done_all_the_same_is_a_success(self):
        with ScriptedServer({"INBOX": MAILS[:1]}) as source:
            asked, go_on = threading.Event(), threading.Event()

            def logout(_, __):
                asked.set()
                go_on.wait(60)
                return "go on"
            source.faults["logout"] = logout
            running = Running([*self.options(source), "--pidfile", self.pid_file])
            self.addCleanup(lambda: running.is_running and running.process.kill())
            self.addCleanup(go_on.set)
            self.assertTrue(asked.wait(30))
            log = pathlib.Path(self.pid_file.read_text().splitlines()[1])
            running.signal(signal.SIGTERM)
            self.wait_until(lambda: "Stopping" in log.read_text(), "the run to hear the signal")
            go_on.set()
            self.end(running, 0)
            self.assertNotIn("Killing myself", log.read_text())
        self.assertEqual(self.copied(), 1)

    def test_quit_leaves_no_core_file(self):
        before = resource.getrlimit(resource.RLIMIT_CORE)
        if before[1] == 0:
            self.skipTest("this system lets nobody write a core file")
        resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
        try:
            with Gated() as gated:
                running = self.start(gated, "--pidfile", self.pid_file)
                running.signal(signal.SIGQUIT)
                gated.may_go_on.set()
                ended = os.waitid(os.P_PID, running.process.pid, os.WEXITED | os.WNOWAIT)
                self.assertEqual((ended.si_status, ended.si_code), (signal.SIGQUIT, os.CLD_KILLED))
                left = [path.name for path in pathlib.Path(running.directory.name).iterdir() if path.name.startswith("core")]
                self.assertEqual(left, [])
                self.end(running, -signal.SIGQUIT)
        finally:
            resource.setrlimit(resource.RLIMIT_CORE, before)

    def test_a_signal_that_comes_twice_ends_at_once(self):
        with Gated() as gated:
            running = self.start(gated, "--pidfile", self.pid_file)
            log = pathlib.Path(self.pid_file.read_text().splitlines()[1])
            running.signal(signal.SIGTERM)
            self.wait_until(lambda: "Stopping" in log.read_text(), "the run to hear the signal")
            running.signal(signal.SIGINT)
            self.end(running, -signal.SIGINT)
            self.assertIn("SIGINT: ending at once", log.read_text())

    def test_signals_that_do_not(self):
        with Gated() as gated:
            running = self.start(gated, "--sigignore", "QUIT")
            output = pathlib.Path(running.directory.name) / "output"
            for number in (signal.SIGQUIT, signal.SIGHUP):
                running.signal(number)
            self.wait_until(lambda: "\nstatus: " in output.read_text(), "the line about the status")
            gated.may_go_on.set()
            finished = running.wait(30)
            self.assert_ended(finished, 0)
        self.assertEqual(self.copied(), len(MAILS))

    def test_reconnecting_on_a_signal(self):
        with Gated() as gated:
            running = self.start(gated, "--sigreconnect", "INT")
            before = gated.server.connections
            running.signal(signal.SIGINT)
            self.wait_until(lambda: gated.server.connections > before, "a new connection")
            gated.may_go_on.set()
            finished = running.wait(30)
            self.assert_ended(finished, 0)
        self.assertRegex(finished.output, r"Reconnections to host1 +: 1\n")
        self.assertRegex(finished.output, r"Reconnections to host2 +: 1\n")
        self.assertEqual(self.copied(), len(MAILS))

    def test_reconnecting_before_there_is_anything_to_do(self):
        for phase in ("login", "list"):
            with self.subTest(phase=phase), ScriptedServer({"INBOX": MAILS}) as source:
                self.user = self.new_user()
                asked = threading.Event()

                def hang_once(peer, _, asked=asked):
                    if asked.is_set():
                        return "go on"
                    asked.set()
                    return peer.hang()
                source.faults[phase] = hang_once
                running = Running([*self.options(source), "--sigreconnect", "INT"])
                self.addCleanup(lambda running=running: running.is_running and running.process.kill())
                self.assertTrue(asked.wait(30))
                running.signal(signal.SIGINT)
                finished = running.wait(30)
                self.assert_ended(finished, 0)
                self.assertRegex(finished.output, r"Reconnections to host1 +: 1\n")
                self.assertEqual(self.copied(), len(MAILS))

    def test_asking_to_reconnect_twice_ends_the_run(self):
        with Gated() as gated:
            running = self.start(gated, "--sigreconnect", "INT", "--pidfile", self.pid_file)
            before = gated.server.connections
            running.signal(signal.SIGINT)
            self.wait_until(lambda: gated.server.connections > before, "a new connection")
            finished, log = self.stop(gated, running, signal.SIGINT, -signal.SIGINT)
        self.assertIn("++++ Statistics", finished.output)
        self.assertEqual(log.splitlines()[-1], "Killing myself with signal INT")
        self.assertLess(self.copied(), len(MAILS))


if __name__ == "__main__":
    unittest.main(verbosity=2)
