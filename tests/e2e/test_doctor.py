# SPDX-License-Identifier: BSD-3-Clause
"""turnpike doctor: a healthy server is found healthy, and each cause of trouble, made for real, is found and named."""
import json
import pathlib
import signal
import socket
import sqlite3
import subprocess

import certificates
import servers
import topology
from case import EndToEnd

NAME = topology.SERVER_NAME
OWN_NAME = pathlib.Path("/proc/self/comm").read_text().strip()
# Ports that the running server does not have.
ELSEWHERE = {"listen": {"udp": [f"{topology.SERVER}:4478"], "tcp": [f"{topology.SERVER}:4478"]},
             "admin": {"listen": ""}}


class Doctor(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, cls.folder)
        cls.authority = certificates.Authority(cls.folder / "authority")
        cls.pair = cls.authority.issue(NAME)
        cls.changes = {"listen": {"tls": ["0.0.0.0:5349"], "dtls": ["[::]:5349"], **cls.files(cls.pair)},
                       "server": {"hostname": NAME}, "admin": {"listen": ""}}
        super().setUpClass()

    @staticmethod
    def files(pair):
        return {"certificate": str(pair.certificate), "private_key": str(pair.key)}

    def config_file(self, changes):
        path = self.folder / "doctor.toml"
        path.write_text(servers.toml(servers.merged(servers.CONFIG, changes)))
        return path

    def command(self, changes, *words):
        config = self.config_file(changes) if changes is not None else self.server.config_path()
        return [str(servers.Turnpike.binaries / "turnpike"), "doctor", "--config", str(config), *words]

    def examine(self, changes, *words, before=()):
        """The exit code and the findings for a configuration; None: that of the running server."""
        done = self.network["server"].run(["env", "DONT_FAKE_MONOTONIC=1", *before,
                                           *self.command(changes, "--json", *words)])
        self.assertIn(done.returncode, (0, 1), done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report["works"], done.returncode == 0)
        return done.returncode, report["findings"]

    def by_shell(self, line):
        """Before the doctor, in its process."""
        return ["sh", "-c", f'{line} && exec "$@"', "sh"]

    def assert_finds(self, *expected):
        """A grade, a check, words that it says and advises, and the examination that has to have them."""
        grade, check, words, advice, (code, findings) = expected
        self.assertEqual(code, 1 if grade == "problem" else 0, findings)
        found = [each for each in findings if each["check"] == check and words in each["seen"]]
        self.assertTrue(found, f"no {check} with {words!r} in {findings}")
        self.assertEqual(found[0]["grade"], grade)
        self.assertIn(advice, found[0].get("advice", ""))

    def seen(self, findings, check):
        return [each["seen"] for each in findings if each["check"] == check]


class RunningServer(Doctor):
    def test_healthy(self):
        """A server that runs is found healthy, and relays a packet through each of its listeners"""
        code, findings = self.examine(None)
        self.assertEqual(code, 0, findings)
        self.assertTrue(all("served by the server that runs here" in each for each in self.seen(findings, "listeners")))
        ways = self.seen(findings, "relay")
        self.assertEqual(len(ways), 6, ways)  # UDP and TCP by both families, TLS, DTLS
        self.assertTrue(all("relayed packet" in way for way in ways), ways)
        self.assertEqual(sum(f"turns:{NAME}:5349" in way for way in ways), 2, ways)
        self.assertIn(f"the server that runs here, process {self.server.process.pid}",
                      self.seen(findings, "descriptors")[0])

    def test_for_a_person(self):
        """Without --json there is a line for each finding, what to do below it, and a count"""
        done = self.network["server"].run(self.command(None))
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"\n  ok    listeners         listen\.udp UDP 0\.0\.0\.0:3478, served by")
        self.assertRegex(done.stdout, r"\n  warn  certificates      .* is missing: Tests' own authority\n        what to do: ")
        self.assertRegex(done.stdout, r"\n0 problems, \d+ warnings?\n$")
        self.assertNotIn(servers.SECRET, done.stdout)

    def test_at_the_start(self):
        """The server's log has the warnings, once each, with what to do, and no secret"""
        lines = [line for line in self.server.log().splitlines() if "doctor" in line and "check=" in line]
        self.assertTrue(any("relay addresses" in line and "advice=" in line for line in lines), lines)
        self.assertEqual(len(lines), len({line.split("check=")[1] for line in lines}))
        self.assertNotIn(servers.SECRET, "".join(lines))

    def test_silent(self):
        """A server that has stopped working is a problem, though its ports are taken as they should be"""
        self.server.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.server.process.send_signal, signal.SIGCONT)
        only = {"listen": {"udp": ["0.0.0.0:3478"], "tcp": []}, "admin": {"listen": ""}}
        self.assert_finds("problem", "relay", "Binding: no answer", "firewall", self.examine(only))


class KernelRelay(Doctor):
    CARD = "to-router"

    def relayed_by(self, acceleration, *, before=(), **relay):
        """What is said of the kernel's half, for a configuration that no server runs with."""
        changes = {**ELSEWHERE, "relay": {"acceleration": acceleration, **relay}}
        code, findings = self.examine(changes, "--no-start", before=before)
        self.assertEqual(code, 0, findings)  # sockets can always relay
        return [each for each in findings if each["check"] == "kernel relay"]

    def foreign_program(self):
        """An XDP program of somebody else on the server's card."""
        source = '__attribute__((section("xdp"))) int firewall(void* packet) { return 2; /* XDP_PASS */ }'
        program = self.folder / "firewall.o"
        subprocess.run(["clang-19", "-target", "bpf", "-O2", "-x", "c", "-c", "-o", program, "-"], input=source, text=True,
                       check=True)
        server = self.network["server"]
        server.ip("link", "set", self.CARD, "xdpdrv", "object", program, "section", "xdp")
        self.addCleanup(server.ip, "link", "set", self.CARD, "xdpdrv", "off")

    def assert_says(self, findings, grade, words, advice=""):
        self.assert_finds(grade, "kernel relay", words, advice, (0, findings))

    def test_at_work(self):
        """What runs is seen to be at work, by the entry point that the rule foretells"""
        self.server.wait_for_log("server ready", f'acceleration="tc on {self.CARD}"')
        _, findings = self.examine(None)
        self.assert_says(findings, "ok", f'relay.acceleration is "auto": tc on {self.CARD}')
        self.assert_says(findings, "ok", f"{self.CARD}: by tc, at work now (program ")
        self.assert_says(findings, "ok", f"nothing keeps the server that runs here, process {self.server.process.pid},")
        self.assert_says(findings, "ok", "the kernel takes the program, as was tried; room for 32768 channels")

    def test_wishes(self):
        """Each wish is foretold, and what stands against it is a warning with what to do"""
        self.assertEqual([each["seen"] for each in self.relayed_by("off")],
                         ['relay.acceleration is "off": sockets relay everything'])
        self.assert_says(self.relayed_by("auto"), "ok", f"{self.CARD}: by tc, because a virtual cable's other end may")
        self.assert_says(self.relayed_by("tc"), "ok", f"{self.CARD}: by tc; veth, MTU 1500")
        findings = self.relayed_by("xdp")
        self.assert_says(findings, "ok", f"{self.CARD}: by XDP; veth, MTU 1500 (XDP up to 3506, it is believed)")
        self.assert_says(findings, "warning", "its other end takes no frames from XDP", "gro on")
        self.assert_says(self.relayed_by("auto", interfaces=["eth7"]), "warning", "relay.interfaces: eth7",
                         "relay.interfaces")

    def test_mtu(self):
        """An MTU that XDP does not take comes with the command that lowers it"""
        server = self.network["server"]
        self.addCleanup(server.ip, "link", "set", self.CARD, "mtu", "1500")
        server.ip("link", "set", self.CARD, "mtu", "3507")
        self.assert_says(self.relayed_by("xdp"), "warning", f"{self.CARD}: by sockets, because its MTU is 3507",
                         f"`ip link set {self.CARD} mtu 3506`")
        self.assert_says(self.relayed_by("auto"), "ok", f"{self.CARD}: by tc")

    def test_foreign_program(self):
        """Somebody else's XDP program is named; tc is taken beside it, where that may be"""
        self.foreign_program()
        findings = self.relayed_by("xdp")
        self.assert_says(findings, "warning", f"{self.CARD}: by sockets, because another XDP program is on it (program ",
                         'relay.acceleration = "auto"')
        self.assert_says(findings, "warning", ", firewall)")
        self.assert_says(self.relayed_by("tc"), "ok", f"{self.CARD}: by tc")

    def test_without_rights(self):
        """Without rights sockets relay, which is no problem; it is said what there would be with them"""
        findings = self.relayed_by("auto", before=["setpriv", "--bounding-set=-all", "--inh-caps=-all"])
        self.assert_says(findings, "ok", f"sockets relay, for want of rights; with them tc on {self.CARD}")
        self.assert_says(findings, "warning", "this process lacks CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON", "turnpike(1)")
        self.assert_says(findings, "ok", "whether the kernel takes the program, only root can try")
        some = self.relayed_by("auto", before=["setpriv", "--bounding-set=-bpf,-sys_admin"])
        self.assert_says(some, "warning", "this process lacks CAP_BPF:", "turnpike(1)")


class Causes(Doctor):
    def test_not_running(self):
        """Where no server runs one is started, asked and ended, unless that is not wanted"""
        code, findings = self.examine(ELSEWHERE)
        self.assertEqual(code, 0, findings)
        ways = self.seen(findings, "relay")
        self.assertIn("no server runs here; one was started", ways[0])
        self.assertEqual(sum("relayed packet" in way for way in ways), 2, ways)
        code, findings = self.examine(ELSEWHERE, "--no-start")
        self.assertEqual((code, self.seen(findings, "relay")), (0, ["no server runs here, so nothing was relayed"]))

    def test_missing_address(self):
        """An address that this host lacks is named, with those that it has"""
        self.assert_finds("problem", "listeners", "10.2.0.77:4478 is no address of this host, which has", "listen.udp",
                          self.examine({"listen": {"udp": ["10.2.0.77:4478"], "tcp": []}}))
        relay = {**ELSEWHERE, "relay": {"addresses": ["10.2.0.77"]}}
        self.assert_finds("problem", "relay addresses", "10.2.0.77 is no address of this host", "relay.external",
                          self.examine(relay, "--no-start"))

    def test_private_address(self):
        """A private address that is shown to peers comes with the line to add"""
        self.assert_finds("warning", "relay addresses", f"told {topology.SERVER}, which is no public",
                          f'relay.external = {{ "{topology.SERVER}" =', self.examine(ELSEWHERE, "--no-start"))

    def test_taken_port(self):
        """A port that another program has is a problem with that program's name"""
        for kind, words in ((socket.SOCK_DGRAM, "listen.udp UDP"), (socket.SOCK_STREAM, "listen.tcp TCP")):
            with self.network["server"].socket(kind=kind) as holder:
                holder.bind((topology.SERVER, 4478))
                if kind == socket.SOCK_STREAM:
                    holder.listen()
                self.assert_finds("problem", "listeners", f"{words} {topology.SERVER}:4478 is taken by {OWN_NAME}", "stop ",
                                  self.examine(ELSEWHERE))

    def test_certificate(self):
        """An expired certificate, one for another name, and a key of another are told apart"""
        def examine(pair, **server):
            changes = {"listen": {**ELSEWHERE["listen"], "tls": [f"{topology.SERVER}:4479"], **self.files(pair)}}
            return self.examine({**ELSEWHERE, **changes, "server": server}, "--no-start")
        old = self.authority.issue(NAME, days=(-9, -2), file="expired")
        self.assert_finds("problem", "certificates", "expired on", "renew it", examine(old))
        self.assert_finds("problem", "certificates", "they are for turn.example.org", "server.hostname",
                          examine(self.pair, hostname="another.example.org"))
        mixed = certificates.Pair(self.pair.certificate, old.key)
        self.assert_finds("problem", "certificates", "is not the key", "does not start", examine(mixed))
        soon = self.authority.issue(NAME, days=(-9, 5), file="soon")
        self.assert_finds("warning", "certificates", "expires on", "certbot", examine(soon))
        self.assert_finds("problem", "certificates", "nobody cannot read", "chgrp nobody",
                          examine(self.pair, user="nobody"))

    def test_clock(self):
        """A clock that shows a time before the program was written is a problem"""
        self.assert_finds("problem", "clock", "not written yet", "NTP",
                          self.examine(ELSEWHERE, "--no-start", before=["faketime", "-f", "-3000d"]))

    def with_storage(self, name):
        return {**ELSEWHERE, "storage": {"url": f"sqlite:{self.folder / name}", "journal": str(self.folder / "journal")}}

    def test_journal(self):
        """A journal on a read-only disk, or in a folder of somebody else, is a problem"""
        mount = self.by_shell(f"mount -t tmpfs -o ro none {self.folder / 'ro'}")
        (self.folder / "ro").mkdir()
        changes = self.with_storage("journal.db")
        changes["storage"]["journal"] = str(self.folder / "ro" / "journal")
        self.assert_finds("problem", "journal", "Read-only file system", "storage.journal",
                          self.examine(changes, "--no-start", before=mount))
        foreign = {**self.with_storage("journal.db"), "server": {"user": "nobody"}}
        self.assert_finds("problem", "journal", "nobody cannot write the folder", "writable for nobody",
                          self.examine(foreign, "--no-start"))

    def test_schema(self):
        """A database of a newer version is a problem, one that is there and right is not"""
        changes = self.with_storage("schema.db")
        migrated = self.network["server"].run([str(servers.Turnpike.binaries / "turnpike"), "migrate", "--config",
                                               str(self.config_file(changes))])
        self.assertEqual(migrated.returncode, 0, migrated.stderr)
        code, findings = self.examine(changes, "--no-start")
        self.assertEqual(code, 0, findings)
        with sqlite3.connect(self.folder / "schema.db") as database:
            database.execute("INSERT INTO schema_version (version) VALUES (999)")
        database.close()
        self.assert_finds("problem", "database", "at schema version 999", "turnpike migrate",
                          self.examine(changes, "--no-start"))
        self.assert_finds("problem", "database", "dbname=site ", "storage.url", self.examine(
            {**ELSEWHERE, "storage": {"url": f"host={self.folder} dbname=site", "journal": str(self.folder / "j")}},
            "--no-start"))

    def test_port_range(self):
        """Relay ports that the kernel gives to others are counted, until they are reserved"""
        server = self.network["server"]
        server.exec("sysctl", "-qw", "net.ipv4.ip_local_port_range=32768 50099")
        self.assert_finds("warning", "relay ports", "gives 100 of them", "ip_local_reserved_ports=50000-50999",
                          self.examine(ELSEWHERE, "--no-start"))
        server.exec("sysctl", "-qw", "net.ipv4.ip_local_reserved_ports=50000-50999")
        _, findings = self.examine(ELSEWHERE, "--no-start")
        self.assertIn("to no other program", self.seen(findings, "relay ports")[0])

    def test_descriptors(self):
        """A low limit of descriptors is a warning with the number to set"""
        self.assert_finds("warning", "descriptors", "may open 256 descriptors", "LimitNOFILE=",
                          self.examine(ELSEWHERE, "--no-start", before=self.by_shell("ulimit -n 256")))

    def test_token(self):
        """A token that everybody can read, and that the server refuses, is a problem; so is one that is missing"""
        token = self.folder / "token"
        token.write_text("a token that is long enough\n")
        token.chmod(0o644)
        changes = {**ELSEWHERE, "admin": {"listen": "127.0.0.1:8478", "token": "", "token_file": str(token)}}
        self.assert_finds("problem", "admin interface", "can read", "chmod 640", self.examine(changes, "--no-start"))
        changes["admin"]["token_file"] = str(self.folder / "none")
        self.assert_finds("problem", "admin interface", "No such file", "openssl rand", self.examine(changes, "--no-start"))

    def test_configuration(self):
        """A configuration with errors is a problem, with the place in the file"""
        code, findings = self.examine({"relm": "x"})
        self.assertEqual(code, 1)
        self.assertIn("relm: unknown key", findings[0]["seen"])
