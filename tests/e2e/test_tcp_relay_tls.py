# SPDX-License-Identifier: BSD-3-Clause
"""TCP relays of clients over TLS, RFC 6062: peers notice no difference."""
import contextlib
import socket
import ssl
import threading
import time

import servers
import topology
from case import figures
from test_tcp_relay import RESIDENT_GROWTH, STUCK_BYTES, TcpRelay, octets, reset, take
from test_tls import Secured, secured
from turn_client import PATIENCE
from uclient import Uclient

BULK_BYTES = 16 << 20
RECORD_BYTES = 1 << 14


class TlsStream:
    """A client's end of a connection over TLS, in the words of a socket. One thread may send while another receives."""

    def __init__(self, link):
        self.link, self.guard, self.unsent = link, threading.Lock(), b""
        self.settimeout(PATIENCE)

    def settimeout(self, seconds):
        self.link.socket.settimeout(seconds)

    def send(self, data):
        """Takes one record once the one before it has left."""
        self.flush()
        with self.guard:
            self.unsent = self.link.encrypted(data[:RECORD_BYTES])
        return min(len(data), RECORD_BYTES)

    def flush(self):
        while self.unsent:
            self.unsent = self.unsent[self.link.socket.send(self.unsent):]

    def sendall(self, data):
        for start in range(0, len(data), RECORD_BYTES):
            self.send(data[start:start + RECORD_BYTES])
        self.flush()

    def shutdown(self, _):
        """A close_notify, and the socket stays open."""
        with self.guard, contextlib.suppress(ssl.SSLWantReadError):
            self.link.tls.unwrap()
        self.link.socket.sendall(self.link.outgoing.read())

    def recv(self, size):
        while True:
            with self.guard, contextlib.suppress(ssl.SSLWantReadError):
                try:
                    return self.link.tls.read(size)
                except ssl.SSLZeroReturnError:
                    return b""
            read = self.link.socket.recv(1 << 16)
            if not read:
                return b""
            with self.guard:
                self.link.incoming.write(read)


class OverTls(TcpRelay, Secured):
    def allocated(self, *attributes, credential=servers.ALICE):
        client = self.tls_client(credential=credential)
        client.allocate_tcp(*attributes)
        return client

    def bound(self, connection, credential=servers.ALICE, said=b""):
        data = self.tls_client(credential=credential)
        data.bind_connection(connection)
        return self.heard(data.link, TlsStream(data.link), said)

    def test_bulk(self):
        """16 MiB each way at once arrive octet for octet, and the server does not grow [J1][J9][J18][P7]"""
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
        figures("tcp-relay-tls", dict(bytes_each_way=BULK_BYTES, seconds=time.monotonic() - began, grown=grown))
        self.assertLess(grown, RESIDENT_GROWTH)

    def test_binds_of_every_worker(self):
        """A ConnectionBind over TLS finds its connection whichever worker it comes to [J15][J16]"""
        client = self.allocated()
        for _ in range(12):
            data, at_peer = self.joined(client, self.listener())
            data.sendall(b"there")
            self.assertEqual(take(at_peer, 5), b"there")
            at_peer.sendall(b"and back")
            self.assertEqual(take(data, 8), b"and back")

    def test_peers_connect(self):
        """A peer that connects is announced over TLS, and what it said meanwhile is not lost [J13][J14][J11]"""
        client = self.allocated()
        self.assert_ended(self.visit(client.relayed))
        client.permit((topology.PEER, 0))
        said = octets(100_000, 1)
        visitor = self.visit(client.relayed)
        visitor.sendall(said)
        data = self.bound(client.receive().connection, said=said)
        data.sendall(b"and I answered")
        self.assertEqual(take(visitor, 14), b"and I answered")

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
                writer.settimeout(PATIENCE)
                rest = threading.Thread(target=getattr(writer, "flush", lambda: None))
                rest.start()
                self.assertEqual(len(take(reader, sent)), sent)
                rest.join()

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
                self.assertEqual(take(second, len(said)), said)
                self.assert_ended(second)
                sender.join()
                second.sendall(b"the end")
                second.shutdown(socket.SHUT_WR)
                if not client_first:  # Python's TLS reads nothing more once it has said goodbye
                    self.assertEqual(take(first, 100), b"the end")

    def test_resets(self):
        """A side that resets takes the other along [J19][P7]"""
        client = self.allocated()
        data, at_peer = self.joined(client, self.listener())
        reset(at_peer)
        self.assert_ended(data)
        data, at_peer = self.joined(client, self.listener())
        reset(data.link.socket)
        self.assert_ended(at_peer)
        self.assertTrue(client.refresh(600))


class TurnutilsTls(Uclient):
    @classmethod
    def setUpClass(cls):
        secured(cls)
        super().setUpClass()

    def test_tcp_relay(self):
        """turnutils_uclient relays client to client over TLS and TCP relays without loss [J1][J9][J14][J15][J18]"""
        self.relays("-t", "-S", "-T", "-p", "5349", clients=2)
