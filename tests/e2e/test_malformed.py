# SPDX-License-Identifier: BSD-3-Clause
"""Malformed input on every transport, at every point of a frame: the server lives and does not grow, nobody else loses.

What is sent follows from a printed seed. All of it is sent once before memory is measured, so that growth is what the
second and third time add. Beside it a bystander exchanges numbered datagrams with a peer and misses none.
"""
import contextlib
import random
import socket
import struct

import certificates
import stun
import topology
from case import EndToEnd, figures
from dtls_link import LARGEST_RECORD
from servers import ALICE, BOB
from turn_client import Closed

SEED = 20261123
MUTATIONS = {"udp": 3000, "dtls": 3000, "tcp": 400, "tls": 200}  # a round
SECURED = (topology.SERVER, 5349)
ROUNDS = 3
HALF_OPEN = 150
DRIBBLERS = 40
RESIDENT_GROWTH = 8 << 20
PLACES_OF_A_CUT = 120
EXTREMES = (0, 1, 3, 4, 0x7FFF, 0x8000, 0xFFFC, 0xFFFF)
GONE = (Closed, ConnectionResetError, BrokenPipeError)


def flipped(rng, data):
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def extreme(rng, data):
    place = rng.randrange(0, max(len(data) - 1, 1), 2)
    data[place:place + 2] = struct.pack("!H", rng.choice(EXTREMES))


def without_a_piece(rng, data):
    start = rng.randrange(len(data))
    del data[start:start + rng.randint(1, 8)]


def with_a_piece_twice(rng, data):
    start = rng.randrange(len(data))
    data[start:start] = data[start:start + rng.randint(1, 40)]


def with_noise(rng, data):
    start = rng.randrange(len(data))
    data[start:start] = rng.randbytes(rng.randint(1, 40))


def mutated(rng, message):
    data = bytearray(message)
    for _ in range(rng.randint(1, 4)):
        if data:
            rng.choice((flipped, flipped, extreme, without_a_piece, with_a_piece_twice, with_noise))(rng, data)
    return bytes(data)


def oversize():
    """Headers that promise far more than follows, or more than there can be."""
    for kind in (stun.BINDING, stun.ALLOCATE, stun.SEND | stun.INDICATION):
        for length in EXTREMES:
            yield struct.pack("!HHI", kind, length, stun.COOKIE) + bytes(12) + bytes(40)
            yield stun.header(kind, 8, bytes(12)) + struct.pack("!HH", stun.USERNAME, length) + bytes(4)
    for number in (0x4000, 0x4FFF, 0x7FFE, 0x7FFF):
        for length in EXTREMES:
            yield struct.pack("!HH", number, length) + bytes(40)
    yield bytes(range(256)) * 200


def whole_messages(client, peer):
    """A message of every kind that this client could send, signed where that is needed."""
    transaction = stun.new_transaction()
    address = (stun.XOR_PEER_ADDRESS, stun.xor_address(peer, transaction))
    channel = (stun.CHANNEL_NUMBER, struct.pack("!HH", 0x4123, 0))
    return [stun.encode(stun.BINDING, [(stun.USERNAME, b"u" * 37)]),
            stun.fingerprinted(stun.encode(stun.BINDING, [])),
            stun.encode(stun.ALLOCATE, [(stun.REQUESTED_TRANSPORT, stun.UDP)]),
            client.message(stun.ALLOCATE, [(stun.REQUESTED_TRANSPORT, stun.UDP), (stun.EVEN_PORT, b"\x80")]),
            client.message(stun.CREATE_PERMISSION, [address, address], transaction),
            client.message(stun.CHANNEL_BIND, [channel, address], transaction),
            client.message(stun.REFRESH, [(stun.LIFETIME, struct.pack("!I", 700))]),
            stun.encode(stun.SEND | stun.INDICATION, [address, (stun.PAYLOAD, b"payload")], transaction),
            stun.channel_data(0x4000, b"twelve bytes", client.link.stream),
            stun.channel_data(0x4000, b"", client.link.stream)]


class Bystander:
    """A well-behaved client on the same transport, with its peer."""

    def __init__(self, case, transport, **where):
        self.case, self.count = case, 0
        self.client, self.peer = case.client(BOB, transport, place="peer", **where), case.peer()
        self.client.allocate()
        self.client.bind_channel(0x4000, self.peer.getsockname())

    def carries_on(self):
        self.count += 1
        text = b"datagram %d" % self.count
        self.client.send_channel(0x4000, text)
        self.case.assertEqual(self.peer.recv(100), text)
        self.peer.sendto(text, self.client.relayed)
        self.case.assertEqual(self.client.receive().payload, text)


class Malformed(EndToEnd):
    """What all transports have in common: a round of wrong input, sent again and again."""

    def survives(self, transport, wrong_round):
        """Runs the rounds and judges memory. Who sends is another host than the bystander."""
        print(f"seed {SEED}", flush=True)
        rng, bystander = random.Random(SEED), Bystander(self, transport)
        wrong_round(rng, bystander)
        before = self.server.resident_bytes()
        for _ in range(ROUNDS - 1):
            wrong_round(rng, bystander)
        growth = self.server.resident_bytes() - before
        figures(f"malformed-{transport}", dict(seed=SEED, rounds=ROUNDS, bystander_datagrams=2 * bystander.count,
                                               bystander_lost=0, resident_before=before, resident_growth=growth))
        self.assertLess(growth, RESIDENT_GROWTH)
        fresh, peer = self.client(transport=transport), self.peer()
        fresh.allocate()
        fresh.permit(peer.getsockname())
        fresh.send(peer.getsockname(), b"as ever")
        self.assertEqual(peer.recv(100), b"as ever")


class Datagrams(Malformed):
    """Wrong datagrams of a client that has an allocation, and of one that has none."""

    transport = "udp"

    def test_datagrams(self):
        """Mutated, cut and oversize datagrams, with and without an allocation, harm nothing [A34][A5][A6][A22][P7][P2]"""
        self.survives(self.transport, self.wrong_datagrams)

    def wrong_datagrams(self, rng, bystander):
        peer = self.peer()
        allocated, stranger = (self.client(transport=self.transport) for _ in range(2))
        allocated.allocate()
        allocated.bind_channel(0x4000, peer.getsockname())
        messages = whole_messages(allocated, peer.getsockname())
        wrong = [message[:size] for message in messages for size in range(1, len(message))]
        wrong += [mutated(rng, rng.choice(messages)) for _ in range(MUTATIONS[self.transport])] + list(oversize())
        if self.transport == "dtls":
            wrong = [datagram for datagram in wrong if len(datagram) <= LARGEST_RECORD]
        for number, datagram in enumerate(wrong):
            for client in (allocated, stranger):
                client.link.send(datagram)
            if number % 20 == 0:
                bystander.carries_on()
        bystander.carries_on()
        for client in (allocated, stranger):
            self.assertEqual(client.mapped_address(), client.address)
        allocated.refresh(0)
        for client in (allocated, stranger):
            client.close()


class Streams(Malformed):
    """Each wrong frame on a connection of its own, which ends with it."""

    transport = "tcp"

    def test_frames(self):
        """Streams that are cut at every byte, mutated, oversize, dribbled or left open harm nobody [A34][I4][I7][I8][P7]"""
        self.survives(self.transport, self.wrong_streams)

    def wrong_streams(self, rng, bystander):
        messages = self.some_messages()
        wrong = [message[:size] for message in messages for size in range(1, min(len(message), PLACES_OF_A_CUT))]
        wrong += [mutated(rng, rng.choice(messages)) for _ in range(MUTATIONS[self.transport])] + list(oversize())
        for number, octets in enumerate(wrong):
            self.speaks_and_leaves(octets)
            if number % 20 == 0:
                bystander.carries_on()
        self.dribbles(messages, bystander)
        self.leaves_open(rng, messages, bystander)

    def some_messages(self):
        client, peer = self.client(transport=self.transport), self.peer()
        client.allocate()
        messages = whole_messages(client, peer.getsockname())
        client.refresh(0)
        client.close()
        return messages

    def speaks_and_leaves(self, octets):
        """Sends, closes its half, and waits until the server has done with it."""
        client = self.client(transport=self.transport)
        try:
            client.link.send(octets)
            with contextlib.suppress(OSError):  # it is closed already
                client.link.socket.shutdown(socket.SHUT_WR)
            while client.link.socket.recv(1 << 16):
                pass
        except GONE:
            pass
        finally:
            client.close()

    def dribbles(self, messages, bystander):
        """Connections that bring one byte at a time, all side by side, and are answered in the end."""
        clients = [self.client(transport=self.transport) for _ in range(DRIBBLERS)]
        binding = messages[1]
        for place in range(len(binding)):
            for client in clients:
                client.link.send(binding[place:place + 1])
            if place % 5 == 0:
                bystander.carries_on()
        for client in clients:
            self.assertEqual(client.answer_to(binding[8:20]).address(stun.XOR_MAPPED_ADDRESS), client.address)
            client.close()

    def leaves_open(self, rng, messages, bystander):
        """Connections that stop within a frame and stay: the bystander notices none of them."""
        clients = [self.client(transport=self.transport) for _ in range(HALF_OPEN)]
        for client in clients:
            message = rng.choice(messages)
            client.link.send(message[:rng.randrange(len(message))])
        for _ in range(20):
            bystander.carries_on()
        for client in clients:
            client.close()


class Secured(EndToEnd):
    """Clients come over TLS or DTLS, and what is wrong is well encrypted."""

    @classmethod
    def setUpClass(cls):
        folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, folder)
        pair = certificates.Authority(folder).issue("turn.example.org")
        listeners = ["0.0.0.0:%d" % SECURED[1]]
        cls.changes = {"listen": {"tls": listeners, "dtls": listeners, "certificate": str(pair.certificate),
                                  "private_key": str(pair.key)}}
        super().setUpClass()

    def client(self, credential=ALICE, transport="udp", server=SECURED, **options):
        return super().client(credential, transport, server, **options)


class OverTls(Secured, Streams):
    """Malformed messages in good records: an octet, a record, or a goodbye too many."""

    transport = "tls"


class OverDtls(Secured, Datagrams):
    transport = "dtls"
