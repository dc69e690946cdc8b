# SPDX-License-Identifier: BSD-3-Clause
"""TCP relays, RFC 6062: connections to peers and from them, through a router, with peers that fail in every way."""
import contextlib
import socket
import struct
import threading
import time

import servers
import stun
import topology
from case import EndToEnd, figures
from turn_client import PATIENCE
from uclient import MESSAGES, MESSAGE_TOTALS, Uclient

BULK_BYTES = 64 << 20
RESIDENT_GROWTH = 16 << 20
STUCK_BYTES = 256 << 20
TIMEOUT_SECONDS = 30  # RFC 6062 sections 5.2 and 5.3
LEEWAY_SECONDS = 8
HOLE_PORT = 9
HOLE = f"table ip hole {{ chain input {{ type filter hook input priority 0; tcp dport {HOLE_PORT} drop; }}; }}"


def octets(size, seed):
    """Octets that show a loss, a repetition and a wrong order."""
    block = b"".join(struct.pack("!II", seed, number) for number in range(1 << 13))
    return (block * (size // len(block) + 1))[:size]


def take(stream, size):
    """So many octets, or what came before the end."""
    taken = bytearray()
    while len(taken) < size and (read := stream.recv(min(1 << 20, size - len(taken)))):
        taken += read
    return bytes(taken)


def reset(stream):
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.close()


class TcpRelay(EndToEnd):
    """A client with a TCP allocation; peers in their own namespace."""

    def listener(self, address=topology.PEER, backlog=16):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = self.network["peer"].socket(family, socket.SOCK_STREAM)
        self.addCleanup(listener.close)
        listener.settimeout(PATIENCE)
        listener.bind((address, 0))
        listener.listen(backlog)
        return listener

    def accept(self, listener):
        stream, source = listener.accept()
        self.addCleanup(stream.close)
        stream.settimeout(PATIENCE)
        return stream, source[:2]

    def visit(self, relayed):
        """A peer's connection to a relayed address."""
        family = socket.AF_INET6 if ":" in relayed[0] else socket.AF_INET
        stream = self.network["peer"].socket(family, socket.SOCK_STREAM)
        self.addCleanup(stream.close)
        stream.settimeout(PATIENCE)
        stream.connect(relayed)
        return stream

    def allocated(self, *attributes, credential=servers.ALICE):
        client = self.client(credential, transport="tcp")
        client.allocate_tcp(*attributes)
        return client

    def bound(self, connection, credential=servers.ALICE, said=b""):
        """The client's end of a connection, as a socket. The peer has `said` something, and that comes first."""
        data = self.client(credential, transport="tcp")
        data.bind_connection(connection)
        data.link.socket.settimeout(PATIENCE)
        return self.heard(data.link, data.link.socket, said)

    def heard(self, link, stream, said):
        early = bytes(link.buffer)  # what came with the answer
        self.assertEqual(early + take(stream, len(said) - len(early)), said)
        return stream

    def joined(self, client, listener):
        """Both ends of a connection between the client and a peer."""
        connection = client.connect(listener.getsockname()[:2])
        at_peer, source = self.accept(listener)
        self.assertEqual(source, client.relayed)
        return self.bound(connection), at_peer

    def assert_ended(self, stream):
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            self.assertEqual(take(stream, 1), b"")

    def assert_works(self):
        """Another client of another user gets through."""
        client, listener = self.allocated(credential=servers.BOB), self.listener()
        connection = client.connect(listener.getsockname()[:2])
        at_peer, _ = self.accept(listener)
        data = self.bound(connection, servers.BOB)
        data.sendall(b"still")
        self.assertEqual(take(at_peer, 5), b"still")


class Connections(TcpRelay):
    def test_connect(self):
        """A client connects to peers of both families; each hears the other as it speaks [J9][J10][J15][J18][J23][K1]"""
        both = self.allocated((stun.ADDITIONAL_ADDRESS_FAMILY, stun.FAMILY_6))
        for address in (topology.PEER, topology.PEER_6):
            with self.subTest(peer=address):
                listener = self.listener(address)
                connection = both.connect(listener.getsockname()[:2])
                self.assertEqual(len(connection), 4)
                at_peer, _ = self.accept(listener)
                data = self.bound(connection)
                said = stun.encode(stun.BINDING, []) + stun.channel_data(0x4000, b"x", True) + b"\xff\x80 plain"
                data.sendall(said)
                self.assertEqual(take(at_peer, len(said)), said)
                at_peer.sendall(said)
                self.assertEqual(take(data, len(said)), said)
        self.assertTrue(both.refresh(600))

    def test_binds_of_every_worker(self):
        """Whichever worker a ConnectionBind comes to, it is challenged and finds its connection [J15][J16]"""
        client = self.allocated()
        for _ in range(16):
            data, at_peer = self.joined(client, self.listener())
            data.sendall(b"there")
            self.assertEqual(take(at_peer, 5), b"there")
            at_peer.sendall(b"and back")
            self.assertEqual(take(data, 8), b"and back")

    def test_peers_connect(self):
        """A peer with a permission is announced and bound, one without is cut [J4][J13][J14][J11]"""
        client = self.allocated()
        self.assert_ended(self.visit(client.relayed))
        client.permit((topology.PEER, 0))
        visitor = self.visit(client.relayed)
        visitor.sendall(b"I spoke first")
        arrival = client.receive()
        self.assertEqual(arrival.peer, visitor.getsockname())
        data = self.bound(arrival.connection, said=b"I spoke first")
        data.sendall(b"and I answered")
        self.assertEqual(take(visitor, 14), b"and I answered")

    def test_half_close(self):
        """Either side ends first, everything before its end arrives, and the other may go on [J19]"""
        client = self.allocated()
        for client_first in (True, False):
            with self.subTest(client_first=client_first):
                data, at_peer = self.joined(client, self.listener())
                first, second = (data, at_peer) if client_first else (at_peer, data)
                said = octets(3_000_000, 1)
                sender = threading.Thread(target=lambda: (first.sendall(said), first.shutdown(socket.SHUT_WR)))
                sender.start()
                self.assertEqual(take(second, len(said) + 1), said)
                sender.join()
                second.sendall(b"the end")
                second.shutdown(socket.SHUT_WR)
                self.assertEqual(take(first, 100), b"the end")

    def test_allocation_ends(self):
        """All connections end with their allocation: deleted, or its client gone [J20]"""
        for deleted in (True, False):
            with self.subTest(deleted=deleted):
                client, waiting = self.allocated(), self.listener()
                data, at_peer = self.joined(client, self.listener())
                client.connect(waiting.getsockname()[:2])
                unbound, _ = self.accept(waiting)
                if deleted:
                    client.refresh(0)
                else:
                    client.close()
                for stream in (data, at_peer, unbound):
                    self.assert_ended(stream)

    def test_two_relays(self):
        """Two clients of this server meet over their TCP relays [H12][J9][J14]"""
        alice, bob = self.allocated(), self.allocated(credential=servers.BOB)
        bob.permit(alice.relayed)
        connection = alice.connect(bob.relayed)
        arrival = bob.receive()
        self.assertEqual(arrival.peer, alice.relayed)
        one, other = self.bound(connection), self.bound(arrival.connection, servers.BOB)
        one.sendall(b"hello bob")
        self.assertEqual(take(other, 9), b"hello bob")

    def test_refusals(self):
        """Each mistake of a client has its code, and the allocation lives on [J1][J2][J5][J6][J7][J8][J15][J17][J21]"""
        client, listener = self.allocated(), self.listener()
        name = listener.getsockname()[:2]
        datagrams = self.client()
        self.assert_refused(400, datagrams.allocate_tcp)
        datagrams.allocate()
        self.assert_refused(400, datagrams.bind_connection, bytes(4))
        stranger = self.client(transport="tcp")
        for extra in ((stun.EVEN_PORT, b"\0"), (stun.DONT_FRAGMENT, b""), (stun.RESERVATION_TOKEN, bytes(8))):
            self.assert_refused(400, stranger.allocate_tcp, extra)
        self.assert_refused(437, stranger.connect, name)
        self.assert_refused(400, client.request, stun.CONNECT)
        connection = client.connect(name)
        self.assert_refused(446, client.connect, name)
        for forbidden in ((topology.SERVER, 3478), ("127.0.0.1", 3478), client.relayed, ("10.1.0.2", 22)):
            self.assert_refused(403, client.connect, forbidden)
        self.assert_refused(400, client.bind_channel, 0x4000, name)
        for wrong in (b"", bytes(3), bytes(5), bytes(4)):
            self.assert_refused(400, self.client(transport="tcp").bind_connection, wrong)
        self.assert_refused(441, self.client(servers.BOB, transport="tcp").bind_connection, connection)
        self.bound(connection)
        self.assert_refused(400, self.client(transport="tcp").bind_connection, connection)
        self.assertTrue(client.refresh(600))


class Bulk(TcpRelay):
    def test_bulk(self):
        """64 MiB each way arrive octet for octet, and the server does not grow [J18][P7]"""
        data, at_peer = self.joined(self.allocated(), self.listener())
        before, began = self.server.resident_bytes(), time.monotonic()
        up, down = octets(BULK_BYTES, 1), octets(BULK_BYTES, 2)
        got = {}
        threads = [threading.Thread(target=each) for each in (
            lambda: data.sendall(up), lambda: at_peer.sendall(down),
            lambda: got.update(up=take(at_peer, BULK_BYTES)), lambda: got.update(down=take(data, BULK_BYTES)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(got["up"] == up and got["down"] == down)
        grown = self.server.resident_bytes() - before
        figures("tcp-relay-bulk", dict(bytes_each_way=BULK_BYTES, seconds=time.monotonic() - began, grown=grown))
        self.assertLess(grown, RESIDENT_GROWTH)

    def test_reader_that_stands_still(self):
        """A side that reads nothing stops the other, and costs the server no memory [J11][P7]"""
        client = self.allocated()
        for to_peer in (True, False):
            with self.subTest(to_peer=to_peer):
                data, at_peer = self.joined(client, self.listener())
                writer, reader = (data, at_peer) if to_peer else (at_peer, data)
                before, sent, block = self.server.resident_bytes(), 0, octets(1 << 16, 3)
                writer.settimeout(1)
                with contextlib.suppress(TimeoutError):
                    while sent < STUCK_BYTES:
                        sent += writer.send(block)
                self.assertLess(sent, STUCK_BYTES)
                self.assertLess(self.server.resident_bytes() - before, RESIDENT_GROWTH)
                self.assert_works()
                self.assertEqual(len(take(reader, sent)), sent)


class Failures(TcpRelay):
    def test_refused(self):
        """A peer that refuses is a 447 [J9]"""
        client, gone = self.allocated(), self.listener()
        name = gone.getsockname()[:2]
        gone.close()
        self.assert_refused(447, client.connect, name)
        self.assertTrue(client.refresh(600))

    def test_resets(self):
        """A side that resets takes the other along, at every point [J19][P7]"""
        client = self.allocated()
        client.permit((topology.PEER, 0))
        data, at_peer = self.joined(client, self.listener())
        reset(at_peer)
        self.assert_ended(data)
        data, at_peer = self.joined(client, self.listener())
        reset(data)
        self.assert_ended(at_peer)
        # Before the bind: it succeeds or not, and then ends.
        listener = self.listener()
        connection = client.connect(listener.getsockname()[:2])
        reset(self.accept(listener)[0])
        self.assert_ended(self.bound(connection))
        reset(self.visit(client.relayed))
        self.assert_works()

    def test_silence(self):
        """After 30 s no answer is a 447 and an unbound connection ends; others go on meanwhile [J9][J12][J22]"""
        self.network["peer"].firewall(HOLE)
        client, listener, began = self.allocated(), self.listener(), time.monotonic()
        waiting = client.connect_message((topology.PEER, HOLE_PORT))
        client.link.send(waiting)
        self.assert_refused(446, client.connect, (topology.PEER, HOLE_PORT))
        connection = client.connect(listener.getsockname()[:2])
        unbound, _ = self.accept(listener)
        self.assert_works()
        unbound.settimeout(TIMEOUT_SECONDS + LEEWAY_SECONDS)
        self.assertEqual(unbound.recv(1), b"")
        self.assertEqual(client.answer_to(waiting[8:20]).error, 447)
        self.assertGreater(time.monotonic() - began, TIMEOUT_SECONDS - 1)
        self.assert_refused(400, self.client(transport="tcp").bind_connection, connection)

    def test_nonsense(self):
        """Nonsense before, in and after ConnectionBind neither stops nor grows the server [A34][P7][J6][J15]"""
        client, listener = self.allocated(), self.listener()
        before = self.server.resident_bytes()
        for number in range(200):
            with self.subTest(number=number):
                stranger = self.client(transport="tcp")
                bind = stun.encode(stun.CONNECTION_BIND, [(stun.CONNECTION_ID, struct.pack("!I", number))])
                stranger.link.send((bind + bytes([number]) * number)[:number + 4])
                stranger.close()
        for value in (b"", b"\0", bytes(8), b"\0\3" + bytes(6), b"\0\1" + bytes(4), bytes(400)):
            self.assert_refused(400, client.request, stun.CONNECT, [(stun.XOR_PEER_ADDRESS, value)])
        for _ in range(50):
            data, at_peer = self.joined(client, listener)
            data.sendall(bytes(range(256)))
            self.assertEqual(take(at_peer, 256), bytes(range(256)))
            reset(at_peer)
            self.assert_ended(data)
        self.assertTrue(client.refresh(600))
        self.assert_works()
        self.assertLess(self.server.resident_bytes() - before, RESIDENT_GROWTH)


class NoTcp(TcpRelay):
    changes = {"relay": {"tcp": False}}

    def test_off(self):
        """Where it is configured off, Allocate for TCP is refused by policy and UDP is not [J3]"""
        client = self.client(transport="tcp")
        self.assert_refused(403, client.allocate_tcp)
        client.allocate()


class TurnutilsTcp(Uclient):
    """Two clients each: with more it takes the nonce of one of its connections for that of another (RFC 8489 section
    9.2.4 binds them to their ports), and after the 438 asks for the wrong peer."""

    def test_tcp_relay(self):
        """turnutils_uclient relays client to client over TCP relays without loss [J9][J14][J15][J18]"""
        self.relays("-t", "-T", clients=2)


class TurnutilsPassive(Uclient):
    """Its peers are on 127.0.0.1, so it runs where the server does."""

    changes = {"peers": {"allow": ["127.0.0.0/8"]}}
    place = "server"

    def test_tcp_relay(self):
        """turnutils_uclient waits for its peer to connect to its TCP relay, and loses nothing [J4][J13][J14]"""
        said = self.uclient("-t", "-T", "-P", "-m", "2")
        self.assertEqual(MESSAGE_TOTALS.findall(said)[-1], (str(2 * MESSAGES), str(MESSAGES)), said[-1500:])
        # The peer does not count what it hears; the server does.
        ended = [line for line in self.server.log_tail().splitlines() if "reason=deleted" in line]
        octets = MESSAGES * 170
        self.assertIn(f"bytes_to_peer={octets} ", ended[-1])
        self.assertIn(f"bytes_to_client={octets} ", ended[-1])
