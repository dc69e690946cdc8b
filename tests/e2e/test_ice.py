# SPDX-License-Identifier: BSD-3-Clause
"""What ICE agents do on the wire: bursts of questions, questions over both families, answers in any order."""
import select
import socket
import struct

import stun
import topology
from case import LISTENER, LISTENER_6, EndToEnd

AGENT_SOCKETS = 40
PIPELINED = 50
UNSIGNED_ALLOCATE = [(stun.REQUESTED_TRANSPORT, stun.UDP)]


class Ice(EndToEnd):
    def test_burst(self):
        """Many sockets of one host ask for Binding and Allocate at once, and each question is answered [S1][A37]"""
        clients = [self.client() for _ in range(AGENT_SOCKETS)]
        questions = []
        for client in clients:
            questions.append((stun.encode(stun.BINDING, []), stun.encode(stun.ALLOCATE, UNSIGNED_ALLOCATE)))
            for question in questions[-1]:
                client.link.send(question)
        for client, (binding, allocate) in zip(clients, questions):
            self.assertEqual(client.answer_to(binding[8:20]).address(stun.XOR_MAPPED_ADDRESS), client.address)
            self.assertEqual(client.answer_to(allocate[8:20]).error, 401)

    def test_both_families(self):
        """Of an Allocate over IPv4 and one over IPv6 the second to be answered is left alone and costs nothing [S2]"""
        for faster, slower in ((LISTENER, LISTENER_6), (LISTENER_6, LISTENER)):
            with self.subTest(faster=faster):
                one, other, peer = self.client(server=faster), self.client(server=slower), self.peer()
                for client in (other, one):
                    client.link.send(stun.encode(stun.ALLOCATE, UNSIGNED_ALLOCATE))
                one.allocate()
                one.permit(peer.getsockname())
                one.send(peer.getsockname(), b"a check")
                self.assertEqual(peer.recv(100), b"a check")

    def test_any_order(self):
        """Questions that go out together are told apart by their transactions, in whatever order answers come [I6][I5]"""
        client = self.client(transport="tcp")
        client.allocate()
        questions = [stun.encode(stun.BINDING, []) if number % 2 else
                     client.message(stun.REFRESH, [(stun.LIFETIME, (600).to_bytes(4, "big"))])
                     for number in range(PIPELINED)]
        client.link.send(b"".join(questions))
        answers = {}
        for _ in questions:
            answer = stun.decode(client.link.receive(8.0))
            answers[answer.transaction] = answer
        for number, question in enumerate(questions):
            answer = answers[question[8:20]]
            self.assertEqual(answer.message_class, stun.SUCCESS)
            self.assertEqual(answer.method, stun.BINDING if number % 2 else stun.REFRESH)

    def test_never_calls_back(self):
        """A client whose connection has gone is not connected to, whatever its peer still sends [C8][D37]"""
        client, peer = self.client(transport="tcp"), self.peer()
        client.allocate()
        client.permit(peer.getsockname())
        address, relayed = client.address, client.relayed
        client.link.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # frees the port
        client.close()
        door = self.network["client"].socket(socket.AF_INET, socket.SOCK_STREAM)
        self.addCleanup(door.close)
        door.bind(address)
        door.listen()
        self.server.wait_for_log(f"client={address[0]}:{address[1]}", "disconnected")
        for _ in range(10):
            peer.sendto(b"is anyone there?", relayed)
        fence = self.client(transport="tcp", place="client")
        fence.allocate()
        fence.permit(peer.getsockname())
        peer.sendto(b"fence", fence.relayed)
        self.assertEqual(fence.receive().payload, b"fence")
        self.assertEqual(select.select([door], [], [], 0)[0], [])


class Dual(EndToEnd):
    """Allocations with an IPv4 and an IPv6 relayed address."""

    BOTH = (stun.ADDITIONAL_ADDRESS_FAMILY, stun.FAMILY_6)

    def dual(self, transport="udp", server=LISTENER):
        client = self.client(transport=transport, server=server)
        answer = client.allocate(self.BOTH)
        relayed = [stun.read_xor_address(value, answer.transaction) for value in answer.all(stun.XOR_RELAYED_ADDRESS)]
        return client, {6 if ":" in address[0] else 4: address for address in relayed}

    def test_both_relays(self):
        """Both relayed addresses serve at once, with channels of one numbering and permissions in one request [D16][K1][K5][K6]"""
        for transport in ("udp", "tcp"):
            for server in (LISTENER, LISTENER_6):
                with self.subTest(transport=transport, server=server):
                    client, relayed = self.dual(transport, server)
                    self.assertEqual(relayed[4][0], topology.SERVER)
                    self.assertEqual(relayed[6][0], topology.SERVER_6)
                    peers = {4: self.peer(), 6: self.peer(topology.PEER_6)}
                    addresses = {family: peer.getsockname()[:2] for family, peer in peers.items()}
                    client.permit(*addresses.values())
                    client.bind_channel(0x4000, addresses[4])
                    self.assert_refused(400, client.bind_channel, 0x4000, addresses[6])
                    client.bind_channel(0x4001, addresses[6])
                    for family, number in ((4, 0x4000), (6, 0x4001)):
                        client.send_channel(number, b"over %d" % family)
                        payload, source = peers[family].recvfrom(100)
                        self.assertEqual((payload, source[:2]), (b"over %d" % family, relayed[family]))
                        peers[family].sendto(b"back", relayed[family])
                        arrival = client.receive()
                        self.assertEqual((arrival.payload, arrival.channel), (b"back", number))
                    client.refresh(0)

    def test_one_ends(self):
        """A Refresh of one family to zero ends that relay alone; its peers are refused from then on [E5][E7][K2]"""
        client, relayed = self.dual()
        peer, peer_6 = self.peer(), self.peer(topology.PEER_6)
        client.permit(peer.getsockname(), peer_6.getsockname()[:2])
        client.request(stun.REFRESH, [(stun.LIFETIME, bytes(4)), (stun.REQUESTED_ADDRESS_FAMILY, stun.FAMILY_6)])
        self.assert_refused(443, client.permit, peer_6.getsockname()[:2])
        self.assert_refused(443, client.bind_channel, 0x4000, peer_6.getsockname()[:2])
        client.send(peer_6.getsockname()[:2], b"nowhere")
        client.send(peer.getsockname(), b"still there")
        self.assertEqual(peer.recv(100), b"still there")
        peer.sendto(b"and back", relayed[4])
        self.assertEqual(client.receive().payload, b"and back")

    def test_other_family(self):
        """A relay of one family speaks to no peer of the other, not even to a relay of this server [K2][H8][G22]"""
        client, other = self.client(), self.client()
        client.allocate()
        other.allocate((stun.REQUESTED_ADDRESS_FAMILY, stun.FAMILY_6))
        for peer in (self.peer(topology.PEER_6).getsockname()[:2], other.relayed):
            self.assert_refused(443, client.permit, peer)
            self.assert_refused(443, client.bind_channel, 0x4000, peer)
        self.assert_refused(443, other.bind_channel, 0x4000, client.relayed)


class OnlyIpv4(EndToEnd):
    changes = {"relay": {"addresses": [topology.SERVER]}}

    def test_dual(self):
        """A server without IPv6 relays gives the IPv4 one and says why not the other [D16][K7]"""
        client = self.client()
        answer = client.allocate((stun.ADDITIONAL_ADDRESS_FAMILY, stun.FAMILY_6))
        self.assertEqual(len(answer.all(stun.XOR_RELAYED_ADDRESS)), 1)
        self.assertEqual(answer.get(stun.ADDRESS_ERROR_CODE)[:4], bytes([2, 0, 4, 40]))

    def test_old_number(self):
        """The attribute that old coturn took for ADDITIONAL-ADDRESS-FAMILY is not known and changes nothing [X13]"""
        answer = self.client().allocate((0x8032, stun.FAMILY_6))
        self.assertEqual(len(answer.all(stun.XOR_RELAYED_ADDRESS)), 1)
        self.assertIsNone(answer.get(stun.ADDRESS_ERROR_CODE))
