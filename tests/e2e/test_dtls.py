# SPDX-License-Identifier: BSD-3-Clause
"""DTLS clients, on a port of their own and on one that serves everything: what they may speak, and what strangers cost."""
import os
import random
import socket
import struct
import tempfile

import certificates
import servers
import topology
from case import EndToEnd, figures
from dtls_link import DtlsLink
from turn_client import Closed, TurnClient
from uclient import Uclient

PORT = 5349
CHANNEL = 0x4000
PAYLOAD = os.urandom(900)
SUITES = ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
          "DHE-RSA-AES128-GCM-SHA256")
WEAK_SUITES = ("AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "AES256-SHA")
GROWTH_BYTES_MAX = 4 << 20


def hello():
    """A ClientHello (RFC 6347 section 4.2) of nobody in particular."""
    body = b"\xfe\xfd" + os.urandom(32) + b"\0\0\0\4\xc0\x2b\xc0\x2f\1\0"
    length = len(body).to_bytes(3, "big")
    message = b"\1" + length + bytes(5) + length + body
    return struct.pack("!BHHHIH", 22, 0xFEFF, 0, 0, 0, len(message)) + message


class Secured(EndToEnd):
    """A server with a certificate, and an option that says where it listens for DTLS."""

    listen = {"dtls": [f"0.0.0.0:{PORT}", f"[::]:{PORT}"]}

    @classmethod
    def setUpClass(cls):
        folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, folder)
        cls.authority = certificates.Authority(folder)
        pair = cls.authority.issue("turn.example.org", kind="rsa")
        # All strangers here come from one address; what they may cost has tests of its own.
        cls.changes = {"listen": {**cls.listen, "certificate": str(pair.certificate), "private_key": str(pair.key)},
                       "limits": {"unauthenticated_per_second": 0, "unauthenticated_per_prefix_second": 0}}
        super().setUpClass()

    def dtls_client(self, credential=servers.ALICE, server=(topology.SERVER, PORT), port=0):
        client = TurnClient(self.network["client"], server, credential, "dtls", port=port)
        self.addCleanup(client.close)
        return client

    def assert_relays(self, client):
        peer = self.peer()
        client.allocate()
        client.permit(peer.getsockname())
        client.send(peer.getsockname(), PAYLOAD)
        payload, relayed = peer.recvfrom(2000)
        self.assertEqual((payload, relayed), (PAYLOAD, client.relayed))
        client.bind_channel(CHANNEL, peer.getsockname())
        client.send_channel(CHANNEL, b"odd")
        self.assertEqual(peer.recv(2000), b"odd")
        peer.sendto(PAYLOAD, client.relayed)
        arrived = client.receive()
        self.assertEqual((arrived.channel, arrived.payload), (CHANNEL, PAYLOAD))


class Dtls(Secured):
    def test_relay(self):
        """A DTLS client gets what a UDP client gets, over IPv4 and IPv6 [C2][I1][I17]"""
        for server in (topology.SERVER, topology.SERVER_6):
            with self.subTest(server=server):
                client = self.dtls_client(server=(server, PORT))
                self.assertEqual(client.mapped_address(), client.address)
                self.assert_relays(client)
        self.server.wait_for_log("allocation made", "transport=dtls")

    def s_client(self, *flags):
        done = self.network["client"].run(
            ["timeout", "20", "openssl", "s_client", "-connect", f"{topology.SERVER}:{PORT}", "-CAfile",
             str(self.authority.certificate), *flags], input="")
        return done.stdout + done.stderr

    def test_versions(self):
        """openssl s_client speaks DTLS 1.2 with every suite of BCP 195, and is refused 1.0 and weak suites [X18][I13]"""
        for suite in SUITES:
            with self.subTest(suite=suite):
                said = self.s_client("-dtls1_2", "-cipher", suite)
                self.assertIn("Protocol  : DTLSv1.2", said)
                self.assertIn(f"Cipher is {suite}", said)
                self.assertIn("Verify return code: 0 (ok)", said)
        said = self.s_client("-dtls1", "-cipher", "ALL:@SECLEVEL=0")
        self.assertIn("alert protocol version", said)
        for suite in WEAK_SUITES:
            with self.subTest(suite=suite):
                self.assertIn("alert handshake failure", self.s_client("-dtls1_2", "-cipher", f"{suite}:@SECLEVEL=0"))

    def test_alpn_and_resumption(self):
        """ALPN is answered, and the next handshake of a client is a short one [I14]"""
        with tempfile.TemporaryDirectory() as folder:
            said = self.s_client("-dtls1_2", "-alpn", "stun.turn", "-sess_out", f"{folder}/session")
            self.assertIn("ALPN protocol: stun.turn", said)
            self.assertIn("New, TLSv1.2", said)
            self.assertIn("Reused, TLSv1.2", self.s_client("-dtls1_2", "-sess_in", f"{folder}/session"))

    def test_goodbye(self):
        """close_notify ends the allocation and is answered [I18][D37]"""
        client = self.dtls_client()
        client.allocate()
        client.link.say_goodbye()
        with self.assertRaises(Closed):
            client.link.receive(5)
        self.server.wait_for_log("allocation ended", "%s:%d" % client.relayed, "reason=disconnected")

    def test_begins_anew(self):
        """A client that lost its state begins anew from its port; a mere hello from there ends nothing [I16]"""
        client = self.dtls_client(port=40123)
        client.allocate()
        with self.network["client"].socket() as stranger:
            stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            stranger.bind(("", 40123))
            stranger.sendto(hello(), (topology.SERVER, PORT))
        client.refresh(600)
        client.link.socket.close()
        again = self.dtls_client(port=40123)
        self.server.wait_for_log("allocation ended", "%s:%d" % client.relayed, "reason=disconnected")
        again.allocate()

    def test_strangers(self):
        """20,000 hellos of strangers get fewer bytes than they bring and leave nothing, and a call goes on [I16][P10]"""
        call = self.dtls_client()
        self.assert_relays(call)
        sent = received = 0
        before = self.server.resident_bytes()
        for _ in range(100):
            with self.network["client"].socket() as stranger:
                stranger.settimeout(5)
                stranger.connect((topology.SERVER, PORT))
                for _ in range(200):
                    sent += stranger.send(hello())
                    received += len(stranger.recv(2000))
            call.refresh(600)
        growth = self.server.resident_bytes() - before
        figures("dtls-strangers", dict(sent_bytes=sent, received_bytes=received, growth_bytes=growth))
        self.assertLess(received, sent)
        self.assertLess(growth, GROWTH_BYTES_MAX)

    def test_malformed(self):
        """Spoiled records at every point of a handshake and a talk harm nobody else and leave nothing [I17]"""
        chance = random.Random(1)
        call = self.dtls_client()
        self.assert_relays(call)
        talk = Recorded(self.network["client"], (topology.SERVER, PORT)).sent
        before = self.server.resident_bytes()
        for _ in range(30):
            for point in range(len(talk)):
                with self.network["client"].socket() as stranger:
                    stranger.connect((topology.SERVER, PORT))
                    for datagram in talk[:point]:
                        stranger.send(datagram)
                    for _ in range(10):
                        stranger.send(spoiled(chance.choice(talk), chance))
            call.refresh(600)
        self.assertLess(self.server.resident_bytes() - before, GROWTH_BYTES_MAX)
        self.assert_relays(self.dtls_client())


class Recorded(DtlsLink):
    """Keeps every datagram that it sends: a handshake, and a message."""

    def __init__(self, namespace, server):
        self.sent = []
        super().__init__(namespace, server)
        self.send(b"\0" * 20)

    def transmit(self, datagram):
        self.sent.append(datagram)
        super().transmit(datagram)


def spoiled(datagram, chance):
    octets = bytearray(datagram)
    how = chance.randrange(3)
    if how == 0:
        del octets[chance.randrange(len(octets)):]
    elif how == 1:
        octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)
    else:
        octets *= 2
    return bytes(octets)


class Turnutils(Secured, Uclient):
    def test_channels(self):
        """turnutils_uclient relays over DTLS and channels without loss [C2][I17]"""
        self.relays("-S", "-p", str(PORT))

    def test_send(self):
        """turnutils_uclient relays Send and Data over DTLS without loss [I17][H6]"""
        self.relays("-S", "-s", "-p", str(PORT))

    def test_hairpin(self):
        """turnutils_uclient relays client to client over DTLS without loss [H12]"""
        self.relays("-S", "-y", "-c", "-p", str(PORT))
