# SPDX-License-Identifier: BSD-3-Clause
"""An authority of the tests' own, and the certificates that it issues, made by the openssl program.

A certificate is valid for a span of days around now: `days=(-2, -1)` has expired, `(1, 2)` is not valid yet.
"""
import dataclasses
import datetime
import pathlib
import subprocess

import topology

KEYS = {"ec": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"]}
CONFIGURATION = """
[ca]
default_ca = tests
[tests]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = anything
copy_extensions = copy
unique_subject = no
[anything]
commonName = optional
[req]
distinguished_name = name
prompt = no
[name]
"""


@dataclasses.dataclass
class Pair:
    certificate: pathlib.Path  # PEM, the chain
    key: pathlib.Path


def openssl(*words):
    topology.command("openssl", *map(str, words))


class Authority:
    """Lives in a folder, which its owner removes."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.certificate, self.key = self.folder / "authority.pem", self.folder / "authority.key"
        self.configuration = self.folder / "openssl.cnf"
        self.configuration.write_text(CONFIGURATION.format(folder=self.folder))
        (self.folder / "index.txt").touch()
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30,
                "-subj", "/CN=Tests' own authority", "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", self.key, "-out", self.certificate)

    def issue(self, *names, days=(-1, 20), kind="ec", file=None):
        """A certificate for these DNS names and addresses, as files called `file` or like the first name."""
        stem = file or names[0].replace("*", "any").replace(":", "-")
        pair = Pair(self.folder / f"{stem}.pem", self.folder / f"{stem}.key")
        request = self.folder / f"{stem}.csr"
        alternatives = ",".join(f"{'IP' if is_address(name) else 'DNS'}:{name}" for name in names)
        openssl("genpkey", "-quiet", "-algorithm", *KEYS[kind], "-out", pair.key)
        openssl("req", "-new", "-config", self.configuration, "-key", pair.key, "-subj", f"/CN={names[0]}",
                "-addext", f"subjectAltName={alternatives}", "-addext", "extendedKeyUsage=serverAuth",
                "-out", request)
        openssl("ca", "-batch", "-notext", "-config", self.configuration, "-cert", self.certificate,
                "-keyfile", self.key, "-startdate", day(days[0]), "-enddate", day(days[1]), "-in", request,
                "-out", pair.certificate)
        return pair


def is_address(name):
    return ":" in name or name.replace(".", "").isdigit()


def day(offset):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=offset)).strftime("%Y%m%d%H%M%SZ")
