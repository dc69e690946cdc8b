# SPDX-License-Identifier: BSD-3-Clause
"""What the IP and UDP headers of relayed packets say after one router: only a real path shows it."""
import stun
import topology
from capture import Capture
from case import LISTENER, LISTENER_6, EndToEnd

FIRST_HOPS = 64
BOTH = ("udp", "tcp")


class Wire(EndToEnd):
    """By sockets: every packet is one of the system's own."""

    changes = {"relay": {"acceleration": "off"}}
    hops = (FIRST_HOPS - 1,)

    def capture(self, place):
        capture = Capture(self.network[place], "to-router")
        self.addCleanup(capture.socket.close)
        return capture

    def ready(self, transport="udp", address=topology.PEER, server=LISTENER):
        """A client with an allocation of the peer's family and a channel to the peer."""
        client, peer = self.client(transport=transport, server=server), self.peer(address)
        family = [(stun.REQUESTED_ADDRESS_FAMILY, stun.FAMILY_6)] if ":" in address else []
        client.allocate(*family)
        client.bind_channel(0x4000, peer.getsockname()[:2])
        return client, peer

    def assert_sane(self, packet):
        self.assertIn(packet.hops, self.hops)
        self.assertEqual(packet.traffic_class, 0)
        self.assertTrue(packet.header_checksum_good)
        self.assertTrue(packet.checksum_good)

    def test_to_peer(self):
        """To the peer: from the relayed address, full TTL, DF clear, right checksums [L3][L4][L6][X22][H6]"""
        for transport in BOTH:
            with self.subTest(transport=transport), self.capture("peer") as capture:
                client, peer = self.ready(transport)
                client.send(peer.getsockname(), b"indication")
                client.send_channel(0x4000, b"channel")
                for payload in (b"indication", b"channel"):
                    packet = capture.with_payload(payload)
                    self.assert_sane(packet)
                    self.assertFalse(packet.dont_fragment)
                    self.assertEqual((packet.source, packet.destination), (client.relayed, peer.getsockname()))

    def test_to_client(self):
        """To the client: from the listening address, full TTL, right checksums [L6][A31]"""
        with self.capture("client") as capture:
            client, peer = self.ready()
            peer.sendto(b"to the client", client.relayed)
            packet = capture.with_payload(stun.channel_data(0x4000, b"to the client"))
            self.assert_sane(packet)
            self.assertEqual((packet.source, packet.destination), (LISTENER, client.address))

    def test_ipv6(self):
        """IPv6 carries a full hop limit and a right checksum to the peer and to the client [L6][K1]"""
        with self.capture("peer") as at_peer, self.capture("client") as at_client:
            client, peer = self.ready("udp", topology.PEER_6, LISTENER_6)
            client.send_channel(0x4000, b"six")
            packet = at_peer.with_payload(b"six")
            self.assert_sane(packet)
            self.assertEqual(packet.source, client.relayed)
            peer.sendto(b"back", client.relayed)
            self.assert_sane(at_client.with_payload(stun.channel_data(0x4000, b"back")))

    def test_dont_fragment(self):
        """DF is set for Send with DONT-FRAGMENT and for no other packet of the allocation [D6][L3][L4][H4][X22]"""
        for transport in BOTH:
            with self.subTest(transport=transport), self.capture("peer") as capture:
                client, peer = self.client(transport=transport), self.peer()
                client.allocate((stun.DONT_FRAGMENT, b""))
                client.permit(peer.getsockname())
                for payload, attributes in ((b"before", []), (b"whole", [(stun.DONT_FRAGMENT, b"")]), (b"after", [])):
                    client.send(peer.getsockname(), payload, *attributes)
                    packet = capture.with_payload(payload)
                    self.assertEqual(packet.dont_fragment, bool(attributes))
                    self.assert_sane(packet)

    def test_dont_fragment_between_families(self):
        """DONT-FRAGMENT from an IPv6 client to an IPv4 peer changes nothing: fragments arrive [L7]"""
        client, peer = self.client(server=LISTENER_6), self.peer()
        client.allocate()
        client.permit(peer.getsockname())
        client.send(peer.getsockname(), bytes(3000), (stun.DONT_FRAGMENT, b""))
        self.assertEqual(peer.recv(4000), bytes(3000))

    def test_too_big_with_dont_fragment(self):
        """Above the MTU, DONT-FRAGMENT drops, without it fragments arrive, and the relay lives [H4][M7]"""
        client, peer = self.client(), self.peer()
        client.allocate()
        client.permit(peer.getsockname())
        client.send(peer.getsockname(), bytes(3000), (stun.DONT_FRAGMENT, b""))
        client.send(peer.getsockname(), bytes(2000))
        self.assertEqual(peer.recv(4000), bytes(2000))

    def test_unreachable_peer(self):
        """ICMP errors from a peer neither close the relay nor cost a datagram [M7]"""
        client, peer, gone = self.client(), self.peer(), self.peer()
        client.allocate()
        client.permit(peer.getsockname())
        closed = gone.getsockname()
        gone.close()
        for number in range(20):
            client.send(closed, b"nobody listens")
            client.send(peer.getsockname(), b"%d" % number)
            self.assertEqual(peer.recv(100), b"%d" % number)
            peer.sendto(b"%d" % number, client.relayed)
            while (arrival := client.receive()).payload is None:  # an ICMP attribute and no DATA
                pass
            self.assertEqual(arrival.payload, b"%d" % number)


class Addresses(EndToEnd):
    ADDRESSES = (topology.SERVER, topology.SERVER_SECOND, topology.SERVER_6, topology.SERVER_6_SECOND)

    def test_answers(self):
        """Answers and data come from the address that the request was sent to [A31][C1]"""
        for address in self.ADDRESSES:
            for transport in BOTH:
                with self.subTest(address=address, transport=transport):
                    client, peer = self.client(transport=transport, server=(address, 3478)), self.peer()
                    self.assertEqual(client.mapped_address(), client.address)
                    client.allocate()
                    client.permit(peer.getsockname())
                    peer.sendto(b"data", client.relayed)
                    self.assertEqual(client.receive().payload, b"data")

    def test_five_tuples(self):
        """One client port with two server addresses and two transports has an allocation on each [D33][A37]"""
        peer, clients = self.peer(), []
        for server in (LISTENER, (topology.SERVER_SECOND, 3478)):
            for transport in BOTH:
                clients.append(self.client(transport=transport, server=server, port=40404))
                clients[-1].allocate()
                clients[-1].permit(peer.getsockname())
        self.assertEqual(len({client.relayed for client in clients}), len(clients))
        for number, client in enumerate(clients):
            client.send(peer.getsockname(), b"%d" % number)
            payload, source = peer.recvfrom(100)
            self.assertEqual((payload, source), (b"%d" % number, client.relayed))
            peer.sendto(payload, source)
            self.assertEqual(client.receive().payload, payload)


class WireByKernel(Wire):
    """The kernel relays channels, and lowers their hop limit after the first router did; the rest is as it was."""

    changes = {}
    hops = (FIRST_HOPS - 1, FIRST_HOPS - 3)
