# SPDX-License-Identifier: BSD-3-Clause
"""One server after another: calls go on over a restart, with their users, their limits and one row each."""
import os
import shutil
import signal
import socket
import sqlite3
import subprocess

import prometheus
import servers
import topology
from case import EndToEnd, wait_until
from servers import ALICE, BOB

CHANNEL = 0x4000


class Restarting(EndToEnd):
    """Each test restarts its server, so each has one of its own."""

    SECONDS = 60
    user = ""  # whom the server becomes

    @classmethod
    def setUpClass(cls):
        cls.network = cls.shape()
        cls.addClassCleanup(cls.network.remove)

    def setUp(self):
        folder = topology.scratch_folder()
        self.addCleanup(topology.forget, folder)
        if self.user:
            shutil.chown(folder, self.user)
        self.handover, self.database = folder / "handover", folder / "turnpike.db"
        self.server = servers.Turnpike(self.network["server"], servers.merged(self.changes, {
            "storage": {"url": f"sqlite:{self.database}", "journal": str(folder / "journal")},
            "server": {"node": "relay-1", "handover_seconds": self.SECONDS, "handover_file": str(self.handover),
                       "user": self.user}})).start()
        self.addCleanup(self.server.stop)

    def restart(self):
        self.assertEqual(self.server.terminate(), 0)
        self.server.start()

    def rows(self):
        with sqlite3.connect(self.database, timeout=5) as connection:
            return connection.execute("SELECT username, reason, sent_packets, sent_bytes, received_packets "
                                      "FROM usage ORDER BY username, started_at").fetchall()

    def call(self, credential=ALICE, **where):
        client, peer = self.client(credential, **where), self.peer()
        client.allocate()
        client.bind_channel(CHANNEL, peer.getsockname()[:2])
        return client, peer

    def talk(self, client, peer):
        """One packet each way."""
        payload = os.urandom(100)
        client.send_channel(CHANNEL, payload)
        octets, source = peer.recvfrom(2000)
        self.assertEqual((octets, source[:2]), (payload, client.relayed))
        peer.sendto(payload, client.relayed)
        self.assertEqual(client.receive().payload, payload)


class Sockets(Restarting):
    changes = {"relay": {"acceleration": "off"}, "limits": {"allocations_per_user": 2}}

    def test_calls(self):
        """Two restarts: the same relayed address, nonce, permissions and channels, and one row with all that was used"""
        client, peer = self.call()
        for _ in range(2):
            self.talk(client, peer)
            self.restart()
            self.assertFalse(self.handover.exists())
        self.talk(client, peer)
        client.refresh(600)
        client.permit(peer.getsockname())
        client.bind_channel(CHANNEL + 1, (topology.PEER, 9))
        client.refresh(0)
        wait_until(lambda: self.rows() == [("alice", "deleted", 3, 300, 3)], "one row has it all")

    def test_quota(self):
        """What goes on counts against its user's quota"""
        self.call()
        self.call()
        self.restart()
        self.assert_refused(486, self.client(ALICE).allocate)
        self.client(BOB).allocate()

    def test_connections(self):
        """Whoever is on a connection starts anew; its row is closed"""
        client, peer = self.call(transport="tcp")
        client.send_channel(CHANNEL, b"one packet")
        peer.recv(100)
        self.restart()
        self.assertEqual(self.rows(), [("alice", "shutdown", 1, 10, 0)])

    def test_killed(self):
        """Without a chance to hand over nothing goes on, and the row is closed by the next server"""
        client, _ = self.call()
        wait_until(lambda: self.rows() == [("alice", None, 0, 0, 0)], "the row is there")
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait(timeout=20)
        self.server.start()
        self.assert_refused(437, client.refresh, 600)
        wait_until(lambda: [row[:1] for row in self.rows()] == [("alice",)] and self.rows()[0][1], "the row is closed")

    def test_refused_start(self):
        """A start that fails takes nothing from the one after it"""
        client, peer = self.call()
        self.assertEqual(self.server.terminate(), 0)
        good = self.server.config
        self.server.config = servers.merged(good, {"listen": {"udp": ["192.0.2.1:3478"]}})
        with self.assertRaises(RuntimeError):
            self.server.start()
        self.server.config = good
        self.server.start()
        self.talk(client, peer)
        client.refresh(0)

    def test_drained(self):
        """A drain hands nothing over: it ends calls at its deadline"""
        self.call()
        done = self.server.command_line("drain", "--deadline", "1s")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.server.process.wait(timeout=20), 0)
        self.assertFalse(self.handover.exists())
        self.assertEqual([row[1] for row in self.rows()], ["shutdown"])


class Kernel(Restarting):
    """The kernel goes on relaying while there is no server, for whoever has no right to have it do so."""

    user = "nobody"
    changes = {"admin": {"requests_per_second": 1000}}

    def setUp(self):
        self.pins = topology.scratch_folder()
        self.addCleanup(topology.forget, self.pins)
        subprocess.run(["mount", "-t", "bpf", "bpf", self.pins], check=True)
        self.addCleanup(subprocess.run, ["umount", self.pins], check=True)
        self.changes = servers.merged(self.changes, {"relay": {"pins": str(self.pins / "turnpike")}})
        super().setUp()

    def kernels_call(self):
        """A call whose packets the kernel relays, all of them by now; and how many there were."""
        client, peer = self.call()
        packets = 0
        while not self.is_kernels(client, peer):
            packets += 1
        return client, peer, packets + 1

    def is_kernels(self, client, peer):
        """Whether the kernel relayed both ways of one more exchange, of which user space knows within a second."""
        def by_sockets():
            scrape = prometheus.Scrape(self.network["server"])
            total = scrape.value("turnpike_relayed_packets_total")
            return total - scrape.value("turnpike_relayed_packets_total", path="kernel")

        before = by_sockets()
        self.talk(client, peer)
        return by_sockets() == before

    def test_restart(self):
        """Nothing is lost between two servers, and the row has what was relayed without either"""
        client, peer, packets = self.kernels_call()
        for _ in range(2):
            self.assertEqual(self.server.terminate(), 0)
            for _ in range(10):
                self.talk(client, peer)
            self.server.start()
            packets += 11
            # A neighbour that nobody has asked for lately has to be heard once.
            while not self.is_kernels(client, peer):
                packets += 1
        client.refresh(600)
        client.bind_channel(CHANNEL, peer.getsockname()[:2])
        self.talk(client, peer)
        client.refresh(0)
        packets += 1
        wait_until(lambda: self.rows() == [("alice", "deleted", packets, 100 * packets, packets)], "one row has it all")

    def test_until(self):
        """A server that nobody follows is not waited for longer than it said"""
        self.server.config["server"]["handover_seconds"] = 1
        self.server.terminate()
        self.server.start()
        client, peer, _ = self.kernels_call()
        self.assertEqual(self.server.terminate(), 0)
        peer.settimeout(0.2)

        def is_silent():
            try:
                client.send_channel(CHANNEL, b"anybody?")
                peer.recv(100)
            except (socket.timeout, ConnectionRefusedError):
                return True
            return False

        wait_until(is_silent, "the kernel relays no more")
        self.server.start()
        client.link.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)  # nobody was there: that is over
        self.assert_refused(437, client.refresh, 600)
        wait_until(lambda: self.rows()[0][1] == "shutdown", "the row is closed")

    def test_killed(self):
        """What a server that was killed left in the kernel ends with the next one"""
        client, peer, _ = self.kernels_call()
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait(timeout=20)
        self.talk(client, peer)
        self.server.start()
        self.server.wait_for_log("the kernel has relayed for a server that died")
        self.assert_refused(437, client.refresh, 600)
        other, peer, _ = self.kernels_call()
        other.refresh(0)

    def test_nothing_left(self):
        """A server that hands nothing over leaves nothing in the kernel"""
        self.kernels_call()
        self.assertEqual(self.server.terminate(), 0)
        self.assertTrue(any((self.pins / "turnpike").iterdir()))
        self.server.config["server"]["handover_seconds"] = 0
        self.server.start()
        self.assertEqual(list((self.pins / "turnpike").iterdir()), [])
        self.assertEqual(self.server.terminate(), 0)
