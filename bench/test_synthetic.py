#!/usr/bin/env python3
"""Checks the synthetic servers, first by themselves and then with imapferry: test_synthetic.py SYNTHETIC_SERVER [IMAPFERRY]

A sink that finds nothing wrong proves nothing, so each kind of fault is made on purpose and has to be found.
"""
import datetime
import imaplib
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "servers"))
from certificates import Certificates  # noqa: E402

PATIENCE = 20
WRONG = ("different", "unknown", "doubled", "misplaced", "missing", "wrong_flags", "wrong_dates")
HEAD = re.compile(rb'\((?:UID (\d+) )?FLAGS (\([^)]*\)) INTERNALDATE ("[^"]*") RFC822.SIZE (\d+) BODY\[\] \{(\d+)\}$')
ITEMS = "(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"


class Server:
    """A synthetic server that runs."""

    program = ""

    def __init__(self, role, *arguments, directory=None):
        self.report_path = pathlib.Path(directory) / f"{role}.json" if directory else None
        command = [self.program, role, *arguments]
        if directory:
            command += ["--report", str(self.report_path)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        words = self.process.stdout.readline().split()
        if words[:1] != ["ready"]:
            raise RuntimeError("the server did not start")
        self.port = int(words[1])
        self.clients = []

    def report(self):
        self.report_path.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        end = time.monotonic() + PATIENCE
        while not self.report_path.exists():
            if time.monotonic() > end:
                raise TimeoutError("no report")
            time.sleep(0.002)
        return json.loads(self.report_path.read_text())

    def change(self):
        """The delta. Of two signals the system may deliver the later one first, so it is waited for."""
        self.process.send_signal(signal.SIGUSR2)
        while not self.report()["is_after_delta"]:
            time.sleep(0.002)

    def end(self):
        """The last report; nothing when it has been asked for already."""
        while self.clients:
            self.clients.pop().shutdown()
        if self.process.poll() is None:
            self.process.terminate()
        output, _ = self.process.communicate(timeout=PATIENCE)
        if self.process.returncode != 0:
            raise RuntimeError(f"the server ended with {self.process.returncode}")
        return json.loads(output) if output else None

    def connect(self, user="alice"):
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=PATIENCE)
        self.clients.append(client)
        # imaplib sends a literal and the end of its line apart, and would wait for an acknowledgement in between.
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.login(user, "any password")
        return client


class Message:
    def __init__(self, head, body):
        uid, flags, date, size, length = HEAD.search(head).groups()
        self.uid, self.flags, self.date, self.size, self.body = int(uid or 0), flags.decode(), date.decode(), int(size), body
        if int(length) != len(body):
            raise AssertionError("a literal of another size than announced")


def in_another_zone(message):
    """The same message, its date written as somebody two hours further east would."""
    instant = datetime.datetime.strptime(message.date, '"%d-%b-%Y %H:%M:%S %z"')
    east = instant.astimezone(datetime.timezone(datetime.timedelta(hours=2)))
    message.date = east.strftime('"%d-%b-%Y %H:%M:%S %z"')
    return message


def fetch_all(client, mailbox="INBOX"):
    client.select(mailbox, readonly=True)
    _, parts = client.uid("FETCH", "1:*", ITEMS)
    return [Message(*part) for part in parts if isinstance(part, tuple)]


def counts(report, *names):
    return {name: report[name] for name in (names or WRONG)}


class ServerCase(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def start(self, role, *arguments):
        server = Server(role, *arguments, directory=self.directory)
        self.addCleanup(server.end)
        return server

    def assert_wrong(self, report, **expected):
        self.assertEqual(counts(report), {**dict.fromkeys(WRONG, 0), **expected})
        self.assertEqual(report["is_complete"], not any(expected.values()))


class Source(ServerCase):
    def test_sizes_are_exact_and_headers_are_the_beginning_of_bodies(self):
        client = self.start("source", "--messages", "60", "--size", "3000", "--spread", "1").connect()
        messages = fetch_all(client)
        self.assertEqual([message.uid for message in messages], list(range(1, 61)))
        _, parts = client.uid("FETCH", "1:*", "(BODY.PEEK[HEADER])")
        headers = [part[1] for part in parts if isinstance(part, tuple)]
        self.assertEqual(len(headers), 60)
        for message, header in zip(messages, headers):
            self.assertEqual(len(message.body), message.size)
            self.assertTrue(header.endswith(b"\r\n\r\n"))
            self.assertTrue(message.body.startswith(header))
        _, parts = client.uid("FETCH", "7", "(BODY.PEEK[]<10.2000>)")
        self.assertEqual(parts[0][1], messages[6].body[10:2010])
        _, parts = client.uid("FETCH", "7", "(BODY.PEEK[HEADER.FIELDS (Message-ID Received)])")
        fields = re.findall(rb"(?im)^(?:message-id|received):.*\r\n(?:[ \t].*\r\n)*", headers[6])
        self.assertEqual(parts[0][1], b"".join(fields) + b"\r\n")
        self.assertEqual(len(set(re.search(rb"Message-Id: (.*)\r\n", header)[1] for header in headers)), 60)

    def test_the_same_arguments_give_the_same_mail(self):
        def mail(seed, user, mailbox="INBOX"):
            server = self.start("source", "--messages", "5", "--mailboxes", "2", "--seed", seed)
            return [(m.flags, m.date, m.body) for m in fetch_all(server.connect(user), mailbox)]

        first = mail("1", "alice")
        self.assertEqual(first, mail("1", "alice"))
        for other in (mail("2", "alice"), mail("1", "bob"), mail("1", "alice", "Box-2")):
            self.assertEqual(len(other), 5)
            self.assertFalse({body for _, _, body in other} & {body for _, _, body in first})

    def test_the_delta_is_told_by_modification_sequences(self):
        source = self.start("source", "--messages", "200", "--new-percent", "2", "--flags-changed-percent", "5")
        client = source.connect()
        before = fetch_all(client)
        source.change()
        client.noop()
        after = fetch_all(client)
        self.assertEqual([m.body for m in after[:200]], [m.body for m in before])
        changed = [m.uid for m, old in zip(after, before) if m.flags != old.flags]
        self.assertEqual(len(after), 204)
        self.assertTrue(changed)
        _, parts = client.uid("FETCH", "1:*", "(FLAGS)", "(CHANGEDSINCE 1)")
        told = [int(re.search(rb"UID (\d+)", part)[1]) for part in parts]
        self.assertEqual(told, changed + [201, 202, 203, 204])

    def test_a_million_messages_cost_no_memory(self):
        source = self.start("source", "--messages", "1000000", "--mailboxes", "100")
        at_first = source.report()["peak_rss_kib"]
        client = source.connect()
        self.assertEqual(client.select("Box-50", readonly=True)[1], [b"1000000"])
        _, parts = client.uid("FETCH", "999999:*", "(RFC822.SIZE)")
        self.assertEqual(len(parts), 2)
        report = source.report()
        self.assertEqual(report["messages"], 100_000_000)
        self.assertLess(report["peak_rss_kib"] - at_first, 10 << 10)

    def test_it_can_only_be_read(self):
        source = self.start("source", "--messages", "1")
        self.assertEqual(source.connect().append("INBOX", None, None, b"x")[0], "NO")
        self.assertEqual(source.connect().create("New")[0], "NO")
        client = source.connect()
        client.select("INBOX", readonly=True)
        self.assertEqual(client.uid("STORE", "1", "FLAGS", "(other)")[0], "NO")

    def test_what_is_asked_in_other_ways(self):
        client = self.start("source", "--messages", "3", "--mailboxes", "3").connect("user@example.org")
        self.assertEqual(sorted(client.list()[1]), [b'(\\HasNoChildren) "/" "Box-2"', b'(\\HasNoChildren) "/" "Box-3"',
                                                    b'(\\HasNoChildren) "/" "INBOX"'])
        self.assertEqual(len(client.lsub()[1]), 3)
        self.assertEqual(client.list('""', "Box-%")[1][1:], [b'(\\HasNoChildren) "/" "Box-3"'])
        _, status = client.status("Box-2", "(MESSAGES UIDNEXT SIZE HIGHESTMODSEQ)")
        size = sum(m.size for m in fetch_all(client, "Box-2"))
        self.assertEqual(status, [b'"Box-2" (MESSAGES 3 UIDNEXT 4 SIZE %d HIGHESTMODSEQ 1)' % size])
        self.assertEqual(client.uid("SEARCH", "2:*")[1], [b"2 3"])
        self.assertEqual(client.namespace()[1], [b'(("" "/")) NIL NIL'])
        for wrong in ("FETCH", "FETCH 1 (BODYSTRUCTURE)", "FETCH x (UID)", "SEARCH SUBJECT x", "STORE 1 FLAGS", "EXPUNGE"):
            with self.subTest(wrong), self.assertRaises(imaplib.IMAP4.error):
                client.uid(*wrong.split(" ", 1))
                self.assertNotEqual(wrong, "EXPUNGE")
                raise AssertionError("it was taken")


class Sink(ServerCase):
    MESSAGES = 12

    def fill(self, change=lambda messages: messages, mailbox="INBOX", **options):
        """Copies a source's messages, after `change` has had its way with them."""
        arguments = ["--messages", str(self.MESSAGES), "--size", "4000"]
        messages = change(fetch_all(self.start("source", *arguments).connect()))
        self.sink = self.start("sink", *arguments, *options.get("arguments", ()))
        client = self.sink.connect("other")
        if mailbox != "INBOX":
            self.assertEqual(client.create(mailbox)[0], "OK")
        for message in messages:
            self.assertEqual(client.append(mailbox, message.flags, message.date, message.body)[0], "OK")
        self.client = client
        return messages

    def test_equal_messages_are_counted_and_can_be_read_again(self):
        messages = self.fill()
        report = self.sink.report()
        self.assert_wrong(report)
        self.assertEqual(counts(report, "messages", "equal", "accounts", "appended"),
                         {"messages": 12, "equal": 12, "accounts": 1, "appended": 12})
        self.assertEqual(report["bytes"], sum(m.size for m in messages))
        again = fetch_all(self.client)
        self.assertEqual([vars(m) for m in again], [vars(m) for m in messages])

    def test_each_fault_is_found(self):
        def with_first(**attributes):
            def change(messages):
                vars(messages[0]).update(attributes)
                return messages
            return change

        def with_byte(at):
            def change(messages):
                body = bytearray(messages[0].body)
                body[at] ^= 1
                messages[0].body = bytes(body)
                return messages
            return change

        faults = {
            "a byte of the body": (with_byte(-20), {"different": 1, "missing": 1}),
            "a byte of the header": (with_byte(20), {"different": 1, "missing": 1}),
            "the flags": (with_first(flags="(\\Draft \\Deleted)"), {"wrong_flags": 1}),
            "a keyword": (with_first(flags="(Other)"), {"wrong_flags": 1}),
            "the date": (with_first(date='"01-Jan-2001 00:00:00 +0000"'), {"wrong_dates": 1}),
            "a double": (lambda messages: messages + messages[:1], {"doubled": 1}),
            "a missing one": (lambda messages: messages[1:], {"missing": 1}),
            "a foreign one": (with_first(body=b"Subject: x\r\n\r\nbody\r\n"), {"unknown": 1, "missing": 1}),
            "nothing at all": (lambda messages: [], {"missing": 12}),
            "another zone, but the same instant": (lambda messages: [in_another_zone(message) for message in messages], {}),
        }
        for name, (change, expected) in faults.items():
            with self.subTest(name):
                self.fill(change)
                self.assert_wrong(self.sink.end(), **expected)

    def test_a_message_in_another_mailbox_is_misplaced(self):
        self.fill(mailbox="Elsewhere")
        self.assert_wrong(self.sink.end(), misplaced=12, missing=12)

    def test_accounts_that_do_not_come_lack_everything(self):
        self.fill(arguments=["--users", "3"])
        self.assert_wrong(self.sink.end(), missing=24)

    def test_what_was_received_otherwise_is_told_as_it_came(self):
        self.fill(lambda messages: [])
        body = b"Subject: unknown\r\n\r\nsome text\r\n"
        self.client.append("INBOX", "(\\Flagged keyword)", '"02-Mar-2021 04:05:06 +0200"', body)
        self.client.select("INBOX")
        _, parts = self.client.uid("FETCH", "1", "(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER])")
        self.assertEqual(parts[0][1], b"Subject: unknown\r\n\r\n")
        self.assertIn(b'FLAGS (\\Flagged keyword) INTERNALDATE "02-Mar-2021 02:05:06 +0000" RFC822.SIZE %d' % len(body),
                      parts[0][0])
        # Its body is gone, and nothing else is sent in its place.
        self.assertTrue(self.client.uid("FETCH", "1", "(BODY.PEEK[])")[1][0].endswith(b"BODY[] NIL)"))

    def test_flags_are_stored_and_messages_expunged(self):
        self.fill()
        self.client.select("INBOX")
        self.client.uid("STORE", "2:3", "+FLAGS.SILENT", "(\\Deleted)")
        self.client.uid("STORE", "4", "FLAGS", "(\\Deleted)")
        _, parts = self.client.uid("FETCH", "4", "(FLAGS)")
        self.assertEqual(parts, [b"4 (UID 4 FLAGS (\\Deleted))"])
        self.assertEqual(self.sink.report()["wrong_flags"], 3)
        self.client.uid("EXPUNGE", "1:3")
        self.assertEqual(self.client.response("EXPUNGE")[1], [b"3", b"2"])
        self.assertEqual(self.client.uid("SEARCH", "ALL")[1], [b"1 4 5 6 7 8 9 10 11 12"])
        self.assert_wrong(self.sink.report(), missing=2, wrong_flags=1)

    def test_other_sessions_hear_of_what_comes_and_goes(self):
        self.fill()
        other = self.sink.connect("other")
        other.select("INBOX")
        self.client.append("INBOX", None, None, b"Subject: x\r\n\r\n")
        other.untagged_responses.clear()
        other.noop()
        self.assertEqual(other.response("EXISTS")[1], [b"13"])

    def test_a_user_may_have_any_name(self):
        for name in (b"{2+}\r\n\xff\x01", b'"a\\"b"', b"plain"):
            with self.subTest(name):
                sink = self.start("sink")
                with socket.create_connection(("127.0.0.1", sink.port), PATIENCE) as client:
                    client.sendall(b"x LOGIN " + name + b" pw\r\ny LOGOUT\r\n")
                    self.assertIn(b"x OK", b"".join(iter(lambda: client.recv(4096), b"")))
                self.assertEqual(counts(sink.end(), "accounts", "logins"), {"accounts": 1, "logins": 1})

    def test_an_unfinished_append_leaves_nothing(self):
        self.fill(lambda messages: [])
        self.client.send(b"x APPEND INBOX {5+}\r\nhello {9+}\r\nhalf")
        self.assertEqual(self.sink.end()["messages"], 0)

    def test_literals_that_are_not_offered_are_refused(self):
        for without, sent in (("LITERAL+", b"x NOOP\r\ny APPEND INBOX {5+}\r\nhello\r\n"),
                              ("MULTIAPPEND", b"x APPEND INBOX {1+}\r\na {1+}\r\nb\r\ny NOOP\r\n")):
            with self.subTest(without):
                sink = self.start("sink", "--without", without)
                client = sink.connect()
                client.send(sent)
                self.assertRegex(client.readline() + client.readline(), rb"BYE|x BAD")
                report = sink.end()
                self.assertEqual(counts(report, "messages", "protocol_errors"), {"messages": 0, "protocol_errors": 1})


class Migration(ServerCase):
    """imapferry from source to sink: what it leaves out, and what it does twice, would be seen."""

    imapferry = None
    SHAPE = ("--messages", "1000", "--mailboxes", "2", "--size", "2500", "--new-percent", "1", "--flags-changed-percent", "1")

    def setUp(self):
        super().setUp()
        if not self.imapferry:
            self.skipTest("no imapferry was given")

    def pair(self, source=(), sink=()):
        """Later arguments go before earlier ones."""
        self.source = self.start("source", *self.SHAPE, *source)
        self.sink = self.start("sink", *self.SHAPE, *sink)

    def migrate(self, *arguments):
        command = [self.imapferry, "--progress", "none"]
        for side, server, user in (("1", self.source, "alice"), ("2", self.sink, "bob")):
            command += [f"--host{side}", "127.0.0.1", f"--port{side}", str(server.port), f"--user{side}", user,
                        f"--password{side}", "secret", f"--nossl{side}", f"--notls{side}"]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_everything_arrives_whatever_the_servers_can_do(self):
        for source, sink in (("", ""), ("", "LITERAL+"), ("", "LITERAL+,MULTIAPPEND"), ("", "UIDPLUS"), ("", "MULTIAPPEND"),
                             ("LIST-STATUS", "LIST-STATUS"), ("LIST-EXTENDED,SASL-IR,ENABLE", "LIST-EXTENDED,SASL-IR,NAMESPACE,ID"),
                             ("AUTH=PLAIN,CONDSTORE,QRESYNC", "AUTH=PLAIN,UNSELECT,SPECIAL-USE,STATUS=SIZE")):
            with self.subTest(source=source, sink=sink):
                # One message at a time may mean one wait for each.
                messages = 100 if "MULTIAPPEND" in sink else 1000
                self.pair(["--without", source, "--messages", str(messages)], ["--without", sink, "--messages", str(messages)])
                self.migrate()
                report = self.sink.report()
                self.assert_wrong(report)
                self.assertEqual(counts(report, "messages", "equal", "protocol_errors", "connections_lost"),
                                 {"messages": 2 * messages, "equal": 2 * messages, "protocol_errors": 0, "connections_lost": 0})
                self.assertEqual(self.source.report()["bodies_sent"], 2 * messages)
                self.assertEqual(report["commands"]["APPEND"] == 2 * messages, "MULTIAPPEND" in sink)

    def test_ten_accounts_at_once_over_tls(self):
        certificates = Certificates(pathlib.Path(self.directory))
        tls = ("--tls", "--cert", str(certificates.certificate("server")), "--key", str(certificates.key("server")))
        self.pair(["--messages", "100", *tls], ["--messages", "100", "--users", "10", *tls])
        users = pathlib.Path(self.directory) / "users.txt"
        users.write_text("".join(f"a{i};x;b{i};y\n" for i in range(10)))
        command = [self.imapferry, "--progress", "none", "--usersfile", str(users)]
        for side, server in (("1", self.source), ("2", self.sink)):
            command += [f"--host{side}", "127.0.0.1", f"--port{side}", str(server.port), f"--ssl{side}",
                        f"--sslargs{side}", "SSL_verify_mode=0"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        report = self.sink.report()
        self.assert_wrong(report)
        self.assertEqual(counts(report, "accounts", "mailboxes", "messages"), {"accounts": 10, "mailboxes": 20, "messages": 2000})
        self.assertEqual(len(report["by_account"]), 10)

    def test_a_second_run_copies_nothing_and_one_after_the_delta_just_the_delta(self):
        self.pair()
        self.migrate()
        self.migrate()
        self.assertEqual(self.source.report()["bodies_sent"], 2000)
        for server in (self.source, self.sink):
            server.change()
        self.assertNotEqual(counts(self.sink.report(), "missing", "wrong_flags"), {"missing": 0, "wrong_flags": 0})
        self.migrate()
        self.assert_wrong(self.sink.report())
        self.assertEqual(self.source.report()["bodies_sent"], 2020)
        self.assertEqual(self.sink.report()["appended"], 2020)

    def test_a_large_message_streams_through(self):
        self.SHAPE = ("--messages", "2", "--size", "30000000")
        self.pair()
        at_first = [server.report()["peak_rss_kib"] for server in (self.source, self.sink)]
        self.migrate()
        self.assert_wrong(self.sink.report())
        for server, before in zip((self.source, self.sink), at_first):
            self.assertLess(server.report()["peak_rss_kib"] - before, 15 << 10)

    def test_another_seed_is_noticed(self):
        self.pair(sink=["--seed", "2"])
        self.migrate()
        self.assert_wrong(self.sink.report(), unknown=2000, missing=2000)


if __name__ == "__main__":
    Server.program = sys.argv.pop(1)
    Migration.imapferry = sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else None
    unittest.main()
