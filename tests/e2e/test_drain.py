# SPDX-License-Identifier: BSD-3-Clause
"""How a server is emptied and ends: nobody new, everybody who is there, usage written."""
import signal
import sqlite3

import servers
import topology
from case import EndToEnd, wait_until
from servers import BOB
from traffic import Traffic


class Draining(EndToEnd):
    """Each test ends its server, so each has one of its own."""

    def setUp(self):
        self.server = self.start_server(self.changes)
        self.addCleanup(self.server.stop)

    @classmethod
    def setUpClass(cls):
        cls.network = cls.shape()
        cls.addClassCleanup(cls.network.remove)

    def tearDown(self):
        pass

    def ended(self, timeout=20):
        self.assertEqual(self.server.process.wait(timeout=timeout), 0, self.server.log_tail())

    def drain(self, *words):
        done = self.server.command_line("drain", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class Drain(Draining):
    def test_drain(self):
        """New allocations get 508, calls go on and are refreshed, and the server ends with the last of them"""
        client, other = self.client(), self.client(transport="tcp")
        client.allocate()
        other.allocate()
        with Traffic(client, self.peer()) as traffic:
            self.assertIn("2", self.drain("--deadline", "10m"))
            self.assert_refused(508, self.client(BOB).allocate)
            self.assertEqual(self.client(BOB).mapped_address()[0], topology.CLIENT)
            other.refresh(600)
        self.assertEqual(traffic.lost, [])
        other.refresh(0)
        self.assert_refused(508, self.client(BOB).allocate)
        client.refresh(0)
        self.ended()

    def test_deadline(self):
        """At its deadline a drain ends whoever is left"""
        client = self.client()
        client.allocate()
        self.drain("--deadline", "1s")
        self.ended()
        self.server.wait_for_log("allocation ended", "reason=shutdown")

    def test_empty(self):
        """An empty server ends at once, and whoever waits hears of it, and of nothing twice"""
        said = self.drain("--wait").splitlines()
        self.assertEqual(said[-1], "ended")
        self.assertEqual(said, list(dict.fromkeys(said)))
        self.ended()

    def test_signal(self):
        """SIGUSR1 drains as the configuration says; a SIGTERM after it is quicker"""
        client = self.client()
        client.allocate()
        self.server.process.send_signal(signal.SIGUSR1)
        self.server.wait_for_log("event=draining", "seconds=600")
        self.assert_refused(508, self.client(BOB).allocate)
        client.refresh(600)
        self.server.process.send_signal(signal.SIGTERM)
        self.ended()


class Redirected(Draining):
    changes = {"redirect": {"servers": [{"address": "192.0.2.9:3478"}]}}

    def test_redirect(self):
        """Where there is another server, new clients are sent there"""
        client = self.client()
        client.allocate()
        self.drain()
        self.assert_refused(300, self.client(BOB).allocate)
        client.refresh(0)
        self.ended()


class Terminated(Draining):
    changes = {"server": {"stop_seconds": 30}}

    def start_server(self, changes):
        folder = topology.scratch_folder()
        self.database = folder / "turnpike.db"
        storage = {"url": f"sqlite:{self.database}", "journal": str(folder / "journal")}
        return servers.Turnpike(self.network["server"], servers.merged(changes, {"storage": storage})).start()

    def rows(self):
        with sqlite3.connect(self.database, timeout=5) as connection:
            return connection.execute("SELECT username, reason, sent_packets FROM usage ORDER BY username").fetchall()

    def test_terminate(self):
        """SIGTERM waits for those who are about to end, then ends the rest at the second one, with every row written"""
        alice, bob, peer = self.client(), self.client(BOB), self.peer()
        for client in (alice, bob):
            client.allocate()
            client.bind_channel(0x4000, peer.getsockname())
            client.send_channel(0x4000, b"one packet")
            peer.recv(100)
        self.server.process.send_signal(signal.SIGTERM)
        self.server.wait_for_log("event=stopping")
        self.assert_refused(508, self.client().allocate)
        alice.refresh(0)
        wait_until(lambda: ("alice", "deleted", 1) in self.rows(), "the row of who left is written")
        self.server.process.send_signal(signal.SIGTERM)
        self.ended()
        self.assertEqual(self.rows(), [("alice", "deleted", 1), ("bob", "shutdown", 1)])
