# SPDX-License-Identifier: BSD-3-Clause
"""Data through one relay in every form and over every transport, between hosts that a router keeps apart."""
import topology
from case import LISTENER, LISTENER_6, EndToEnd, by_kernel
from servers import ALICE, BOB
from turn_client import Credential
import stun

TRANSPORTS = ("udp", "tcp")
LARGE = (65507, 65503, 60000, 9000, 1400)


class Relaying(EndToEnd):
    def test_send_and_data(self):
        """Send and Data indications carry datagrams both ways, from the relayed address [H6][H7][D19][I1]"""
        for transport in TRANSPORTS:
            for payload in (b"x", b"odd", bytes(1200)):
                with self.subTest(transport=transport, size=len(payload)):
                    client, peer = self.client(transport=transport), self.peer()
                    answer = client.allocate()
                    self.assertEqual(answer.address(stun.XOR_MAPPED_ADDRESS), client.address)
                    client.permit(peer.getsockname())
                    client.send(peer.getsockname(), payload)
                    self.assertEqual(peer.recvfrom(2000), (payload, client.relayed))
                    peer.sendto(payload[::-1], client.relayed)
                    arrival = client.receive()
                    self.assertEqual((arrival.payload, arrival.peer), (payload[::-1], peer.getsockname()))
                    client.refresh(0)

    @by_kernel
    def test_channel_data(self):
        """ChannelData carries datagrams both ways, padded on a stream [G9][G19][I2][I3]"""
        for transport in TRANSPORTS:
            for payload in (b"x", b"odd", bytes(1200)):
                with self.subTest(transport=transport, size=len(payload)):
                    client, peer = self.client(transport=transport), self.peer()
                    client.allocate()
                    client.bind_channel(0x4000, peer.getsockname())
                    client.send_channel(0x4000, payload)
                    self.assertEqual(peer.recvfrom(2000), (payload, client.relayed))
                    peer.sendto(payload[::-1], client.relayed)
                    arrival = client.receive()
                    self.assertEqual((arrival.payload, arrival.channel), (payload[::-1], 0x4000))
                    client.refresh(0)

    def test_empty_datagrams(self):
        """Empty datagrams pass in both forms and both directions [G18][H2]"""
        for transport in TRANSPORTS:
            with self.subTest(transport=transport):
                client, peer = self.client(transport=transport), self.peer()
                client.allocate()
                client.permit(peer.getsockname())
                client.send(peer.getsockname(), b"")
                self.assertEqual(peer.recvfrom(2000), (b"", client.relayed))
                peer.sendto(b"", client.relayed)
                self.assertEqual(client.receive().payload, b"")
                client.bind_channel(0x4001, peer.getsockname())
                client.send_channel(0x4001, b"")
                self.assertEqual(peer.recvfrom(2000), (b"", client.relayed))
                peer.sendto(b"", client.relayed)
                arrival = client.receive()
                self.assertEqual((arrival.payload, arrival.channel), (b"", 0x4001))
                client.refresh(0)

    @by_kernel
    def test_families(self):
        """Every pair of client and peer family is relayed [K1][D12]"""
        for server, peer_address in ((LISTENER, topology.PEER), (LISTENER_6, topology.PEER),
                                     (LISTENER, topology.PEER_6), (LISTENER_6, topology.PEER_6)):
            for transport in TRANSPORTS:
                with self.subTest(server=server, peer=peer_address, transport=transport):
                    client, peer = self.client(transport=transport, server=server), self.peer(peer_address)
                    family = [(stun.REQUESTED_ADDRESS_FAMILY, stun.FAMILY_6)] if ":" in peer_address else []
                    client.allocate(*family)
                    self.assertEqual(":" in client.relayed[0], ":" in peer_address)
                    self.exchange_with(client, peer)
                    client.refresh(0)

    def exchange_with(self, client, peer):
        address = peer.getsockname()[:2]
        client.bind_channel(0x4000, address)
        client.send_channel(0x4000, b"to the peer")
        payload, source = peer.recvfrom(2000)
        self.assertEqual((payload, source[:2]), (b"to the peer", client.relayed))
        peer.sendto(b"to the client", source)
        self.assertEqual(client.receive().payload, b"to the client")

    def test_unpermitted(self):
        """Without a permission nothing passes in either direction [F9][F10][G15]"""
        client, peer, known = self.client(), self.peer(), self.peer(topology.PEER_SECOND)
        client.allocate()
        client.permit(known.getsockname())
        peer.sendto(b"too early", client.relayed)
        known.sendto(b"fence", client.relayed)
        self.assertEqual(client.receive().payload, b"fence")
        client.send(peer.getsockname(), b"too early")
        client.send_channel(0x4005, b"never bound")
        client.permit(peer.getsockname())
        client.send(peer.getsockname(), b"permitted")
        self.assertEqual(peer.recv(100), b"permitted")
        peer.sendto(b"permitted", client.relayed)
        self.assertEqual(client.receive().payload, b"permitted")

    def test_largest_datagrams(self):
        """Datagrams up to 65,507 bytes arrive whole or not at all [H11][A33]"""
        largest = bytes(range(256)) * 256
        for transport in TRANSPORTS:
            with self.subTest(transport=transport):
                client, peer = self.client(transport=transport), self.peer()
                client.allocate()
                client.bind_channel(0x4000, peer.getsockname())
                for size in LARGE:
                    peer.sendto(largest[:size], client.relayed)
                peer.sendto(b"fence", client.relayed)
                arrived = self.until_fence(lambda: client.receive().payload)
                self.assertIn(1400, arrived)
                self.assertLessEqual(set(arrived), set(LARGE))
                for size in LARGE if client.link.stream else LARGE[1:]:
                    client.send_channel(0x4000, largest[:size])
                client.send_channel(0x4000, b"fence")
                arrived = self.until_fence(lambda: peer.recv(70000))
                self.assertIn(1400, arrived)
                self.assertLessEqual(set(arrived), set(LARGE))
                client.refresh(0)

    def until_fence(self, receive):
        sizes = []
        while (payload := receive()) != b"fence":
            self.assertEqual(payload, (bytes(range(256)) * 256)[:len(payload)])
            sizes.append(len(payload))
        return sizes

    def test_order(self):
        """A burst of numbered datagrams keeps order and boundaries [H10]"""
        client, peer = self.client(transport="tcp"), self.peer()
        client.allocate()
        client.bind_channel(0x4000, peer.getsockname())
        for burst in range(20):
            for number in range(10):
                client.send_channel(0x4000, b"%d" % (burst * 10 + number))
            for number in range(10):
                self.assertEqual(peer.recv(100), b"%d" % (burst * 10 + number))


class Credentials(EndToEnd):
    def test_algorithms(self):
        """MD5 unnegotiated, MD5 and SHA-256 negotiated all allocate [B10][B11][B12][B20][B22]"""
        for algorithm in (0, stun.MD5, stun.SHA256):
            with self.subTest(algorithm=algorithm):
                client = self.client(Credential(ALICE.username, ALICE.password, algorithm))
                client.allocate()
                self.assertEqual(client.refresh(0).get(stun.LIFETIME), bytes(4))

    def test_refusals_alike(self):
        """A wrong password and an unknown user get 401s of equal size and attributes [B4][B5][B6][P6]"""
        answers = [self.assert_refused(401, self.client(Credential(name, "wrong")).allocate)
                   for name in ("alice", "nobody")]
        self.assertEqual(*(len(answer.raw) for answer in answers))
        self.assertEqual(*([number for number, _, _ in answer.attributes] for answer in answers))

    def test_other_user(self):
        """Another user's authentic request on an allocation gets 441 and leaves it [B30]"""
        client = self.client()
        client.allocate()
        client.credential = BOB
        self.assert_refused(441, client.refresh, 0)
        client.credential = ALICE
        client.refresh(600)

    def test_second_allocate(self):
        """A second Allocate on the five-tuple gets 437, and its deletion frees it at once [D2][D34][E3]"""
        client = self.client()
        client.allocate()
        self.assert_refused(437, client.allocate)
        client.refresh(0)
        client.allocate()
