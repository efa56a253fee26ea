#!/usr/bin/env python3
"""Ways to log in: each mechanism that Dovecot has, a wrong password for each, administrators, certificates, tokens."""

import base64
import hashlib
import imaplib
import ssl
import unittest

import paths  # noqa: F401
import mail
from harness import WholeProgramTest, run, side
from scripted_server import ScriptedServer, StoredMail

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")
WRONG = "wr0ng-secret"


class LoginsTest(WholeProgramTest):
    @classmethod
    def setUpClass(cls):
        options = {"mechanisms": "plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256"}
        cls.source = cls.serve(**options)
        cls.destination = cls.serve(layout="mdbox", **options)

    def filled(self):
        user = self.new_user()
        with self.open(self.source, user) as session:
            mail.fill(session, mail.account(user, messages=5, folders=()))
        return user

    def copy(self, user, *more, password1="pass", password2="pass", protection="none"):
        return run(*side(1, self.source, protection), *side(2, self.destination, protection), "--user1", user, "--user2", user,
                   "--password1", password1, "--password2", password2, *more)

    def test_each_mechanism_logs_in_on_both_sides(self):
        def check(mechanism):
            user = self.filled()
            finished = self.copy(user, "--authmech1", mechanism, "--authmech2", mechanism.lower(), "--notrylogin")
            self.assert_ended(finished, 0)
            self.assert_equal_accounts(self.source, user, self.destination, user)
        self.each(MECHANISMS, check)

    def test_a_wrong_password_is_told_with_the_side_and_without_the_password(self):
        def check(case):
            mechanism, number = case
            passwords = {f"password{number}": WRONG}
            finished = self.copy(self.new_user(), f"--authmech{number}", mechanism, **passwords)
            self.assert_ended(finished, 160 + number)
            self.assertNotIn(WRONG, finished.output)
            self.assertNotIn(base64.b64encode(WRONG.encode()).decode().rstrip("="), finished.output)
        self.each([(mechanism, number) for mechanism in MECHANISMS for number in (1, 2)], check)

    def test_authmd5_means_cram_md5(self):
        user = self.filled()
        self.assert_ended(self.copy(user, "--authmd5", "--notrylogin"), 0)
        self.assertIn("method=CRAM-MD5", self.source.log())

    def test_a_mechanism_that_is_not_there(self):
        for more, code in ((["--notrylogin"], 161), ([], 0)):
            server = self.serve()
            user = self.filled()
            finished = run(*side(1, server, "tls"), *side(2, self.destination), "--user1", user, "--user2", user,
                           "--password1", "pass", "--password2", "pass", "--authmech1", "SCRAM-SHA-1", *more)
            self.assert_ended(finished, code)
            if code:
                self.assertTrue(finished.lines_with("does not offer SCRAM-SHA-1; it has PLAIN, LOGIN"), str(finished))

    def test_a_password_that_was_to_be_protected_is_not_sent_plainly(self):
        server = self.serve()
        finished = run(*side(1, server), *side(2, self.destination), "--user1", "a", "--user2", "a",
                       "--password1", "pass", "--password2", "pass", "--authmech1", "SCRAM-SHA-1")
        self.assert_ended(finished, 161)
        self.assertNotIn("Login: user=<a>", server.log())

    def test_an_administrator_logs_in_for_a_user(self):
        admin = "\npassdb {\n  driver = passwd-file\n  args = %s\n  master = yes\n  result_success = continue\n}\n"
        path = self.source.directory / "masters"
        path.write_text("root:{PLAIN}master\n")
        path.chmod(0o644)
        server = self.serve(mechanisms="plain", extra=admin % path)
        user = self.new_user()
        with self.open(server, user) as session:
            mail.fill(session, mail.account(user, messages=5, folders=()))
        for password, code in (("master", 0), ("pass", 161)):
            finished = run(*side(1, server), *side(2, self.destination), "--user1", user, "--user2", user,
                           "--authuser1", "root", "--password1", password, "--password2", "pass")
            self.assert_ended(finished, code)
        self.assert_equal_accounts(server, user, self.destination, user)

    def test_a_certificate_is_known_by_its_fingerprint(self):
        user = self.filled()
        pem = self.source.certificates.certificate("server").read_text()
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN CERTIFICATE"):])).hexdigest()
        options = ["--host1", self.source.host, "--port1", self.source.tls_port, "--ssl1", *side(2, self.destination),
                   "--user1", user, "--user2", user, "--password1", "pass", "--password2", "pass", "--sslargs1"]
        self.assert_ended(run(*options, "SSL_fingerprint=sha256$" + digest), 0)
        wrong = run(*options, "SSL_fingerprint=sha256$" + "0" * 64)
        self.assertNotEqual(wrong.code, 0, str(wrong))
        self.assertIn(digest, wrong.output)

    def test_a_certificate_of_our_own_is_enough_for_external(self):
        ca = self.certificates().ca_file
        extra = f"""
ssl_ca = <{ca}
ssl_verify_client_cert = yes
ssl_require_crl = no
auth_ssl_username_from_cert = yes
ssl_cert_username_field = commonName
passdb {{
  driver = static
  args = nopassword=y
}}
"""
        server = self.serve(mechanisms="external plain", extra=extra)
        user = self.filled()
        kind = self.certificates().client(user)
        options = [*side(1, self.source), *side(2, server, "tls"), "--user1", user, "--user2", user, "--password1", "pass",
                   "--authmech2", "EXTERNAL"]
        own = ["--sslargs2", f"SSL_cert_file={self.certificates().certificate(kind)}",
               "--sslargs2", f"SSL_key_file={self.certificates().key(kind)}"]
        self.assert_ended(run(*options, *own), 0)
        self.assert_equal_accounts(self.source, user, server, user)
        self.assertNotEqual(run(*options).code, 0)

    def test_compression(self):
        zlib = "\nprotocol imap {\n  mail_plugins = $mail_plugins imap_zlib\n}\n"
        source, destination = self.serve(extra=zlib), self.serve(layout="mdbox", extra=zlib)
        user = self.new_user()
        with self.open(source, user) as session:
            mail.fill(session, mail.account(user, messages=200))
        with imaplib.IMAP4(source.host, source.port) as client:
            client.login(user, "pass")
            self.assertIn("COMPRESS=DEFLATE", client.capability()[1][0].decode())
        for protection in ("none", "tls"):
            finished = run(*side(1, source, protection), *side(2, destination, protection), "--user1", user, "--user2", user,
                           "--password1", "pass", "--password2", "pass", "--compress1", "--compress2")
            self.assert_ended(finished, 0)
            self.assert_equal_accounts(source, user, destination, user)

    def test_compression_that_is_refused_is_done_without(self):
        stored = [StoredMail(b"Message-Id: <1@example.test>\r\n\r\nbody\r\n")]
        for more in ([], ["--compress1"]):
            with ScriptedServer({"INBOX": stored}, capabilities="IMAP4rev1 COMPRESS=DEFLATE") as server:
                server.faults["compress"] = lambda peer, command: peer.line(f"{command.tag} NO [CANNOT] not today")
                user = self.new_user()
                finished = run(*side(1, server), *side(2, self.destination), "--user1", user, "--user2", user,
                               "--password1", "pass", "--password2", "pass", *more)
            self.assert_ended(finished, 0)
            self.assertEqual([a for name, a in server.commands if name == "COMPRESS"], ["DEFLATE"] if more else [])

    def test_tls_versions(self):
        user = self.filled()
        for version, word in (("TLSv1_2", "TLSv1.2"), ("TLSv1_3", "TLSv1.3")):
            finished = self.copy(user, "--ssl1_ssl_version", version, protection="tls")
            self.assert_ended(finished, 0)
            self.assertTrue(finished.lines_with(word), str(finished))

    def test_a_token_from_a_file_is_read_anew_before_each_login(self):
        told = []

        def login(peer, command):
            text = base64.b64decode(command.arguments.split()[-1]).decode()
            told.append(text)
            # The first connection is lost after the login; by then there is another token.
            path.write_text("second\nnot this\n")
            peer.line(f"{command.tag} OK in")

        def fetch(peer, command):
            if len(told) == 1:
                peer.close()
            return "go on"

        path = self.source.directory / "token"
        path.write_text("first\n")
        stored = [StoredMail(b"Message-Id: <1@example.test>\r\n\r\nbody\r\n")]
        with ScriptedServer({"INBOX": stored}, capabilities="IMAP4rev1 SASL-IR AUTH=XOAUTH2 UIDPLUS LITERAL+") as server:
            server.faults["login"] = login
            server.faults["fetch"] = fetch
            user = self.new_user()
            finished = run(*side(1, server), *side(2, self.destination), "--user1", user, "--user2", user, "--password2", "pass",
                           "--oauthaccesstoken1", path)
        self.assert_ended(finished, 0)
        self.assertEqual(told, [f"user={user}\1auth=Bearer {token}\1\1" for token in ("first", "second")])
        self.assertNotIn("Bearer", finished.output)


if __name__ == "__main__":
    unittest.main(verbosity=2)
