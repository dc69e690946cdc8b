# SPDX-License-Identifier: BSD-3-Clause
"""ICMP errors about what the relay sent to peers: which of them the client is told, and that none does harm."""
import ipaddress
import socket
import struct

import stun
import topology
from capture import folded_sum
from case import LISTENER, LISTENER_6, EndToEnd, figures

UNREACHABLE, UNREACHABLE_6 = "10.3.0.77", "fd03::77"  # the router has no way there and says so
NARROW_MTU, TOO_BIG = 1300, 1350
PORT_UNREACHABLE = {4: (3, 3, 0), 6: (1, 4, 0)}
NO_ROUTE = {4: (3, 1, 0), 6: (1, 0, 0)}
PACKET_TOO_BIG = {4: (3, 4, NARROW_MTU), 6: (2, 0, NARROW_MTU)}
DONT_FRAGMENT = [(stun.DONT_FRAGMENT, b"")]
FLOOD = 3000


def quoted(relayed, peer):
    """The IPv4 and UDP headers of a datagram that the relay sent, as an error quotes them."""
    addresses = [ipaddress.ip_address(host).packed for host in (relayed[0], peer[0])]
    header = struct.pack("!BBHHHBBH", 0x45, 0, 36, 0, 0, 64, socket.IPPROTO_UDP, 0) + addresses[0] + addresses[1]
    header = header[:10] + struct.pack("!H", 0xFFFF ^ folded_sum(header)) + header[12:]
    return header + struct.pack("!HHHH", relayed[1], peer[1], 16, 0)


def icmp_error(kind, code, relayed, peer):
    message = struct.pack("!BBHI", kind, code, 0, 0) + quoted(relayed, peer)
    return message[:2] + struct.pack("!H", 0xFFFF ^ folded_sum(message)) + message[4:]


class Icmp(EndToEnd):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        router = cls.network["router"]
        router.ip("route", "add", "unreachable", UNREACHABLE)
        router.ip("-6", "route", "add", "unreachable", UNREACHABLE_6)
        router.ip("link", "set", "to-peer", "mtu", str(NARROW_MTU))

    def ready(self, family, transport="udp"):
        """A client with an IPv4 or IPv6 relay from which it may speak to every peer of the tests."""
        client = self.client(transport=transport, server=LISTENER if family == 4 else LISTENER_6)
        client.allocate(*([(stun.REQUESTED_ADDRESS_FAMILY, stun.FAMILY_6)] if family == 6 else []))
        peer = self.peer(topology.PEER if family == 4 else topology.PEER_6)
        client.permit(peer.getsockname()[:2], (UNREACHABLE if family == 4 else UNREACHABLE_6, 7))
        return client, peer

    def closed_port(self, family):
        gone = self.peer(topology.PEER if family == 4 else topology.PEER_6)
        address = gone.getsockname()[:2]
        gone.close()
        return address

    def assert_told(self, client, peer, icmp):
        arrival = client.receive()
        self.assertEqual((arrival.peer, arrival.icmp, arrival.payload), (peer, icmp, None))

    def assert_relays(self, client, peer, text):
        address = peer.getsockname()[:2]
        client.send(address, text)
        self.assertEqual(peer.recv(100), text)
        peer.sendto(text, client.relayed)
        arrival = client.receive()
        self.assertEqual((arrival.peer, arrival.payload), (address, text))

    def test_closed_port(self):
        """A peer's closed port is told with type, code and address, to a channel's client too [M1][M2][M4][M5][M6][M7][G19][X15][X16]"""
        for family in (4, 6):
            for transport in ("udp", "tcp"):
                with self.subTest(family=family, transport=transport):
                    client, peer = self.ready(family, transport)
                    closed = self.closed_port(family)
                    client.send(closed, b"indication")
                    self.assert_told(client, closed, PORT_UNREACHABLE[family])
                    client.bind_channel(0x4000, closed)
                    client.send_channel(0x4000, b"channel")
                    self.assert_told(client, closed, PORT_UNREACHABLE[family])
                    self.assert_relays(client, peer, b"still there")
                    client.refresh(0)

    def test_no_route(self):
        """An error of a router on the way is told as one about the peer, whoever sent it [M3][M1]"""
        for family, address in ((4, UNREACHABLE), (6, UNREACHABLE_6)):
            with self.subTest(family=family):
                client, peer = self.ready(family)
                client.send((address, 7), b"nobody lives there")
                self.assert_told(client, (address, 7), NO_ROUTE[family])
                self.assert_relays(client, peer, b"still there")

    def test_packet_too_big(self):
        """Each datagram with DF that meets a narrow link brings back its MTU; without DF it arrives [M6][L3][H4]"""
        for family in (4, 6):
            with self.subTest(family=family):
                client, peer = self.ready(family)
                address = peer.getsockname()[:2]
                for _ in range(3):
                    client.send(address, bytes(TOO_BIG), *DONT_FRAGMENT)
                    self.assert_told(client, address, PACKET_TOO_BIG[family])
                client.send(address, bytes(TOO_BIG))
                self.assertEqual(peer.recv(2000), bytes(TOO_BIG))
                self.assert_relays(client, peer, b"still there")

    def forger(self):
        """Anyone on the way can write such errors; here the peer's host does."""
        forger = self.network["peer"].socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.addCleanup(forger.close)
        return forger

    def test_what_is_told(self):
        """Time exceeded is told; other types, and errors about peers without a permission, are not [M1][M3]"""
        client, peer = self.ready(4)
        address, forger = peer.getsockname()[:2], self.forger()
        stranger = (topology.PEER_SECOND, 9)
        for kind, code, about in ((12, 0, address), (4, 0, address), (5, 1, address), (3, 3, stranger),
                                  (11, 1, stranger), (11, 0, address)):
            forger.sendto(icmp_error(kind, code, client.relayed, about), (topology.SERVER, 0))
        self.assert_told(client, address, (11, 0, 0))  # the last one sent is the first one told
        self.assert_relays(client, peer, b"nothing else came")

    def test_flood(self):
        """A flood of forged errors reaches its client as a trickle and costs nobody a datagram [M7][P7]"""
        (client, peer), (other, other_peer) = self.ready(4), self.ready(4, "tcp")
        address, forger = peer.getsockname()[:2], self.forger()
        errors = 0
        for number in range(FLOOD):
            forger.sendto(icmp_error(3, 3, client.relayed, address), (topology.SERVER, 0))
            if number % 10:
                continue
            text = b"%d" % number
            client.send(address, text)
            self.assertEqual(peer.recv(100), text)
            peer.sendto(text, client.relayed)
            while (arrival := client.receive()).icmp:
                errors += 1
            self.assertEqual(arrival.payload, text)
            self.assert_relays(other, other_peer, text)
        figures("icmp-flood", dict(forged=FLOOD, told=errors, datagrams_lost=0))
        self.assertGreater(errors, 0)
        self.assertLess(errors, FLOOD)
