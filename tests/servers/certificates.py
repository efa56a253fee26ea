"""Certificates for throwaway servers: an authority and leaves of every kind that a client must judge rightly."""

import os
import pathlib
import subprocess

KINDS = ("server", "expired", "wronghost", "selfsigned")

LOCAL_NAMES = "DNS:localhost,IP:127.0.0.1,IP:::1"


class Certificates:
    """Makes, in `directory`: ca.pem and, for each kind, KIND.pem and KIND.key.

    server      valid for localhost, 127.0.0.1 and ::1
    expired     the same, valid until yesterday
    wronghost   valid, for another host
    selfsigned  for localhost, signed by itself
    """

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.ca_file = self.directory / "ca.pem"
        if not self.ca_file.exists():
            self._make()

    def certificate(self, kind):
        return self.directory / f"{kind}.pem"

    def key(self, kind):
        return self.directory / f"{kind}.key"

    def client(self, user):
        """The kind of a certificate for somebody who logs in with it; made when it is asked for."""
        kind = f"client-{user}"
        if not self.certificate(kind).exists():
            self._leaf(kind, user, "DNS:client.example.test", days=3650, usage="clientAuth")
        return kind

    def _make(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        self._self_signed("ca", "/CN=imapferry test authority",
                          "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
        self._leaf("server", "localhost", LOCAL_NAMES, days=3650)
        self._leaf("expired", "localhost", LOCAL_NAMES, days=-1)
        self._leaf("wronghost", "other.example.test", "DNS:other.example.test", days=3650)
        self._self_signed("selfsigned", "/CN=localhost", "subjectAltName=" + LOCAL_NAMES)

    def _self_signed(self, name, subject, *extensions):
        command = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256",
                   "-days", "3650", "-subj", subject, "-keyout", f"{name}.key", "-out", f"{name}.pem"]
        for extension in extensions:
            command += ["-addext", extension]
        self._openssl(command)

    def _leaf(self, name, common_name, alternative_names, days, usage="serverAuth"):
        self._openssl(["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256",
                       "-subj", f"/CN={common_name}", "-keyout", f"{name}.key", "-out", f"{name}.csr"])
        extensions = self.directory / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternative_names}\n"
                              f"extendedKeyUsage={usage}\nbasicConstraints=CA:FALSE\n")
        self._openssl(["x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                       "-sha256", "-days", str(days), "-extfile", extensions.name, "-out", f"{name}.pem"])
        extensions.unlink()
        (self.directory / f"{name}.csr").unlink()

    def _openssl(self, arguments):
        done = subprocess.run(["openssl"] + arguments, cwd=self.directory, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env={**os.environ, "OPENSSL_CONF": "/dev/null"})
        if done.returncode != 0:
            raise RuntimeError(f"openssl {' '.join(arguments)} failed:\n{done.stderr}")
