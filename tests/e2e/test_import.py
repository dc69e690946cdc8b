# SPDX-License-Identifier: BSD-3-Clause
"""A coturn configuration, served by coturn and, imported, by turnpike: the same users, peers and relayed address."""
import base64
import hmac
import pathlib
import re
import subprocess
import time

import servers
import stun
import topology
from case import LISTENER, EndToEnd
from turn_client import Credential, Refused, TurnClient

EXTERNAL = "203.0.113.7"
SAMPLE = pathlib.Path("/etc/turnserver.conf")  # of Debian's package coturn
COMMON = f"""
listening-ip={topology.SERVER}
relay-ip={topology.SERVER}
external-ip={EXTERNAL}/{topology.SERVER}
min-port=50000
max-port=50999
realm={servers.REALM}
no-multicast-peers
denied-peer-ip=10.0.0.0-10.255.255.255
denied-peer-ip=127.0.0.0-127.255.255.255
allowed-peer-ip=10.3.0.0-{topology.PEER}
allowed-peer-ip=126.0.0.0-128.0.0.0
no-software-attribute
no-rfc5780
no-cli
"""
USERS = COMMON + "lt-cred-mech\nuser=alice:wonderland\nuser=bob:first\nuser=bob:build:er # 1\n"
SECRETS = COMMON + f"use-auth-secret\nstatic-auth-secret={servers.SECRET}\nstatic-auth-secret=the one before\n"
PEERS = (topology.PEER, topology.PEER_SECOND, "10.9.9.9", "127.0.0.1", "126.0.0.1", "128.0.0.0", "224.0.0.1", "8.8.8.8")


def minted(secret, user="alice"):
    username = f"{int(time.time()) + 3600}:{user}"
    digest = hmac.digest(secret.encode(), username.encode(), "sha1")
    return Credential(username, base64.b64encode(digest).decode())


def import_file(conf, *arguments):
    return subprocess.run([servers.Turnpike.binaries / "turnpike", "import-coturn", conf, *arguments],
                          capture_output=True, text=True)


class Site(servers.Server):
    """A server that is told nothing but a turnserver.conf."""

    text = ""

    def conf(self):
        path = self.folder / "turnserver.conf"
        path.write_text(self.text)
        return path


class CoturnSite(Site):
    def command(self):
        return ["turnserver", "-c", self.conf(), "--log-file", "stdout", "--pidfile", self.folder / "pid", "--userdb",
                self.folder / "db"]


class ImportedSite(Site):
    def command(self):
        toml = self.folder / "turnpike.toml"
        done = import_file(self.conf(), "--output", toml)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return ["env", "TURNPIKE_STORAGE_URL=", servers.Turnpike.binaries / "turnpike", "serve", "--config", toml]


class SameForClients(EndToEnd):
    """Each server in turn on the same address, asked the same questions."""

    @classmethod
    def start_server(cls, changes):
        return Site(cls.network["server"])  # each test starts its own

    def outcome(self, action, *arguments):
        try:
            action(*arguments)
        except Refused as refusal:
            return refusal.code
        return "yes"

    def seen_by(self, credential):
        with TurnClient(self.network["client"], LISTENER, credential) as client:
            first = self.outcome(client.allocate)
            if first != "yes":
                return first
            return {peer: self.outcome(client.permit, (peer, 5000)) for peer in PEERS}

    def relayed(self, credential):
        with TurnClient(self.network["client"], LISTENER, credential) as client:
            answer = client.allocate()
            host, port = answer.address(stun.XOR_RELAYED_ADDRESS)
            return host, 50000 <= port <= 50999

    def answers(self, kind, text, credentials):
        server = kind(self.network["server"])
        server.text = text
        try:
            server.start()
            seen = [self.seen_by(each) for each in credentials]
            return seen, self.relayed(credentials[0])
        finally:
            server.stop()

    def assert_same(self, text, credentials):
        before = self.answers(CoturnSite, text, credentials)
        after = self.answers(ImportedSite, text, credentials)
        self.assertEqual(before, after)
        return after

    def test_users(self):
        """Users of a coturn file get in with the same passwords, and reach the same peers, from the same address"""
        seen, relayed = self.assert_same(USERS, [
            servers.ALICE, Credential("bob", "build:er # 1"), Credential("bob", "first"),
            Credential("alice", "wrong"), Credential("nobody", "wonderland")])
        self.assertEqual(relayed, (EXTERNAL, True))
        self.assertEqual(seen[0], {topology.PEER: "yes", topology.PEER_SECOND: 403, "10.9.9.9": 403, "127.0.0.1": 403,
                                   "126.0.0.1": "yes", "128.0.0.0": "yes", "224.0.0.1": 403, "8.8.8.8": "yes"})
        self.assertIsInstance(seen[1], dict)
        self.assertEqual(seen[2:], [401, 401, 401])

    def test_secrets(self):
        """Time-limited logins of each secret of a coturn file get in, and no others"""
        seen, _ = self.assert_same(SECRETS, [minted(servers.SECRET), minted("the one before"), minted("a third one")])
        self.assertIsInstance(seen[1], dict)
        self.assertEqual(seen[2], 401)


class Copied(EndToEnd):
    """Users that turnadmin made, copied by the commands that the report prints."""

    @classmethod
    def start_server(cls, changes):
        server = CopiedSite(cls.network["server"])
        server.text = COMMON + "lt-cred-mech\nuserdb=" + str(server.folder / "turndb") + "\n"
        return server.start()

    def test_users(self):
        """A user of coturn's database logs in after it was copied as the report says"""
        with self.client(Credential("dora", "explorer")) as client:
            client.allocate()
        self.assert_refused(401, self.client(Credential("dora", "wrong")).allocate)

    def test_secrets(self):
        """A secret of coturn's database is good after it was copied as the report says"""
        with self.client(minted("kept in a database")) as client:
            client.allocate()


class CopiedSite(Site):
    def command(self):
        turndb, toml = self.folder / "turndb", self.folder / "turnpike.toml"
        admin = ["turnadmin", "-b", turndb, "-r", servers.REALM]
        topology.command(*map(str, [*admin, "-a", "-u", "dora", "-p", "explorer"]))
        topology.command(*map(str, [*admin, "-s", "kept in a database"]))
        done = import_file(self.conf(), "--output", toml)
        script = done.stderr.split("to copy coturn's users and secrets, once:\n")[1].split("    The realm of")[0]
        program, database = str(servers.Turnpike.binaries / "turnpike"), self.folder / "turnpike.db"
        script = script.replace("turnpike migrate", f"{program} migrate --config {toml}")
        script = script.replace("/var/lib/turnpike/turnpike.db", str(database))
        environment = [f"TURNPIKE_STORAGE_URL=sqlite:{database}", f"TURNPIKE_STORAGE_JOURNAL={self.folder}/journal"]
        topology.command("env", *environment, "bash", "-euc", script)
        return ["env", *environment, program, "serve", "--config", toml]


class DebianSample(EndToEnd):
    """The file of Debian's package, as it is and with every option in it."""

    @classmethod
    def start_server(cls, changes):
        return Site(cls.network["server"])

    def test_as_it_is(self):
        """Debian's own file becomes a configuration that is good"""
        toml = self.server.folder / "debian.toml"
        done = import_file(SAMPLE, "--output", toml)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(re.findall(rf"^{SAMPLE}:\d+: (?:maps|unused): ", done.stderr, re.M)), 4)
        checked = subprocess.run([servers.Turnpike.binaries / "turnpike", "check-config", toml], capture_output=True,
                                 text=True)
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_every_option(self):
        """Every option of Debian's file has a verdict, each line one, and none is unknown"""
        conf = self.server.folder / "every.conf"
        # In a comment: a word alone, or a name and a value.
        option = re.compile(r"# ?([A-Za-z0-9_-]+(?:=.*| \"%.*)?)$")
        lines = [option.sub(r"\1", line) for line in SAMPLE.read_text().splitlines()]
        conf.write_text("\n".join(lines) + "\n")
        done = import_file(conf)
        said = re.findall(rf"^{conf}:(\d+): ([a-z ]+): ", done.stderr, re.M)
        settings = [number for number, line in enumerate(lines, 1) if line and not line.startswith("#")]
        self.assertEqual([int(number) for number, _ in said], settings)
        self.assertGreater(len(said), 115)
        self.assertNotIn("unknown", {verdict for _, verdict in said}, done.stderr)
