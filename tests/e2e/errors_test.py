#!/usr/bin/env python3
"""Everything that can go wrong with a server: each time one clear line that says where, the right exit code, and no hang."""

import itertools
import re
import time
import unittest

import paths  # noqa: F401
from dovecot import free_port
from imap_account import Account
from harness import WholeProgramTest, login, run, side
from scripted_server import ScriptedServer, StoredMail

CONNECTION_HOST1, CONNECTION_HOST2, TLS, LOGIN1, LOGIN2 = 101, 102, 12, 161, 162
PASSWORD = "secr3t-pass"
MAILS = [StoredMail(b"Message-Id: <%d@example.test>\r\n\r\nbody %d\r\n" % (n, n)) for n in range(10)]


def close(peer, _):
    peer.close()


def hang(peer, _):
    peer.hang()


def answer(text):
    """A fault that sends text; %s is the tag."""
    def fault(peer, command):
        peer.send(text.replace("%s", command.tag) if command else text)
    return fault


def answer_and_close(text):
    def fault(peer, command):
        answer(text)(peer, command)
        peer.close()
    return fault


def flood(text):
    return lambda peer, _: peer.flood(text)


class ErrorsTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.serve()

    def check(self, options, codes, *words, timeout=60):
        """Runs, and asserts the exit code (one of `codes`) and that one line of the output tells of the failure with all the `words`."""
        finished = run(*options, timeout=timeout)
        codes = codes if isinstance(codes, tuple) else (codes,)
        self.assertIn(finished.code, codes, str(finished))
        told = [line for line in finished.lines_with(*words) if re.search("failed|refused", line)]
        self.assertTrue(told, f"no line about the failure with {words}\n{finished}")
        self.assertNotIn(PASSWORD, finished.output, "the password was printed")
        self.assertLess(len(finished.output), 20_000, "too many words")
        print("    " + told[-1].strip()[:180], flush=True)
        return finished

    def good(self, number):
        """A side that works, with a fresh account."""
        return [*side(number, self.server), *login(number, self.new_user())]

    # --- logins and connections

    def test_wrong_password(self):
        for number, code in ((1, LOGIN1), (2, LOGIN2)):
            with self.subTest(side=number):
                self.check([*self.good(3 - number), *side(number, self.server), *login(number, "other", PASSWORD)], code, "other")

    def test_unknown_host(self):
        for number, code in ((1, CONNECTION_HOST1), (2, CONNECTION_HOST2)):
            with self.subTest(side=number):
                self.check([*self.good(3 - number), f"--host{number}", "no.such.host.invalid", *login(number, "good")],
                           code, "no.such.host.invalid")

    def test_refused_port(self):
        for number, code in ((1, CONNECTION_HOST1), (2, CONNECTION_HOST2)):
            with self.subTest(side=number):
                port = free_port()
                self.check([*self.good(3 - number), f"--host{number}", "127.0.0.1", f"--port{number}", port,
                            f"--nossl{number}", f"--notls{number}", *login(number, "good")], code, "127.0.0.1", f"{port}", "refused")

    # --- TLS

    def tls_side(self, number, server, **changes):
        port = changes.get("port", server.tls_port)
        host = changes.get("host", "127.0.0.1")
        return [f"--host{number}", host, f"--port{number}", port, f"--{changes.get('mode', 'ssl')}{number}",
                *([f"--sslargs{number}", f"SSL_ca_file={server.ca_file}"] if changes.get("ca", True) else []), *login(number, "good")]

    def test_tls_where_the_server_speaks_plain_text(self):
        self.check([*self.tls_side(1, self.server, port=self.server.port), *self.good(2), "--timeout1", "3"],
                   (TLS, CONNECTION_HOST1), "127.0.0.1", f"{self.server.port}")

    def test_plain_text_where_the_server_speaks_tls(self):
        self.check(["--host1", "127.0.0.1", "--port1", self.server.tls_port, "--nossl1", "--notls1", *login(1, "good"),
                    *self.good(2), "--timeout1", "2"], CONNECTION_HOST1, "127.0.0.1", f"{self.server.tls_port}")

    def test_starttls_that_is_not_offered(self):
        server = self.serve(tls="no")
        self.check([*self.tls_side(1, server, port=server.port, mode="tls"), *self.good(2)], TLS, "127.0.0.1", f"{server.port}")

    def test_certificates(self):
        for kind, word in (("expired", "expired"), ("wronghost", "127.0.0.1"), ("selfsigned", "self")):
            for mode in ("ssl", "tls"):
                with self.subTest(kind=kind, mode=mode):
                    server = self.serve(certificate=kind)
                    port = server.tls_port if mode == "ssl" else server.port
                    self.check([*self.tls_side(1, server, port=port, mode=mode), *self.good(2)], TLS, "127.0.0.1", f"{port}", word)

    def test_unknown_authority(self):
        self.check([*self.tls_side(1, self.server, ca=False), *self.good(2)], TLS, "127.0.0.1", f"{self.server.tls_port}")

    def test_verification_can_be_switched_off(self):
        server = self.serve(certificate="expired")
        options = [*self.tls_side(1, server, ca=False), "--sslargs1", "SSL_verify_mode=0", *self.good(2), "--justconnect"]
        self.assert_ended(run(*options), 0)

    # --- servers that break in the middle

    def scripted(self, number, faults, codes, *words, good=None):
        mails = MAILS if number == 1 else []
        with ScriptedServer({"INBOX": mails, "Archive": []}) as server:
            server.faults.update(faults)
            begun = time.monotonic()
            # What befalls a connection is told with the server's address, what befalls a mailbox or a message at least with its side.
            where = ["source" if number == 1 else "destination"]
            if set(faults) <= {"greeting", "capability", "login", "list"}:
                where += ["127.0.0.1", f"{server.port}"]
            finished = self.check([*side(number, server), *login(number, "someone", PASSWORD),
                                   *(good or self.good(3 - number)), f"--timeout{number}", "1"], codes, *where, *words)
            print(f"    ... {server.connections} connections, {time.monotonic() - begun:.1f} s", flush=True)
        return finished

    def test_server_hangs(self):
        def check(phase):
            faults = {phase: hang}
            if phase == "capability":
                faults["greeting"] = answer("* OK hello\r\n")
            self.scripted(1, faults, (CONNECTION_HOST1, 111, 115, 117))
        self.each(("greeting", "capability", "login", "list", "select", "fetch"), check)

    def test_server_closes(self):
        self.each(("greeting", "login", "list", "select", "fetch"),
                  lambda phase: self.scripted(1, {phase: close}, (CONNECTION_HOST1, LOGIN1, 111, 115, 117)))

    def test_server_closes_in_the_middle_of_a_literal(self):
        text = "* 1 FETCH (UID 1 FLAGS () INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 100 BODY[] {100}\r\nhalf a mess"

        def fault(peer, command):
            if "BODY.PEEK[]" not in command.arguments.upper():
                return "go on"
            return answer_and_close(text)(peer, command)
        self.scripted(1, {"fetch": fault}, (CONNECTION_HOST1, 111, 115))

    def test_server_says_bye(self):
        self.each(("greeting", "login", "list", "select", "fetch"),
                  lambda phase: self.scripted(1, {phase: answer_and_close("* BYE too busy, come back later\r\n")},
                                              (CONNECTION_HOST1, LOGIN1, 111, 115, 117), "too busy"))

    def test_server_refuses(self):
        self.each((("login", LOGIN1), ("select", 117), ("fetch", 115), ("list", (111, CONNECTION_HOST1))),
                  lambda case: self.scripted(1, {case[0]: answer("%s NO not today, sailor\r\n")}, case[1], "not today, sailor"))

    def test_destination_refuses(self):
        def check(case):
            (phase, codes), word = case
            good = self.good(1)
            with Account(self.server.host, self.server.port, good[good.index("--user1") + 1], "pass") as session:
                session.create(("To be created",))
                session.append(("To be created",), b"Message-Id: <1@good>\r\n\r\nbody\r\n")
                session.append(("INBOX",), b"Message-Id: <2@good>\r\n\r\nbody\r\n")
            self.scripted(2, {phase: answer(f"%s {word} not today, sailor\r\n")}, codes, "not today, sailor", good=good)
        self.each(itertools.product((("login", LOGIN2), ("select", 117), ("append", 114), ("create", 116)), ("NO", "BAD")), check)

    def test_server_is_no_imap_server(self):
        self.each(("SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "\0" * 5000 + "\r\n", "\r\n" * 10),
                  lambda text: self.scripted(1, {"greeting": answer(text)}, (CONNECTION_HOST1, 111)))

    def test_garbage(self):
        self.each(("login", "list", "select", "fetch"),
                  lambda phase: self.scripted(1, {phase: answer("* \x01\x02 ((( \"\r\n")}, (CONNECTION_HOST1, LOGIN1, 111, 115, 117)))

    def test_endless_line(self):
        self.each(("greeting", "list", "fetch"),
                  lambda phase: self.scripted(1, {phase: flood("* OK " if phase == "greeting" else "x")},
                                              (CONNECTION_HOST1, 111, 115, 117)))

    def test_untagged_flood(self):
        self.each(("login", "list", "select", "fetch"),
                  lambda phase: self.scripted(1, {phase: flood("* 5 EXISTS\r\n")}, (CONNECTION_HOST1, 111, 115, 117)))

    def test_impossible_literals(self):
        def check(case):
            phase, size = case
            name = "LIST () \"/\" " if phase == "list" else "1 FETCH (UID 1 BODY[] "
            self.scripted(1, {phase: answer(f"* {name}{{{size}}}\r\nabc")}, (CONNECTION_HOST1, 111, 115, 117))
        sizes = ("99999999999999999999999999", "18446744073709551615", "9223372036854775807", "-1", "1x")
        self.each(itertools.product(("list", "fetch"), sizes), check)


if __name__ == "__main__":
    unittest.main(verbosity=2)
