# SPDX-License-Identifier: BSD-3-Clause
"""Clients that move while a call goes on (RFC 8016): to another port, another address, another transport, and back after
their connection was lost. The relayed address stays, and what is sent either way is counted: all of it arrives."""
import itertools
import os

import certificates
import servers
import stun
import topology
from case import LISTENER, EndToEnd, by_kernel, wait_until
from uclient import LOST, Uclient

TICKET = 0x8030
SECOND_CLIENT = "10.1.0.9"
TRANSPORTS = ("udp", "tcp", "tls", "dtls")
UNSECURED = ("udp", "tcp")
AUTO = (topology.SERVER, 443)
ROUNDS = 8


class Secured(EndToEnd):
    """Two workers, so that about every second move comes to another one than has the relay. TLS and DTLS share a port."""

    @classmethod
    def setUpClass(cls):
        folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, folder)
        pair = certificates.Authority(folder).issue("turn.example.org")
        cls.changes = {"relay": {"mobility": True}, "server": {"workers": 2},
                       "listen": {"auto": [f"0.0.0.0:{AUTO[1]}"], "certificate": str(pair.certificate),
                                  "private_key": str(pair.key)}}
        super().setUpClass()


class Mobility(Secured):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network["client"].ip("address", "add", f"{SECOND_CLIENT}/24", "dev", "to-router")

    def client_over(self, transport, credential=servers.ALICE):
        return self.client(credential, transport, LISTENER if transport in UNSECURED else AUTO)

    def traveller(self, transport="udp"):
        """A client with a ticket and a channel to a peer."""
        client, peer = self.client_over(transport), self.peer()
        client.ticket = client.allocate((TICKET, b"")).get(TICKET)
        client.bind_channel(0x4000, peer.getsockname())
        return client, peer

    def moved(self, client, transport):
        """The same client on another five-tuple."""
        other = self.client_over(transport, client.credential)
        answer = other.request(stun.REFRESH, [(TICKET, client.ticket)])
        self.assertNotEqual(answer.get(TICKET), client.ticket)
        other.ticket, other.relayed = answer.get(TICKET), client.relayed
        return other

    def assert_talks(self, client, peer, count=10):
        """Counted messages from the client, each of which arrives and is echoed to it."""
        for number in range(count):
            payload = b"%d of %d" % (number, id(client))
            client.send_channel(0x4000, payload)
            self.assertEqual(peer.recvfrom(100), (payload, client.relayed))
            peer.sendto(payload, client.relayed)
            self.assertEqual(client.receive().payload, payload)

    @by_kernel
    def test_between_transports(self):
        """UDP, TCP, TLS and DTLS in every order: the peer sees one relayed address, and nothing is lost [N3][N8][N12]"""
        for start, then in itertools.product(TRANSPORTS, TRANSPORTS):
            with self.subTest(start=start, then=then):
                client, peer = self.traveller(start)
                for move in range(ROUNDS):
                    self.assert_talks(client, peer)
                    before, client = client, self.moved(client, then if move % 2 == 0 else start)
                    # The old five-tuple is served both ways until the new one is spoken on.
                    self.assert_talks(before, peer, 3)
                    self.assert_talks(client, peer, 3)
                    self.assert_refused(437, before.refresh, 600)
                client.refresh(0)

    @by_kernel
    def test_peer_goes_on(self):
        """A peer that never stops sending is heard without a gap, before, while and after its client moves [N8]"""
        for start, then in itertools.product(TRANSPORTS, TRANSPORTS):
            with self.subTest(start=start, then=then):
                client, peer = self.traveller(start)
                heard, sent = [], 0
                for _ in range(ROUNDS):
                    other = self.moved(client, then)
                    for _ in range(25):
                        peer.sendto(b"%d" % sent, client.relayed)
                        sent += 1
                    heard += [client.receive().payload for _ in range(25)]
                    other.send_channel(0x4000, b"I am here")
                    self.assertEqual(peer.recvfrom(100)[0], b"I am here")
                    client = other
                self.assertEqual(heard, [b"%d" % number for number in range(sent)])

    def test_other_address(self):
        """The client's address changes, as from one network to the next [N3][N12]"""
        client, peer = self.traveller()
        self.assert_talks(client, peer)
        other = self.client()
        other.link.socket.close()
        other.link.socket = self.network["client"].socket()
        other.link.socket.bind((SECOND_CLIENT, 0))
        other.link.socket.connect((topology.SERVER, 3478))
        other.ticket = other.request(stun.REFRESH, [(TICKET, client.ticket)]).get(TICKET)
        other.relayed = client.relayed
        self.assert_talks(other, peer)
        self.server.wait_for_log("allocation moved", f"to={SECOND_CLIENT}:")

    def test_lost_connection(self):
        """After its connection is lost a client with a ticket comes back to its relay [I18][X27][N12]"""
        for lost, back in itertools.product(("tcp", "tls", "dtls"), TRANSPORTS * 2):
            client, peer = self.traveller(lost)
            self.assert_talks(client, peer, 2)
            client.close()
            client = self.moved(client, back)
            self.assert_talks(client, peer, 2)
            client.refresh(0)

    def test_retransmission(self):
        """A Refresh that is sent again gets the same ticket again [N9][A35]"""
        for _ in range(ROUNDS):
            client, peer = self.traveller()
            other = self.client()
            other.learn(other.exchange(other.message(stun.REFRESH, [])))
            message = other.message(stun.REFRESH, [(TICKET, client.ticket)])
            tickets = {other.exchange(message).get(TICKET) for _ in range(3)}
            self.assertEqual(len(tickets), 1)
            other.relayed = client.relayed
            self.assert_talks(other, peer)

    def test_wrong_tickets(self):
        """Tickets of every length, damaged ones and another user's move nothing and disturb nobody [N4][N6][N7][N11]"""
        client, peer = self.traveller()
        others = [self.client_over(transport) for transport in TRANSPORTS * 2]
        resident = self.server.resident_bytes()
        for number, other in zip(range(600), itertools.cycle(others)):
            ticket = bytearray(client.ticket)
            if number < 8 * len(ticket):
                ticket[number // 8] ^= 1 << number % 8
            else:
                ticket = os.urandom(number - 8 * len(ticket))
            self.assert_refused(400, other.request, stun.REFRESH, [(TICKET, bytes(ticket))])
        self.assert_refused(400, client.request, stun.REFRESH, [(TICKET, client.ticket)])
        thief = self.client(servers.BOB)
        self.assert_refused(441, thief.request, stun.REFRESH, [(TICKET, client.ticket)])
        self.assert_talks(client, peer)
        self.assertLess(self.server.resident_bytes() - resident, 4 << 20)


class MobilityOff(EndToEnd):
    def test_forbidden(self):
        """Where mobility is off it is forbidden, and all else works [N1][N10]"""
        client = self.client()
        self.assert_refused(405, client.allocate, (TICKET, b""))
        client.allocate()
        self.assert_refused(405, client.request, stun.REFRESH, [(TICKET, bytes(28))])
        client.refresh(600)


class MobilityTurnutils(Secured, Uclient):
    """coturn's client with -M moves each of its sessions once, in half of them after it closed the old socket."""

    @by_kernel
    def test_mobility_udp(self):
        """turnutils_uclient -M moves over UDP and loses nothing [N3][N8]"""
        self.relays("-M", "-c")

    def test_mobility_tcp(self):
        """turnutils_uclient -M moves over TCP and loses nothing [N12][I18]"""
        self.relays("-M", "-c", "-t")

    def relayed_whole(self):
        """How many allocations have ended that had all of a run's messages both ways."""
        words = ("allocation ended", "packets_to_peer=20 ", "packets_to_client=20")
        return sum(all(word in line for word in words) for line in self.server.log().splitlines())

    def moves_secured(self, *flags):
        """Thrice, and none of its messages is lost. In a quarter of its moves over TLS and DTLS this client frees its
        session twice, the second time perhaps its new one, and ends at the next write: such runs say no totals. And of
        the messages that come in one record of TLS it knows none, so what is relayed is counted by the server."""
        before, whole = self.relayed_whole(), 0
        for _ in range(40):
            said = self.uclient("-M", "-c", "-m", "1", "-n", "20", "-S", "-p", str(AUTO[1]), *flags)
            lost = LOST.findall(said)
            whole += len(lost)
            if lost and "-t" not in flags:
                self.assertEqual(lost, ["0"], said[-1500:])
            if whole == 3:
                break
        wait_until(lambda: self.relayed_whole() == before + 3, "three runs were relayed whole")

    def test_mobility_tls(self):
        """turnutils_uclient -M moves over TLS and loses nothing [N12][I18]"""
        self.moves_secured("-t")

    def test_mobility_dtls(self):
        """turnutils_uclient -M moves over DTLS and loses nothing [N3][N12][I18]"""
        self.moves_secured()
