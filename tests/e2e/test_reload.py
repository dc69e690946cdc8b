# SPDX-License-Identifier: BSD-3-Clause
"""A new configuration in a running server: all that can change does, calls never notice, and a bad one is refused whole."""
import contextlib
import shutil
import signal

import certificates
import database
import servers
import topology
from case import EndToEnd, wait_until
from servers import ALICE, BOB
from test_limits import minted
from traffic import Traffic
from turn_client import Credential, DatagramLink, Refused

CAROL = Credential("carol", "curious")


class Reloading(EndToEnd):
    """With a PEM pair at hand, in case a listener for TLS is added."""

    @classmethod
    def start_server(cls, changes):
        folder = topology.scratch_folder()
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.authority = certificates.Authority(folder)
        cls.pair = cls.authority.issue(topology.SERVER_NAME)
        return super().start_server(changes)

    def setUp(self):
        self.server.config = servers.merged(servers.CONFIG, self.changes)

    def reload(self, changes):
        """Writes the file, asks for a reload, and waits until it has been taken."""
        self.server.config = servers.merged(self.server.config, changes)
        self.server.config_path()
        done = self.server.command_line("reload")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    @contextlib.contextmanager
    def calls(self):
        """Two calls, over UDP and TCP, that lose nothing while the block runs."""
        traffics = []
        with contextlib.ExitStack() as stack:
            for transport in ("udp", "tcp"):
                client = self.client(transport=transport)
                client.allocate()
                traffics.append(stack.enter_context(Traffic(client, self.peer())))
            before = [traffic.sent for traffic in traffics]
            yield
            for traffic, sent in zip(traffics, before):
                wait_until(lambda traffic=traffic, sent=sent: traffic.sent > sent + 10 or traffic.failure, "calls go on")
        for traffic in traffics:
            self.assertEqual(traffic.lost, [])
            traffic.client.refresh(600)


class Everything(Reloading):
    def test_users_and_secrets(self):
        """Users and secrets come and go while calls go on, and who goes is out at once"""
        with self.calls():
            self.assert_refused(401, self.client(CAROL).allocate)
            told = self.reload({"users": {"carol": "curious"}})
            self.assertIn("users", told)
            self.assertNotIn("curious", told)
            carol = self.client(CAROL)
            carol.allocate()
            rotated = minted(600, secret="another secret of the test suite")
            self.assert_refused(401, self.client(rotated).allocate)
            self.reload({"auth": {"secrets": [servers.SECRET, "another secret of the test suite"]}})
            self.client(rotated).allocate()
            del self.server.config["users"]["carol"]
            self.reload({})
            self.server.wait_for_log("allocation ended", "user=carol", "reason=account_removed")
            self.assert_refused(401, self.client(CAROL).allocate)

    def test_peer_rules(self):
        """A peer that is denied from now on hears nothing more, and the others do"""
        with self.calls():
            client, second = self.client(), self.peer(topology.PEER_SECOND)
            client.allocate()
            client.bind_channel(0x4001, second.getsockname())
            client.send_channel(0x4001, b"before")
            self.assertEqual(second.recv(100), b"before")
            self.reload({"peers": {"allow": [f"{topology.PEER}/32"]}})
            client.send_channel(0x4001, b"after")
            client.mapped_address()  # all before it was handled
            second.setblocking(False)
            with self.assertRaises(BlockingIOError):
                second.recv(100)
            self.assert_refused(403, client.permit, second.getsockname())

    def test_limits(self):
        """Quotas and bandwidth change for what comes, and bandwidth for what runs"""
        with self.calls():
            self.reload({"limits": {"allocations_per_user": 1}})
            bob = self.client(BOB)
            bob.allocate()
            self.assert_refused(486, self.client(BOB).allocate)
            self.reload({"limits": {"allocations_per_user": 0}})
            self.client(BOB).allocate()

    def test_listeners(self):
        """Listeners come and go; whoever came by one that goes stays"""
        with self.calls():
            self.reload({"listen": {"udp": ["0.0.0.0:3478", "[::]:3478", "0.0.0.0:3490"],
                                    "tcp": ["0.0.0.0:3478", "[::]:3478", "0.0.0.0:3490"],
                                    "tls": ["0.0.0.0:5349"], "certificate": str(self.pair.certificate),
                                    "private_key": str(self.pair.key)}})
            added = (topology.SERVER, 3490)
            kept = [self.client(transport=transport, server=added) for transport in ("udp", "tcp")]
            kept.append(self.client(transport="tls", server=(topology.SERVER, 5349)))
            for client in kept:
                client.allocate()
            self.reload({"listen": {"udp": ["0.0.0.0:3478", "[::]:3478"], "tcp": ["0.0.0.0:3478", "[::]:3478"],
                                    "tls": []}})
            for client in kept:
                client.refresh(600)
            with self.assertRaises(ConnectionRefusedError):
                self.client(transport="tcp", server=added)
            stranger = DatagramLink(self.network["client"], added)
            self.addCleanup(stranger.socket.close)
            stranger.send(kept[0].message(0x0001, []))
            kept[0].refresh(0)
            # With the last who came by it the listener goes.
            wait_until(lambda: ":3490" not in self.server.namespace.exec("ss", "-Hlun"), "UDP 3490 is closed", 30)
            for client in kept[1:]:
                client.refresh(600)

    def test_certificates(self):
        """Another certificate serves new connections, and who has shaken hands goes on"""
        listen = {"tls": ["0.0.0.0:5349"], "certificate": str(self.pair.certificate), "private_key": str(self.pair.key)}
        self.reload({"listen": listen})
        tls = (topology.SERVER, 5349)
        before = self.client(transport="tls", server=tls)
        before.allocate()
        other = self.authority.issue("other.example.org")
        with self.calls():
            self.reload({"listen": {"certificate": str(other.certificate), "private_key": str(other.key)}})
            after = self.client(transport="tls", server=tls)
            self.assertIn(b"other.example.org", after.link.tls.getpeercert(binary_form=True))
            before.refresh(600)

    def test_log_level(self):
        """The level of the log changes at once"""
        with self.calls():
            self.reload({"log": {"level": "error"}})
            lines = self.server.log().count("allocation made")
            self.client(BOB).allocate()
            self.reload({"log": {"level": "info"}})
            self.assertEqual(self.server.log().count("allocation made"), lines)
            client = self.client(BOB)
            client.allocate()
            self.server.wait_for_log("allocation made", "%s:%d" % client.relayed)


class EverythingWithDatabase(Everything):
    """The same beside a database, which is asked about everybody whom the configuration does not know."""

    @classmethod
    def start_server(cls, changes):
        kept = database.Sqlite()
        cls.addClassCleanup(kept.close)
        cls.changes = servers.merged(changes, {
            "storage": {"url": kept.url, "journal": str(kept.folder / "usage.journal")}})
        return super().start_server(cls.changes)


class Refusals(Reloading):
    def refused(self, changes, *words):
        self.server.config = servers.merged(servers.CONFIG, servers.merged(self.changes, changes))
        self.server.config_path()
        done = self.server.command_line("reload")
        self.assertEqual(done.returncode, 1, done.stdout)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_refused_whole(self):
        """A file with one mistake changes nothing, and says where it is and what would be right"""
        with self.calls():
            new = {"users": {"carol": "curious"}}
            self.refused({**new, "limits": {"bytess": 5}}, "turnpike.toml:", "limits.bytes")
            self.refused({**new, "listen": {"udp": ["203.0.113.99:3500"]}}, "203.0.113.99", "no such address")
            self.refused({**new, "listen": {"tls": ["0.0.0.0:5349"], "certificate": "/nowhere/cert.pem",
                                            "private_key": "/nowhere/key.pem"}}, "/nowhere/cert.pem")
            self.assert_refused(401, self.client(CAROL).allocate)
            self.client(BOB).allocate()

    def test_restart_needed(self):
        """What needs a restart is named, and stays as it was"""
        told = self.reload({"realm": "elsewhere.example.org", "limits": {"bytes": 123456}})
        self.assertRegex(told, r"realm.*restart")
        self.assertIn("limits.bytes", told)
        client = self.client()
        client.allocate()
        self.assertEqual(client.realm.decode(), servers.REALM)

    def test_signal(self):
        """SIGHUP does the same and says in the log what changed"""
        with self.calls():
            self.server.config = servers.merged(self.server.config, {"users": {"carol": "curious"}})
            self.server.config_path()
            self.server.process.send_signal(signal.SIGHUP)
            self.server.wait_for_log("configuration changed", "key=users")
            self.client(CAROL).allocate()
            self.server.config_path().write_text("realm = \n")
            self.server.process.send_signal(signal.SIGHUP)
            self.server.wait_for_log("reload refused", "turnpike.toml:1")
            self.client(CAROL).allocate()
