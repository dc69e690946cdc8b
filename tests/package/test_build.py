# SPDX-License-Identifier: BSD-3-Clause
"""The package as a file: what it holds, how its programs are hardened, what Debian's own checker thinks of it."""
import gzip
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import machine
from machine import sh

# What lintian says and is right about, and why it stays so.
ACCEPTED = {
    "initial-upload-closes-no-bugs": "there was no intent to package: this is the project's own package",
    "bogus-mail-host-in-debian-changelog": "the project has no address",
    "mail-address-loops-or-bounces": "the same",
    "wrong-bug-number-in-closes": "there are no bug numbers",
    "non-standard-file-perm": "turnpike.toml may hold passwords, and is for root and the server alone",
}
FILES = {
    "usr/bin/turnpike", "usr/bin/turnpike-bench", "etc/turnpike/turnpike.toml",
    "usr/lib/systemd/system/turnpike.service", "usr/lib/systemd/system/turnpike.socket",
    "usr/lib/sysusers.d/turnpike.conf", "usr/lib/tmpfiles.d/turnpike.conf",
    "usr/share/man/man1/turnpike.1.gz", "usr/share/man/man5/turnpike.toml.5.gz", "usr/share/man/man1/turnpike-bench.1.gz",
    "usr/share/bash-completion/completions/turnpike", "usr/share/bash-completion/completions/turnpike-bench",
    "usr/share/doc/turnpike/changelog.gz", "usr/share/doc/turnpike/CHANGELOG.md.gz",
    "usr/share/doc/turnpike/README.md.gz", "usr/share/doc/turnpike/copyright",
}


class Build(unittest.TestCase):
    package = None

    @classmethod
    def setUpClass(cls):
        machine.need("dpkg-deb", "readelf", "lintian", "mandoc", "file")
        cls.tree = pathlib.Path(tempfile.mkdtemp(prefix="turnpike-package-"))
        cls.addClassCleanup(shutil.rmtree, cls.tree)
        sh("dpkg-deb", "--raw-extract", cls.package, cls.tree)

    def field(self, name):
        return sh("dpkg-deb", "--field", self.package, name).strip()

    def programs(self):
        return [self.tree / "usr/bin" / name for name in ("turnpike", "turnpike-bench")]

    def test_it_holds_what_it_should(self):
        files = {str(path.relative_to(self.tree)) for path in self.tree.rglob("*")
                 if path.is_file() and "DEBIAN" not in path.parts}
        self.assertEqual(FILES, {each for each in files if "/examples/" not in each})

    def test_its_examples_are_those_that_the_readme_sends_to(self):
        examples = self.tree / "usr/share/doc/turnpike/examples"
        for name in ("prometheus/scrape.yml", "prometheus/alerts.yml", "grafana/turnpike.json"):
            self.assertEqual((machine.ROOT / "packaging" / name).read_text(), (examples / name).read_text())
        self.assertEqual({path.name for path in (machine.ROOT / "packaging/examples/consultations").glob("*.sql")},
                         {path.name for path in (examples / "consultations").iterdir()})

    def test_it_says_what_it_is_and_needs(self):
        self.assertEqual("turnpike", self.field("Package"))
        for library in ("libssl3", "libsystemd0", "libsqlite3-0", "libpq5", "libicu72", "libc6"):
            self.assertIn(library, self.field("Depends"))
        self.assertGreater(int(self.field("Installed-Size")), 1000)
        self.assertEqual("/etc/turnpike/turnpike.toml\n", (self.tree / "DEBIAN/conffiles").read_text())

    def test_every_file_is_root_s_and_nobody_else_may_write_it(self):
        for line in sh("dpkg-deb", "--contents", self.package).splitlines():
            mode, owner = line.split()[:2]
            self.assertEqual("root/root", owner, line)
            closed = line.endswith("/etc/turnpike/turnpike.toml")  # its group is given by postinst
            self.assertRegex(mode, r"^-rw-r-----$" if closed else r"^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x)$", line)

    def test_the_programs_are_stripped(self):
        for program in self.programs():
            self.assertIn(", stripped", sh("file", program))

    def test_the_programs_are_hardened(self):
        """Position independent, relocations read-only and bound at the start, no executable stack, checked calls."""
        for program in self.programs():
            with self.subTest(program.name):
                self.assertRegex(sh("readelf", "--file-header", program), r"Type:\s+DYN")
                segments = sh("readelf", "--program-headers", "--wide", program)
                self.assertIn("GNU_RELRO", segments)
                self.assertRegex(segments, r"GNU_STACK.* RW +0x")
                self.assertRegex(sh("readelf", "--dynamic", program), r"FLAGS_1.*NOW.*PIE|FLAGS_1.*PIE.*NOW")
                symbols = sh("readelf", "--dyn-syms", "--wide", program)
                self.assertIn("__stack_chk_fail", symbols)
                self.assertRegex(symbols, r"__\w+_chk@")

    def test_the_configuration_holds_no_secret_and_names_its_file(self):
        text = (self.tree / "etc/turnpike/turnpike.toml").read_text()
        set_lines = [line for line in text.splitlines() if line and not line.startswith(("#", "["))]
        self.assertEqual(['secrets_file = "/etc/turnpike/secret"', 'user = "turnpike"'], set_lines)
        self.assertIn("# First steps", text)

    def test_the_manual_pages_have_no_mistakes(self):
        pages = sorted(self.tree.glob("usr/share/man/*/*.gz"))
        self.assertEqual(3, len(pages))
        for page in pages:
            done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)], capture_output=True, text=True)
            self.assertEqual("", done.stdout + done.stderr)

    def test_every_command_has_its_place_in_the_manual_and_every_option_of_a_configuration(self):
        page = gzip.open(self.tree / "usr/share/man/man1/turnpike.1.gz", "rt").read().replace("\\-", "-")
        listed = re.findall(r"^  ([a-z][a-z-]*)  ", sh(self.programs()[0], "--help"), re.M)
        self.assertIn("serve", listed)
        for command in listed:
            self.assertIn(f"turnpike {command}", page)
        reference = gzip.open(self.tree / "usr/share/man/man5/turnpike.toml.5.gz", "rt").read()
        for key in re.findall(r"^#?(\w+) = ", sh(self.programs()[0], "sample-config"), re.M):
            self.assertRegex(reference, rf"\\fB(\w+\.)*{key}\\fP = ")

    def test_lintian_has_nothing_new_to_say(self):
        self.assertTrue(all(ACCEPTED.values()), "each with its reason")
        done = subprocess.run(["lintian", "--tag-display-limit", "0", "--allow-root", str(self.package)],
                              capture_output=True, text=True)
        tags = [line for line in done.stdout.splitlines() if line[:2] in ("E:", "W:")]
        self.assertEqual([], [line for line in tags if line.split()[2] not in ACCEPTED])
