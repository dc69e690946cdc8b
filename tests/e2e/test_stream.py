# SPDX-License-Identifier: BSD-3-Clause
"""TCP clients that split, merge, stall, send nonsense or never read: bounded, cut, and nobody else waits."""
import select
import socket

import stun
from case import EndToEnd, wait_until

FLOOD_BYTES = 64 << 20
RESIDENT_GROWTH = 64 << 20


class Framing(EndToEnd):
    def test_byte_at_a_time(self):
        """Requests and ChannelData that come one byte at a time are understood [I4]"""
        client, peer = self.client(transport="tcp"), self.peer()
        whole = client.link.send

        def byte_by_byte(data):
            for offset in range(len(data)):
                whole(data[offset:offset + 1])

        client.link.send = byte_by_byte
        client.allocate()
        client.bind_channel(0x4000, peer.getsockname())
        for payload in (b"", b"x", b"odd", bytes(300)):
            client.send_channel(0x4000, payload)
            self.assertEqual(peer.recv(1000), payload)

    def test_many_at_once(self):
        """Many messages in one segment are all handled, in order [I5][A35]"""
        client, peer = self.client(transport="tcp"), self.peer()
        client.allocate()
        client.bind_channel(0x4000, peer.getsockname())
        request = stun.encode(stun.BINDING, [])
        numbers = [b"%d" % number for number in range(100)]
        client.link.send(b"".join(stun.channel_data(0x4000, number, stream=True) for number in numbers) + request)
        self.assertEqual([peer.recv(100) for _ in numbers], numbers)
        self.assertEqual(client.answer_to(request[8:20]).address(stun.XOR_MAPPED_ADDRESS), client.address)

    def test_largest_lengths(self):
        """ChannelData with lengths at the 16-bit edge keeps the stream in step [I2][I3][H11]"""
        client, peer = self.client(transport="tcp"), self.peer()
        client.allocate()
        client.bind_channel(0x4000, peer.getsockname())
        for size in (0xFFE0, 0xFFE3, 0xFFFC, 0xFFFD, 0xFFFF):
            client.send_channel(0x4000, bytes(size))
            self.assertEqual(client.mapped_address(), client.address)
        client.send_channel(0x4000, b"still in step")
        while (payload := peer.recv(70000)) != b"still in step":
            self.assertIn(len(payload), (0xFFE0, 0xFFE3))

    def test_half_close(self):
        """An answer is still sent after the client has closed its half [I10][C7]"""
        client = self.client(transport="tcp")
        request = stun.encode(stun.BINDING, [])
        client.link.send(request)
        client.link.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(client.answer_to(request[8:20]).address(stun.XOR_MAPPED_ADDRESS)[0], "10.1.0.2")

    def test_nonsense(self):
        """A stream that cannot be TURN is closed, before and after an allocation [I7][P7][A34]"""
        wrong_cookie = bytearray(stun.encode(stun.BINDING, []))
        wrong_cookie[4] ^= 0xFF
        # Once it has spoken STUN, a client's "GET " may be ChannelData that is longer than what came.
        web = b"GET / HTTP/1.1\r\n\r\n"
        for nonsense in (b"\x80" + bytes(40), b"\xff" * 100, web, bytes(wrong_cookie)):
            for allocated in (False,) if nonsense is web else (False, True):
                with self.subTest(nonsense=nonsense[:8], allocated=allocated):
                    client = self.client(transport="tcp")
                    if allocated:
                        client.allocate()
                    client.link.send(nonsense)
                    self.assert_closed(client)
        self.assertTrue(self.client(transport="tcp").mapped_address())

    def test_closed_by_client(self):
        """A closed connection ends its allocation at once, and the log says how much it carried [D37][I18][X27][P8]"""
        client, peer = self.client(transport="tcp"), self.peer()
        client.allocate()
        client.permit(peer.getsockname())
        client.send(peer.getsockname(), b"twelve bytes")
        self.assertEqual(peer.recv(100), b"twelve bytes")
        relayed = "%s:%d" % client.relayed
        client.close()
        line = self.server.wait_for_log("allocation ended", relayed)
        self.assertIn("alice", line)
        self.assertIn("12", line)


class SlowReader(EndToEnd):
    def test_slow_reader(self):
        """A client that never reads is cut at a bounded cost while another's packets all pass [I9][P7]"""
        slow, quick = self.client(transport="tcp"), self.client()
        flood, echo = self.peer(), self.peer()
        slow.allocate()
        slow.bind_channel(0x4000, flood.getsockname())
        quick.allocate()
        quick.bind_channel(0x4000, echo.getsockname())
        before, sent, number = self.server.resident_bytes(), 0, 0
        while sent < FLOOD_BYTES and not self.is_cut(slow):
            for _ in range(32):
                flood.sendto(bytes(1200), slow.relayed)
                sent += 1200
            quick.send_channel(0x4000, b"%d" % number)
            self.assertEqual(echo.recv(100), b"%d" % number)
            echo.sendto(b"%d" % number, quick.relayed)
            self.assertEqual(quick.receive().payload, b"%d" % number)
            number += 1
        # By default ten seconds without a read are forgiven.
        wait_until(lambda: self.is_cut(slow), "the slow reader is cut", 25)
        self.assertLess(self.server.resident_bytes() - before, RESIDENT_GROWTH)

    def is_cut(self, client):
        if not hasattr(self, "poll"):
            self.poll = select.poll()
            self.poll.register(client.link.socket, select.POLLRDHUP)
        return bool(self.poll.poll(0)) or any(
            "allocation ended" in line and "%s:%d" % client.relayed in line for line in self.server.log().splitlines())


class Idle(EndToEnd):
    changes = {"limits": {"tcp_idle": 2}}

    def test_idle(self):
        """Idle, unfinished and trickling connections are closed; one with an allocation stays [I8][P7]"""
        kept = self.client(transport="tcp")
        kept.allocate()
        silent, half, answered = (self.client(transport="tcp") for _ in range(3))
        half.link.send(stun.encode(stun.BINDING, [])[:11])
        answered.mapped_address()
        for client in (silent, half, answered):
            self.assert_closed(client)
        trickling = self.client(transport="tcp")
        self.assert_trickle_closed(trickling)
        kept.refresh(600)

    def assert_trickle_closed(self, client):
        """One byte every fifth of a second of a message that would last for ever."""
        client.link.send(stun.header(stun.BINDING, 0xFFFC, bytes(12)))
        poll = select.poll()
        poll.register(client.link.socket, select.POLLRDHUP)
        for _ in range(100):
            if poll.poll(200):
                return
            try:
                client.link.send(b"\x21")
            except OSError:
                return
        self.fail("a connection that sends a byte now and then was never closed")
