# SPDX-License-Identifier: BSD-3-Clause
"""The life of the package on a bare Debian 12 that boots: one story, in the order of the tests' numbers."""
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import unittest

from machine import ADDRESS, Machine, wait_until

CONFIG = "/etc/turnpike/turnpike.toml"
SECRET = "/etc/turnpike/secret"
DATABASE = "/var/lib/turnpike/turnpike.db"
SECURITY_MAX = 2.0
HERE = pathlib.Path(__file__).resolve().parent


class Life(unittest.TestCase):
    packages = ()  # the version of now, and one that is newer
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.machine = Machine(cls.packages)
        cls.addClassCleanup(cls.machine.stop)
        cls.do, cls.run_in = cls.machine.do, cls.machine.run

    def install(self, package):
        return self.do("apt-get", "install", "--yes", "--no-install-recommends", f"/srv/{package.name}")

    def process(self):
        return int(self.machine.property("MainPID"))

    def status_of(self, process):
        return dict(line.split(":\t", 1) for line in self.do("cat", f"/proc/{process}/status").splitlines() if ":\t" in line)

    def assert_serves(self, port=3478):
        """A login, and with it an allocation and packets through it, as a client would."""
        self.assertEqual("active", self.run_in("systemctl", "is-active", "turnpike").stdout.strip(), self.machine.journal())
        entry = json.loads(self.do("turnpike", "credentials", "--user", "anna"))[0]
        done = self.run_in("turnpike-bench", "check", "--user", entry["username"], f"turn:{ADDRESS}:{port}?transport=udp",
                           *([f"turn:{ADDRESS}:{port}?transport=tcp"] if port == 3478 else []),
                           TURNPIKE_PASSWORD=entry["credential"])
        self.assertEqual(0, done.returncode, done.stdout + done.stderr + self.machine.journal())

    def edit(self, pattern, replacement):
        file = self.machine.path(CONFIG)
        text, count = re.subn(pattern, replacement, file.read_text(), flags=re.M)
        self.assertEqual(1, count, pattern)
        file.write_text(text)

    def usage_rows(self):
        with sqlite3.connect(f"file:{self.machine.path(DATABASE)}?mode=ro", uri=True) as database:
            return database.execute("SELECT count(*) FROM usage").fetchone()[0]

    def drop_in(self, text, unit="turnpike.service"):
        file = self.machine.path(f"/etc/systemd/system/{unit}.d/test.conf")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.do("systemctl", "daemon-reload")

    def without_drop_in(self, unit="turnpike.service"):
        file = self.machine.path(f"/etc/systemd/system/{unit}.d/test.conf")
        file.unlink()
        file.parent.rmdir()
        self.do("systemctl", "daemon-reload")

    def test_01_installed_it_runs_and_is_ready(self):
        self.install(self.packages[0])
        self.assertEqual("active", self.machine.property("ActiveState"), self.machine.journal())
        self.assertEqual("enabled", self.do("systemctl", "is-enabled", "turnpike.service").strip())
        self.assertNotEqual("enabled", self.run_in("systemctl", "is-enabled", "turnpike.socket").stdout.strip())
        self.assertEqual("notify", self.machine.property("Type"))
        self.assertRegex(self.machine.property("StatusText"), r"\d+ allocations?")

    def test_02_it_runs_as_its_own_user_without_any_capability(self):
        status = self.status_of(self.process())
        user = self.do("id", "--user", "turnpike").strip()
        self.assertNotEqual("0", user)
        self.assertEqual({user}, set(status["Uid"].split()))
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(0, int(status[kind], 16), kind)
        self.assertEqual(("1", "2"), (status["NoNewPrivs"], status["Seccomp"]))

    def test_03_it_relays_for_those_who_have_a_login_of_this_host_and_for_nobody_else(self):
        self.assert_serves()
        done = self.run_in("turnpike-bench", "check", "--user", "1999999999:anna", f"turn:{ADDRESS}?transport=udp",
                           TURNPIKE_PASSWORD="guessed")
        self.assertEqual(1, done.returncode)

    def test_04_its_secret_is_this_host_s_own_and_kept(self):
        self.assertEqual("640 root turnpike\n", self.do("stat", "--format=%a %U %G", SECRET))
        self.assertEqual("640 root turnpike\n", self.do("stat", "--format=%a %U %G", CONFIG))
        self.assertEqual("750 turnpike turnpike\n", self.do("stat", "--format=%a %U %G", "/var/lib/turnpike"))
        secret = self.machine.path(SECRET).read_text().splitlines()[-1]
        self.assertGreaterEqual(len(secret), 43)
        self.assertNotIn(secret, self.machine.journal())
        self.assertNotIn(secret, self.do("sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"))
        curious = self.run_in("runuser", "--user", "nobody", "--", "turnpike", "credentials")
        self.assertNotEqual(0, curious.returncode)
        self.assertIn(f"{CONFIG}: cannot be read", curious.stderr)

    def test_05_its_units_have_no_mistakes_and_are_locked_up(self):
        self.assertEqual("", self.do("systemd-analyze", "verify", "turnpike.service", "turnpike.socket"))
        text = self.do("systemd-analyze", "security", "--offline=true", f"--threshold={SECURITY_MAX * 10:.0f}",
                       "/usr/lib/systemd/system/turnpike.service")
        exposure = float(re.search(r"exposure level for turnpike.service: ([0-9.]+)", text).group(1))
        print(f"       systemd-analyze security: {exposure}", flush=True)
        self.assertLessEqual(exposure, SECURITY_MAX)

    def test_06_every_file_that_came_with_it_is_the_package_s(self):
        self.assertEqual("", self.do("dpkg", "--verify", "turnpike"))
        owned = set(self.do("dpkg", "--listfiles", "turnpike").splitlines())
        for name in self.do("find", "/usr", "/etc/turnpike", "-xdev", "-name", "*turnpike*").splitlines():
            self.assertIn(name, owned)

    def test_07_its_manual_pages_can_be_read(self):
        for page in ("man1/turnpike.1", "man5/turnpike.toml.5", "man1/turnpike-bench.1"):
            done = self.run_in("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", f"/usr/share/man/{page}.gz",
                               MANWIDTH="80", MANROFFSEQ="")
            self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertIn("limits.allocations_per_user", self.do("man", "turnpike.toml", MANPAGER="cat"))

    def completed(self, *words):
        line = ("source /usr/share/bash-completion/bash_completion; _completion_loader $1; COMP_WORDS=(\"$@\"); "
                "COMP_CWORD=$(($# - 1)); _${1//-/_}; echo \"${COMPREPLY[@]}\"")
        return self.do("bash", "-c", line, "bash", *words).split()

    def test_08_bash_completes_it(self):
        self.assertEqual(["credentials"], self.completed("turnpike", "cred"))
        self.assertIn("--generate", self.completed("turnpike", "user", "add", "--"))
        self.assertEqual(["log.level="], self.completed("turnpike", "serve", "--set", "log.le"))
        self.assertEqual(["--json"], self.completed("turnpike-bench", "check", "--j"))
        self.assertEqual(["/etc/turnpike/turnpike.toml"], self.completed("turnpike", "check-config", "/etc/turnpike/turnpike.t"))

    def findings(self, check):
        """Of the doctor as root while the service is down."""
        done = self.run_in("turnpike", "doctor", "--no-start", "--json")
        report = json.loads(done.stdout)
        self.assertEqual(report["works"], done.returncode == 0)
        return [each for each in report["findings"] if each["check"] == check]

    def test_08b_the_doctor_judges_for_the_service_s_user(self):
        self.do("systemctl", "stop", "turnpike")
        self.assertEqual([], self.findings("user"))
        self.do("chmod", "600", CONFIG)
        found = self.findings("user")
        self.assertEqual("turnpike cannot read", found[0]["seen"][:20], found)
        self.do("chmod", "640", CONFIG)
        self.assertEqual([], self.findings("user"))
        self.do("systemctl", "start", "turnpike")
        self.assert_serves()

    def test_09_a_reload_keeps_the_process(self):
        before = self.process()
        self.edit(r"^#level = .*", 'level = "debug"')
        self.do("systemctl", "reload", "turnpike")
        self.assertEqual(before, self.process())
        self.assert_serves()

    def test_10_a_reload_with_mistakes_fails_says_why_and_harms_nobody(self):
        before = self.process()
        good = self.machine.path(CONFIG).read_text()
        self.edit(r"^\[limits\]$", "[limits]\nbites = 1")
        self.assertNotEqual(0, self.run_in("systemctl", "reload", "turnpike").returncode)
        self.assertRegex(self.machine.journal(), r"turnpike\.toml:\d+: limits\.bites: unknown key.*bytes")
        self.assertEqual(before, self.process())
        self.machine.path(CONFIG).write_text(good)
        self.assert_serves()
        self.do("systemctl", "reload", "turnpike")

    def watchdog_timeouts(self):
        return self.do("journalctl", "--no-pager", "--unit=turnpike.service").count("Watchdog timeout")

    def restarted(self, before, timeouts):
        """By the watchdog, and nobody else."""
        wait_until(lambda: self.process() not in (0, before) and self.machine.property("ActiveState") == "active",
                   "a new process is ready")
        self.assertEqual(timeouts + 1, self.watchdog_timeouts())

    def test_11_a_process_that_stands_still_is_started_again(self):
        self.drop_in("[Service]\nWatchdogSec=2s\nTimeoutAbortSec=2s\n")
        self.do("systemctl", "restart", "turnpike")
        before, timeouts = self.process(), self.watchdog_timeouts()
        self.do("systemctl", "kill", "--signal=SIGSTOP", "--kill-who=main", "turnpike.service")
        self.restarted(before, timeouts)
        self.assert_serves()

    def test_12_so_is_one_of_which_the_workers_alone_stand_still(self):
        before, timeouts = self.process(), self.watchdog_timeouts()
        holder = subprocess.Popen([sys.executable, str(HERE / "hold_threads.py"), str(self.seen_from_here(before))],
                                  stdout=subprocess.PIPE, text=True)
        try:
            self.assertRegex(holder.stdout.readline(), r"held [1-9]")
            self.restarted(before, timeouts)
        finally:
            holder.kill()
            holder.communicate()
        self.without_drop_in()
        self.do("systemctl", "restart", "turnpike")
        self.assert_serves()

    def seen_from_here(self, process):
        """Processes of the container have other numbers outside of it."""
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                numbers = re.search(r"^NSpid:\s+(.*)$", status.read_text(), re.M).group(1).split()
                if numbers[1:] == [str(process)] and (status.parent / "comm").read_text().startswith("turnpike"):
                    return numbers[0]
            except (FileNotFoundError, ProcessLookupError):
                continue
        self.fail(f"process {process} is not to be seen from outside")

    def test_13_an_upgrade_keeps_configuration_secret_users_and_usage(self):
        self.do("turnpike", "user", "add", "bertha", stdin="a password of hers\n")
        self.assert_serves()
        wait_until(lambda: self.usage_rows() > 0, "usage is in the database")
        rows, before = self.usage_rows(), self.process()
        kept = {name: self.machine.path(name).read_text() for name in (CONFIG, SECRET)}
        self.do("chmod", "644", CONFIG)  # as an administrator may want it
        self.install(self.packages[1])
        version = self.packages[1].name.split("_")[1]
        self.assertEqual(version, self.do("dpkg-query", "--show", "--showformat=${Version}", "turnpike"))
        self.assertNotEqual(before, self.process())
        self.assertEqual(kept, {name: self.machine.path(name).read_text() for name in kept})
        self.assertIn('level = "debug"', kept[CONFIG])
        self.assertEqual("644 root turnpike\n", self.do("stat", "--format=%a %U %G", CONFIG))
        self.do("chmod", "640", CONFIG)
        self.assertGreaterEqual(self.usage_rows(), rows)
        self.assertIn("bertha", self.do("turnpike", "user", "list"))
        self.assert_serves()

    def test_14_removed_it_is_gone_and_what_it_knew_stays(self):
        before = self.process()
        secret = self.machine.path(SECRET).read_text()
        self.do("apt-get", "remove", "--yes", "turnpike")
        self.assertFalse(self.machine.path(f"/proc/{before}").exists())
        self.assertNotEqual(0, self.run_in("systemctl", "is-active", "turnpike").returncode)
        self.assertFalse(self.machine.path("/usr/bin/turnpike").exists())
        self.assertEqual(secret, self.machine.path(SECRET).read_text())
        self.assertTrue(self.machine.path(CONFIG).exists())
        self.assertGreater(self.usage_rows(), 0)
        # As a package of before may have left it: the group is given, but where the administrator has said otherwise.
        self.do("chown", "root:root", CONFIG)
        self.install(self.packages[1])
        self.assertEqual("640 root turnpike\n", self.do("stat", "--format=%a %U %G", CONFIG))
        self.do("dpkg-statoverride", "--update", "--add", "root", "root", "0644", CONFIG)
        self.do("dpkg", "--install", f"/srv/{self.packages[1].name}")
        self.assertEqual("644 root root\n", self.do("stat", "--format=%a %U %G", CONFIG))
        self.do("dpkg-statoverride", "--remove", CONFIG)
        self.do("dpkg", "--install", f"/srv/{self.packages[1].name}")
        self.assertEqual("640 root turnpike\n", self.do("stat", "--format=%a %U %G", CONFIG))
        self.assertEqual(secret, self.machine.path(SECRET).read_text())
        self.assertIn("bertha", self.do("turnpike", "user", "list"))
        self.assert_serves()

    def test_15_purged_it_leaves_its_user_and_nothing_else(self):
        self.do("apt-get", "purge", "--yes", "turnpike")
        left = self.do("find", "/etc", "/usr", "/var/lib", "/opt", "/run", "-xdev", "-name", "*turnpike*")
        self.assertEqual("", left)
        self.assertEqual(0, self.run_in("id", "turnpike").returncode)

    def test_16_installed_anew_it_has_another_secret(self):
        self.install(self.packages[1])
        self.assert_serves()

    def test_17_systemd_binds_port_443_for_it_which_has_no_right_to(self):
        self.edit(r"^#udp = .*", 'udp = ["0.0.0.0:443"]')
        self.edit(r"^#workers = .*", "workers = 1")
        self.do("systemctl", "stop", "turnpike.service")
        self.drop_in("[Socket]\nListenStream=\nListenStream=0.0.0.0:3478\nListenDatagram=0.0.0.0:443\n",
                     "turnpike.socket")
        self.edit(r"^#tcp = \[.*", 'tcp = ["0.0.0.0:3478"]')
        self.do("systemctl", "start", "turnpike.socket")
        self.assertEqual("inactive", self.machine.property("ActiveState"))
        self.do("bash", "-c", f"exec 3<>/dev/tcp/{ADDRESS}/3478")  # the first client starts it
        wait_until(lambda: self.machine.property("ActiveState") == "active", "the socket has started the service")
        self.assert_serves(443)
        self.assertEqual(0, int(self.status_of(self.process())["CapEff"], 16))

    def test_18_what_lies_in_the_credential_store_reaches_it_and_nobody_else(self):
        store = self.machine.path("/etc/credstore")
        store.mkdir(mode=0o700, exist_ok=True)
        (store / "turnpike.admin-token").write_text("a token from the store\n")
        self.edit(r"^#token_file = .*", 'token_file = "/run/credentials/turnpike.service/turnpike.admin-token"')
        self.do("systemctl", "restart", "turnpike.service")
        self.assertEqual("active", self.machine.property("ActiveState"), self.machine.journal())
        credential = "/run/credentials/turnpike.service/turnpike.admin-token"
        self.assertEqual("a token from the store\n",
                         self.do("nsenter", "--target", self.process(), "--mount", "runuser", "--user", "turnpike", "--",
                                 "cat", credential))
        self.assertNotEqual(0, self.run_in("runuser", "--user", "nobody", "--", "cat", credential).returncode)
