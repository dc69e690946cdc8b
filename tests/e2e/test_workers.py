# SPDX-License-Identifier: BSD-3-Clause
"""Many clients on several workers: whichever worker the kernel picks, relays reach each other and tokens are known."""
import pathlib

import stun
from case import EndToEnd, by_kernel
from servers import ALICE, BOB

CLIENTS = 32
RESERVATIONS = 12


class Workers(EndToEnd):
    changes = {"server": {"workers": 2, "nice": -3}}

    def clients(self, count):
        """Clients over UDP and TCP by turns, of two users, from two networks, each with an allocation."""
        made = [self.client((ALICE, BOB)[number // 2 % 2], ("udp", "tcp")[number % 2],
                            place=("client", "peer")[number // 4 % 2]) for number in range(count)]
        for client in made:
            client.allocate()
        return made

    def test_niceness(self):
        """Workers are as nice as they were told to be, and nothing else of the server is"""
        tasks = pathlib.Path(f"/proc/{self.server.process.pid}/task").iterdir()
        found = [(task / "stat").read_text().rpartition(") ")[2].split()[16] for task in tasks]
        self.assertEqual(found.count("-3"), 2, found)
        self.assertEqual(set(found) - {"-3"}, {"0"}, found)

    def test_ring(self):
        """A message goes round a ring of hairpins over all workers, and each relayed address is unique [H12][D22]"""
        ring = self.clients(CLIENTS)
        self.assertEqual(len({client.relayed for client in ring}), CLIENTS)
        for client, following in zip(ring, ring[1:] + ring[:1]):
            client.bind_channel(0x4000, following.relayed)
            following.permit(client.relayed)
        for lap in range(10):
            for client, following in zip(ring, ring[1:] + ring[:1]):
                client.send_channel(0x4000, b"lap %d" % lap)
                arrival = following.receive()
                self.assertEqual((arrival.peer, arrival.payload), (client.relayed, b"lap %d" % lap))

    @by_kernel
    def test_one_peer(self):
        """One peer talks with many clients at once, each from its own relayed address [H6][F12][G14]"""
        clients, peer = self.clients(CLIENTS), self.peer()
        for number, client in enumerate(clients):
            client.bind_channel(0x4000, peer.getsockname())
            client.send_channel(0x4000, b"%d" % number)
        sources = dict(reversed(peer.recvfrom(100)) for _ in clients)
        self.assertEqual(sources, {client.relayed: b"%d" % number for number, client in enumerate(clients)})
        for source, payload in sources.items():
            peer.sendto(payload, source)
        for number, client in enumerate(clients):
            self.assertEqual(client.receive().payload, b"%d" % number)

    def test_reservations(self):
        """A reserved port is had by its token from another five-tuple and transport, once [D8][D25][D26][D27][D28]"""
        tokens = set()
        for number in range(RESERVATIONS):
            reserver = self.client()
            token = reserver.allocate((stun.EVEN_PORT, b"\x80")).get(stun.RESERVATION_TOKEN)
            self.assertEqual((reserver.relayed[1] % 2, len(token)), (0, 8))
            tokens.add(token)
            claimer = self.client(transport=("udp", "tcp")[number % 2])
            claimer.allocate((stun.RESERVATION_TOKEN, token))
            self.assertEqual(claimer.relayed, (reserver.relayed[0], reserver.relayed[1] + 1))
            self.assert_refused(508, self.client().allocate, (stun.RESERVATION_TOKEN, token))
        self.assertEqual(len(tokens), RESERVATIONS)

    def test_reservation_of_another(self):
        """Another user's token gets what a made-up one gets, and stays good for its own user [D8][D30]"""
        reserver = self.client()
        token = reserver.allocate((stun.EVEN_PORT, b"\x80")).get(stun.RESERVATION_TOKEN)
        answers = [self.assert_refused(508, self.client(BOB).allocate, (stun.RESERVATION_TOKEN, value))
                   for value in (token, bytes(8))]
        self.assertEqual(*([(kind, len(value)) for kind, value, _ in answer.attributes] for answer in answers))
        claimer = self.client()
        claimer.allocate((stun.RESERVATION_TOKEN, token))
        self.assertEqual(claimer.relayed, (reserver.relayed[0], reserver.relayed[1] + 1))

    def test_retransmitted_allocate(self):
        """A retransmitted Allocate gets the same relayed address and token [D29][A35]"""
        client = self.client()
        client.allocate()
        client.refresh(0)
        attributes = [(stun.REQUESTED_TRANSPORT, stun.UDP), (stun.EVEN_PORT, b"\x80")]
        message = client.message(stun.ALLOCATE, attributes)
        first, second = client.exchange(message), client.exchange(message)
        for kind in (stun.XOR_RELAYED_ADDRESS, stun.XOR_MAPPED_ADDRESS, stun.RESERVATION_TOKEN):
            self.assertIsNotNone(first.get(kind))
            self.assertEqual(first.get(kind), second.get(kind))

    def test_churn(self):
        """Many allocations made and deleted give every port back [D30][D34][P3]"""
        low, high = self.server.config["relay"]["ports"]
        client = self.client()
        for _ in range(high - low + 50):
            client.allocate()
            client.refresh(0)
