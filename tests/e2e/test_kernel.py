# SPDX-License-Identifier: BSD-3-Clause
"""The kernel relays: each of these tests looks at who did it, by the server's own counters."""
import contextlib
import os
import pathlib
import signal
import socket
import time

import pass_program
import prometheus
import stun
import topology
from capture import Capture
from case import LISTENER, LISTENER_6, EndToEnd, wait_until
from servers import BOB

SIZES = (0, 1, 3, 160, 1200)
CHANNEL = 0x4000


# Whoever waits for a metric asks often.
ADMIN = {"requests_per_second": 1000}


class Kernel(EndToEnd):
    changes = {"admin": ADMIN}
    warm = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        def has_looked_at_itself():
            return prometheus.Scrape(cls.network["server"]).value("turnpike_relayed_packets_total") == 2

        wait_until(has_looked_at_itself, "the server has looked whether it relays, with a packet each way")

    def relayed(self):
        """Packets by the kernel, and by user space. The kernel's are counted each second, and when a relay ends."""
        scrape = prometheus.Scrape(self.network["server"])
        by_kernel = scrape.value("turnpike_relayed_packets_total", path="kernel")
        return by_kernel, scrape.value("turnpike_relayed_packets_total") - by_kernel

    @contextlib.contextmanager
    def by_kernel(self, packets):
        """The kernel relays these packets; user space may have those of warm_up(), by which neighbours become known."""
        before, self.warm = self.relayed(), 0
        clients = []
        yield clients
        for client in clients:
            client.refresh(0)
        by_kernel, by_user_space = (now - then for now, then in zip(self.relayed(), before))
        self.assertGreaterEqual(by_kernel, packets)
        self.assertEqual(by_kernel + by_user_space, packets + self.warm)

    def warm_up(self, exchange, packets):
        """Exchanges so many packets at once until the kernel has relayed all of them for once."""
        def is_the_kernels():
            before = self.relayed()[1]
            exchange()
            self.warm += packets
            return self.relayed()[1] == before

        wait_until(is_the_kernels, "the kernel relays")

    def with_peer(self, peer=topology.PEER, server=LISTENER, *attributes):
        """A client and a peer with a channel between them, which the kernel relays."""
        client, peer = self.client(server=server), self.peer(peer)
        client.allocate(*attributes)
        client.bind_channel(CHANNEL, peer.getsockname())
        self.warm_up(lambda: self.exchange(client, peer, (4,)), 2)
        return client, peer

    def exchange(self, client, peer, sizes=SIZES):
        for size in sizes:
            payload = os.urandom(size)
            client.send_channel(CHANNEL, payload)
            octets, source = peer.recvfrom(2000)
            self.assertEqual((octets, source[:2]), (payload, client.relayed))
            peer.sendto(payload[::-1], client.relayed)
            arrival = client.receive()
            self.assertEqual((arrival.channel, arrival.payload), (CHANNEL, payload[::-1]))


class Relaying(Kernel):
    def test_families(self):
        """Channels between clients and peers of all families are the kernel's [G9][K1][K9]"""
        family_6 = (stun.REQUESTED_ADDRESS_FAMILY, stun.FAMILY_6)
        for server in (LISTENER, LISTENER_6):
            for address, attributes in ((topology.PEER, ()), (topology.PEER_6, (family_6,))):
                with self.subTest(server=server[0], peer=address), self.by_kernel(2 * len(SIZES)) as clients:
                    client, peer = self.with_peer(address, server, *attributes)
                    clients.append(client)
                    self.exchange(client, peer)

    def test_hairpin(self):
        """Two clients with a channel to each other's relayed address meet in the kernel [H12]"""
        # Each packet is relayed to a peer and from a peer.
        with self.by_kernel(4 * len(SIZES)) as clients:
            clients += [self.client(), self.client(BOB, place="peer")]
            left, right = clients
            for client in clients:
                client.allocate()
            left.bind_channel(CHANNEL, right.relayed)
            right.bind_channel(CHANNEL + 1, left.relayed)

            def talk(sizes):
                for payload in map(os.urandom, sizes):
                    for sender, channel, receiver in ((left, CHANNEL, right), (right, CHANNEL + 1, left)):
                        sender.send_channel(channel, payload)
                        self.assertEqual(receiver.receive().payload, payload)

            self.warm_up(lambda: talk((4,)), 4)
            talk(SIZES)

    def test_on_the_wire(self):
        """Hop limits are lowered, checksums are right, DSCP and ECN are copied"""
        with self.by_kernel(1) as clients:
            client, peer = self.with_peer()
            clients.append(client)
            client.link.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0xB9)
            payload = os.urandom(161)
            with Capture(self.network["peer"], "to-router") as wire:
                client.send_channel(CHANNEL, payload)
                packet = wire.with_payload(payload)
        self.assertEqual((packet.source, packet.destination), (client.relayed, peer.getsockname()))
        self.assertEqual(packet.traffic_class, 0xB9)
        self.assertTrue(packet.header_checksum_good)
        # The router, the relay and the router have had it.
        self.assertEqual(packet.hops, 64 - 3)

    def test_account(self):
        """What the kernel relayed stands in the account to the octet, whoever relayed the rest"""
        client, peer = self.with_peer()
        self.exchange(client, peer)
        client.send(peer.getsockname(), b"by an indication")  # user space's
        peer.recvfrom(100)
        client.refresh(0)
        line = self.server.wait_for_log("allocation ended", "relayed=%s:%d" % client.relayed)
        packets, octets = len(SIZES) + self.warm // 2, sum(SIZES) + 4 * self.warm // 2
        self.assertIn(f" bytes_to_peer={octets + 16} packets_to_peer={packets + 1} "
                      f"bytes_to_client={octets} packets_to_client={packets}", line)

    def test_gone(self):
        """Nothing passes when the allocation is gone, and its port is somebody else's to have"""
        client, peer = self.with_peer()
        client.refresh(0)
        client.send_channel(CHANNEL, b"late")
        other, other_peer = self.with_peer()
        self.exchange(other, other_peer)
        other.refresh(0)
        peer.settimeout(0)
        self.assertRaises(BlockingIOError, peer.recvfrom, 100)


class Paid(Kernel):
    SECONDS = 4
    changes = {"admin": ADMIN, "limits": {"session_seconds": SECONDS}}

    def test_stopped(self):
        """A call ends on its second although nothing of the server runs but the kernel's half"""
        client, peer = self.with_peer()
        began = time.monotonic()
        peer.settimeout(0.5)
        os.kill(self.server.process.pid, signal.SIGSTOP)
        try:
            last = began
            while True:
                client.send_channel(CHANNEL, b"paid for")
                try:
                    peer.recvfrom(100)
                except TimeoutError:
                    break
                last = time.monotonic()
                self.assertLess(last, began + self.SECONDS + 0.1)
            self.assertGreater(last, began + 1)  # it went on without user space
        finally:
            os.kill(self.server.process.pid, signal.SIGCONT)
        self.server.wait_for_log("allocation ended", "reason=session_time")


class Off(Kernel):
    changes = {"relay": {"acceleration": "off"}, "admin": ADMIN}

    def test_off(self):
        """Where it is off, user space relays, and the server says so"""
        self.server.wait_for_log("server ready", "acceleration=none")
        before = self.relayed()
        client, peer = self.client(), self.peer()
        client.allocate()
        client.bind_channel(CHANNEL, peer.getsockname())
        self.exchange(client, peer)
        client.refresh(0)
        self.assertEqual(self.relayed(), (0, before[1] + 2 * len(SIZES)))


class Switching(Kernel):
    changes = {"relay": {"acceleration": "tc"}, "admin": ADMIN, "server": {"user": "nobody"}}

    def switch(self, mode):
        self.server.config["relay"]["acceleration"] = mode
        self.server.config_path().chmod(0o644)  # for whom the server has become
        self.server.folder.chmod(0o755)
        done = self.server.command_line("reload")
        self.assertEqual(done.returncode, 0, done.stderr)

    def modes(self):
        scrape = prometheus.Scrape(self.network["server"])
        return {dict(labels)["mode"] for name, labels in scrape.series if name == "turnpike_kernel_entry_point_info"}

    def test_switch(self):
        """While calls run and without any privilege: from tc to XDP, to sockets, and back"""
        if not self.network.takes_xdp:
            pass_program.attach(self.network["router"], "to-server")
        client, peer = self.with_peer()
        for mode in ("xdp", "off", "tc", "off", "xdp"):
            with self.subTest(mode=mode):
                self.switch(mode)
                self.exchange(client, peer)
                self.assertEqual(self.modes(), set() if mode == "off" else {mode})
                if mode == "off":
                    by_sockets = self.relayed()[1]
                    self.exchange(client, peer)
                    self.assertEqual(self.relayed()[1], by_sockets + 2 * len(SIZES))
                else:
                    self.warm_up(lambda: self.exchange(client, peer, (4,)), 2)


class WithoutPrivileges(Kernel):
    changes = {"admin": ADMIN, "server": {"user": "nobody"}}

    def test_without_privileges(self):
        """Once it is loaded, the kernel's half is told what to relay by whoever has no privilege at all"""
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        self.assertIn("\nCapPrm:\t0000000000000000\n", status)
        with self.by_kernel(2 * len(SIZES)) as clients:
            client, peer = self.with_peer()
            clients.append(client)
            self.exchange(client, peer)
