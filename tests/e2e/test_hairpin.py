# SPDX-License-Identifier: BSD-3-Clause
"""Two clients talk through both of their relays, inside the process, and nobody reaches what is private."""
import itertools

import stun
import topology
from capture import Capture
from case import LISTENER, EndToEnd, by_kernel
from servers import BOB

BOTH = ("udp", "tcp")
PRIVATE = ("127.0.0.1", "0.0.0.0", "10.9.9.9", topology.CLIENT, "169.254.169.254", "172.16.0.1", "192.168.1.1",
           "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", topology.SERVER_SECOND)
PRIVATE_6 = ("::1", "::", "fe80::1", "fd00:ec2::254", "ff02::1", "::ffff:10.9.9.9", "64:ff9b::a09:909",
             "2002:a09:909::1", "2001::1", "2001:db8::1", topology.SERVER_6_SECOND)


class Hairpin(EndToEnd):
    def pair(self, left="udp", right="udp"):
        """Two clients in different networks with an allocation each."""
        clients = self.client(transport=left), self.client(BOB, right, place="peer")
        for client in clients:
            client.allocate()
        return clients

    def test_transports(self):
        """Clients of any two transports exchange data relay to relay, in both forms [H12][G20]"""
        for left, right in itertools.product(BOTH, BOTH):
            with self.subTest(left=left, right=right):
                a, b = self.pair(left, right)
                a.permit(b.relayed)
                b.bind_channel(0x4001, a.relayed)
                a.send(b.relayed, b"from a")
                arrival = b.receive()
                self.assertEqual((arrival.channel, arrival.payload), (0x4001, b"from a"))
                b.send_channel(0x4001, b"from b")
                arrival = a.receive()
                self.assertEqual((arrival.peer, arrival.payload), (b.relayed, b"from b"))
                a.bind_channel(0x4002, b.relayed)
                for payload in (b"", b"odd", bytes(1200)):
                    a.send_channel(0x4002, payload)
                    self.assertEqual(b.receive().payload, payload)

    def test_families(self):
        """IPv6 relays of one server reach each other too [H12][K1]"""
        family = (stun.REQUESTED_ADDRESS_FAMILY, stun.FAMILY_6)
        a, b = self.client(), self.client(BOB, place="peer")
        for client in (a, b):
            client.allocate(family)
        a.permit(b.relayed)
        b.permit(a.relayed)
        a.send(b.relayed, b"six")
        self.assertEqual(b.receive().payload, b"six")

    def test_permissions(self):
        """Hairpin needs the permission of both sides [F9][F10][F12][H12]"""
        a, b = self.pair()
        a.send(b.relayed, b"without the permission of a")
        a.permit(b.relayed)
        a.send(b.relayed, b"without the permission of b")
        for client in (a, b, b):  # so that it has reached b's worker before the permission does
            client.mapped_address()
        b.permit(a.relayed)
        a.send(b.relayed, b"with both")
        self.assertEqual(b.receive().payload, b"with both")

    @by_kernel
    def test_inside(self):
        """Hairpin data crosses neither the loopback nor the wire between the two relays [H12]"""
        # At the far end of the server's cable: what XDP does at the near end nobody there can see.
        server, router = self.network["server"], self.network["router"]
        with Capture(server, "lo") as loopback, Capture(router, "to-server") as wire:
            a, b = self.pair()
            a.bind_channel(0x4000, b.relayed)
            b.bind_channel(0x4000, a.relayed)
            for number in range(50):
                a.send_channel(0x4000, b"%d" % number)
                self.assertEqual(b.receive().payload, b"%d" % number)
                b.send_channel(0x4000, b"%d" % number)
                self.assertEqual(a.receive().payload, b"%d" % number)
            relays = {a.relayed, b.relayed}
            self.assertGreaterEqual(len(wire.drain()), 200)
            for packet in wire.packets + loopback.drain():
                self.assertFalse({packet.source, packet.destination} & relays, packet)

    def test_private_peers(self):
        """Peers that are not public are refused at CreatePermission and ChannelBind [F6][F14][G6][P4]"""
        client = self.client()
        client.allocate()
        for address in PRIVATE:
            with self.subTest(address=address):
                self.assert_refused(403, client.permit, (address, 9))
                self.assert_refused(403, client.bind_channel, 0x4000, (address, 9))

    def test_private_peers_6(self):
        """IPv6 peers that are not public, or hide an IPv4 address, are refused [K3][K4][P4]"""
        client = self.client()
        client.allocate((stun.REQUESTED_ADDRESS_FAMILY, stun.FAMILY_6))
        for address in PRIVATE_6:
            with self.subTest(address=address):
                transaction = stun.new_transaction()
                peer = (stun.XOR_PEER_ADDRESS, stun.xor_address((address, 9), transaction))
                answer = client.exchange(client.message(stun.CREATE_PERMISSION, [peer], transaction))
                self.assertIn(answer.error, (403, 443) if address.startswith("::ffff:") else (403,))

    def test_own_listener(self):
        """The relay never speaks to the server's own port, nor to a relay port without allocation [P4][P5][H5]"""
        client, deleted, peer = self.client(), self.client(), self.peer()
        client.allocate()
        client.permit(LISTENER, peer.getsockname())
        deleted.allocate()
        deleted.refresh(0)
        for own in (LISTENER, deleted.relayed):
            self.assert_refused(403, client.bind_channel, 0x4000, own)
        client.send(LISTENER, stun.encode(stun.BINDING, []))
        client.send(peer.getsockname(), b"fence")
        self.assertEqual(peer.recv(100), b"fence")
        peer.sendto(b"fence", client.relayed)
        self.assertEqual(client.receive().payload, b"fence")

    def test_other_ends(self):
        """When one side's allocation is deleted the other's data goes nowhere and its relay lives on [E13][P5]"""
        a, b = self.pair()
        a.permit(b.relayed)
        b.permit(a.relayed)
        b.refresh(0)
        a.send(b.relayed, b"too late")
        b.allocate()
        a.permit(b.relayed)
        b.permit(a.relayed)
        a.send(b.relayed, b"in time")
        self.assertEqual(b.receive().payload, b"in time")
