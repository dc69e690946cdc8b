# SPDX-License-Identifier: BSD-3-Clause
"""Clients over TLS: what is agreed on, which certificate they see, and everything that they can do on TCP."""
import contextlib
import pathlib
import shutil
import signal
import socket
import ssl
import struct
import subprocess

import certificates
import servers
import stun
import topology
from case import EndToEnd, wait_until
from turn_client import PATIENCE, TlsLink, TurnClient, trusting
from uclient import Uclient

FIRST, OTHER = "turn.example.org", "other.example.org"
TLS, AUTO = (topology.SERVER, 5349), (topology.SERVER, 443)
RESIDENT_GROWTH = 32 << 20
CLAIMED = ("203.0.113.7", 45678)


def secured(test):
    """Issues two certificates and has the server of the class use them."""
    folder = topology.scratch_folder()
    test.addClassCleanup(topology.forget, folder)
    test.authority = certificates.Authority(folder)
    test.pair, test.other = test.authority.issue(FIRST), test.authority.issue(OTHER, kind="rsa")
    listen = {"tls": ["0.0.0.0:5349", "[::]:5349"], "auto": ["0.0.0.0:443"],
              "certificate": str(test.pair.certificate), "private_key": str(test.pair.key),
              "certificates": [{"certificate": str(test.other.certificate), "private_key": str(test.other.key)}]}
    test.changes = servers.merged({"listen": listen}, test.changes)


class Secured(EndToEnd):
    @classmethod
    def setUpClass(cls):
        secured(cls)
        super().setUpClass()

    def tls_client(self, server=TLS, *, name=FIRST, place="client", credential=servers.ALICE, **options):
        link = TlsLink(self.network[place], server, context=trusting(self.authority.certificate), name=name, **options)
        client = TurnClient(None, server, credential, link=link)
        self.addCleanup(client.close)
        return client

    def common_name(self, server=TLS, name=FIRST):
        link = TlsLink(self.network["client"], server, context=trusting(None), name=name)
        with link.socket:
            return self.subject(ssl.DER_cert_to_PEM_cert(link.tls.getpeercert(binary_form=True)))

    @staticmethod
    def subject(pem):
        words = ["openssl", "x509", "-noout", "-subject", "-nameopt", "multiline"]
        done = subprocess.run(words, input=pem, capture_output=True, text=True, check=True)
        return done.stdout.split("=")[-1].strip()

    def s_client(self, *words, text="", name=FIRST):
        """What openssl's own client says of a connection."""
        done = self.network["client"].run(
            ["timeout", "20", "openssl", "s_client", "-connect", "%s:%d" % TLS, "-servername", name,
             "-CAfile", str(self.authority.certificate), *words], input=text)
        return done.stdout + done.stderr


class Handshake(Secured):
    def test_versions(self):
        """TLS 1.2 and 1.3 are spoken, 1.0 and 1.1 are refused by an alert [I12]"""
        for flag, version in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
            with self.subTest(version=version):
                self.assertIn(f"New, {version}, Cipher is", self.s_client(flag, "-verify_return_error"))
        for flag in ("-tls1", "-tls1_1"):
            with self.subTest(version=flag):
                said = self.s_client(flag, "-cipher", "ALL:@SECLEVEL=0")
                self.assertIn("Cipher is (NONE)", said)
                self.assertIn("alert protocol version", said)

    def test_ciphers(self):
        """Suites with forward secrecy and AEAD are taken and no others, and nothing is compressed [I13][X19]"""
        for suite in ("ECDHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305"):
            with self.subTest(taken=suite):
                said = self.s_client("-tls1_2", "-cipher", suite, name=OTHER)
                self.assertIn(f"Cipher is {suite}", said)
                self.assertIn("Compression: NONE", said)
        for suite in ("AES128-SHA", "AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "DHE-RSA-AES256-SHA256",
                      "aNULL:eNULL:@SECLEVEL=0"):
            with self.subTest(refused=suite):
                self.assertIn("Cipher is (NONE)", self.s_client("-tls1_2", "-cipher", suite, name=OTHER))

    def test_alpn(self):
        """stun.turn and stun.nat-discovery are chosen, none is well, anything else is refused [I14]"""
        for offered, said in (("stun.turn", "ALPN protocol: stun.turn"), ("h2,stun.turn", "ALPN protocol: stun.turn"),
                              ("stun.nat-discovery", "ALPN protocol: stun.nat-discovery"),
                              ("h2", "alert no application protocol")):
            with self.subTest(offered=offered):
                self.assertIn(said, self.s_client("-alpn", offered))
        self.assertIn("No ALPN negotiated", self.s_client())

    def test_names(self):
        """The certificate is the one for the name that is asked for, else the first one"""
        for asked, seen in ((FIRST, FIRST), (OTHER, OTHER), ("unknown.example.org", FIRST)):
            with self.subTest(asked=asked):
                self.assertEqual(self.common_name(name=asked), seen)
        self.assertEqual(self.common_name(name=None), FIRST)
        self.assertIn("Verification: OK", self.s_client("-verify_hostname", OTHER, "-verify_return_error", name=OTHER))

    def test_resumption(self):
        """A session is resumed on another connection, whichever worker takes it"""
        context = trusting(self.authority.certificate)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, version
            first = self.resuming(context, None)
            for _ in range(4):
                self.assertTrue(self.resuming(context, first.link.tls.session).link.tls.session_reused, version)

    def resuming(self, context, session):
        link = TlsLink(self.network["client"], TLS, context=context, name=FIRST, session=session)
        client = TurnClient(None, TLS, link=link)
        self.addCleanup(client.close)
        client.mapped_address()  # behind the tickets
        return client

    def test_renegotiation(self):
        """A client that renegotiates is disconnected, and no other"""
        client = self.tls_client()
        said = self.s_client("-tls1_2", text="R\n")
        self.assertIn("RENEGOTIATING", said)
        self.assertRegex(said, "no renegotiation|unexpected eof|Connection reset")
        self.assertTrue(client.mapped_address())

    def test_damaged(self):
        """Nonsense at every point of a handshake costs that connection and no memory [P7][I7]"""
        steady = self.tls_client()
        steady.allocate()
        hello = self.recorded_hello()
        self.damage(hello[:40])
        before = self.server.resident_bytes()
        self.damage(hello)
        self.assertLess(self.server.resident_bytes() - before, RESIDENT_GROWTH)
        steady.refresh(600)

    def recorded_hello(self):
        outgoing = ssl.MemoryBIO()
        tls = trusting(None).wrap_bio(ssl.MemoryBIO(), outgoing)
        with self.assertRaises(ssl.SSLWantReadError):
            tls.do_handshake()
        return outgoing.read()

    def damage(self, hello):
        """Cut short at every place, with an octet changed, and followed by what does not belong there."""
        with self.network["client"].entered():
            for place in range(0, len(hello), 3):
                changed = bytearray(hello)
                changed[place] ^= 0x55
                for octets in (hello[:place], bytes(changed), hello[:place] + b"GET / HTTP/1.1\r\n\r\n", hello + hello):
                    with socket.create_connection(TLS, PATIENCE) as link, contextlib.suppress(ConnectionError):
                        link.sendall(octets)
                        link.shutdown(socket.SHUT_WR)
                        while link.recv(1 << 16):  # until the server has done with it
                            pass


class Talk(Secured):
    def test_relay(self):
        """A client that trusts the authority relays both ways over TLS, IPv4 and IPv6 [C2][I1][I3]"""
        for server in (TLS, (topology.SERVER_6, 5349)):
            with self.subTest(server=server):
                client, peer = self.tls_client(server), self.peer()
                self.assertEqual(client.mapped_address(), client.address)
                client.allocate()
                client.bind_channel(0x4000, peer.getsockname())
                for payload in (b"", b"odd", bytes(1200)):
                    client.send_channel(0x4000, payload)
                    self.assertEqual(peer.recv(2000), payload)
                    peer.sendto(payload, client.relayed)
                    self.assertEqual(client.receive().payload, payload)

    def test_one_record(self):
        """Messages that are ready together leave in one record [I5]"""
        client = self.tls_client()
        client.mapped_address()
        client.link.records.clear()
        requests = [stun.encode(stun.BINDING, []) for _ in range(20)]
        client.link.send(b"".join(requests))
        for request in requests:
            self.assertEqual(client.answer_to(request[8:20]).address(stun.XOR_MAPPED_ADDRESS), client.address)
        self.assertEqual(len(client.link.records), 1)

    def test_split(self):
        """Messages may be split over records, and records over segments, at every octet [I4]"""
        client, peer = self.tls_client(), self.peer()
        client.allocate()
        client.bind_channel(0x4000, peer.getsockname())
        message = stun.channel_data(0x4000, b"in pieces", stream=True)
        for offset in range(len(message)):
            client.link.send(message[offset:offset + 1])
        self.assertEqual(peer.recv(100), b"in pieces")
        for octet in client.link.encrypted(message):
            client.link.socket.sendall(bytes([octet]))
        self.assertEqual(peer.recv(100), b"in pieces")

    def test_close(self):
        """A close_notify ends the allocation, after an answer that is owed [I10][I18][D37]"""
        client = self.tls_client()
        client.allocate()
        relayed = "%s:%d" % client.relayed
        request = stun.encode(stun.BINDING, [])
        client.link.send_and_close(request)
        self.assertTrue(client.answer_to(request[8:20]).address(stun.XOR_MAPPED_ADDRESS))
        self.server.wait_for_log("allocation ended", relayed)

    def test_one_port(self):
        """One port takes TLS, plain TCP and UDP, and closes anything else [I15]"""
        for client in (self.tls_client(AUTO), self.client(transport="tcp", server=AUTO), self.client(server=AUTO)):
            client.allocate()
            self.assertEqual(client.mapped_address(), client.address)
        nonsense = self.client(transport="tcp", server=AUTO)
        nonsense.link.send(b"\x80 nonsense")
        self.assert_closed(nonsense)


class Time(Secured):
    changes = {"limits": {"tls_handshake": 1}}

    def test_time(self):
        """A handshake that is not done in its time is cut, at whatever point [I8][P7]"""
        steady = self.tls_client()
        steady.allocate()
        for octets in (b"", b"\x16", b"\x16\x03\x01\x02\x00\x01"):
            for server in (TLS, AUTO):
                with self.subTest(octets=octets, server=server):
                    client = self.client(transport="tcp", server=server)
                    client.link.send(octets)
                    self.assert_closed(client)
        steady.refresh(600)


class Reload(Secured):
    def install(self, pair):
        """In place of the files in force, each at once."""
        for new, old in ((pair.certificate, self.pair.certificate), (pair.key, self.pair.key)):
            draft = pathlib.Path(f"{old}.new")
            shutil.copy(new, draft)
            draft.rename(old)

    def test_reload(self):
        """New certificates reach new connections without a restart; a bad file is refused and the old ones stay"""
        client = self.tls_client()
        client.allocate()
        self.install(self.authority.issue("second.example.org"))
        wait_until(lambda: self.common_name() == "second.example.org", "the files are looked at", 20)
        self.server.wait_for_log("certificates reloaded")
        self.pair.certificate.write_text("nonsense")
        line = self.server.wait_for_log("certificates not reloaded", "holds no certificate")
        self.assertIn(str(self.pair.certificate), line)
        self.assertEqual(self.common_name(), "second.example.org")
        self.install(self.authority.issue("third.example.org"))
        self.server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.common_name() == "third.example.org", "SIGHUP reloads")
        client.refresh(600)
        self.assertEqual(client.mapped_address(), client.address)


def header_2(command, family=b"\x11", rest=b""):
    return b"\r\n\r\n\0\r\nQUIT\n" + command + family + struct.pack("!H", len(rest)) + rest


class Proxies(Secured):
    changes = {"listen": {"proxies": ["10.1.0.0/24"]}}
    TEXT = b"PROXY TCP4 %s 198.51.100.1 %d 443\r\n" % (CLAIMED[0].encode(), CLAIMED[1])
    BINARY = header_2(b"\x21", rest=socket.inet_aton(CLAIMED[0]) + socket.inet_aton("198.51.100.1")
                      + struct.pack("!HH", CLAIMED[1], 443) + b"\x04\x00\x02..")

    def proxied(self, server, header):
        client = self.client(transport="tcp", server=server)
        client.link.send(header)
        return client

    def test_named(self):
        """The client is who the PROXY header says, on TCP, TLS and the one port"""
        for header in (self.TEXT, self.BINARY):
            for server in ((topology.SERVER, 3478), AUTO):
                with self.subTest(header=header, server=server):
                    client = self.proxied(server, header)
                    self.assertEqual(client.mapped_address(), CLAIMED)
                    client.allocate()
                    client.close()
            for server in (TLS, AUTO):
                with self.subTest(header=header, server=server, tls=True):
                    client = self.tls_client(server, prefix=header)
                    self.assertEqual(client.mapped_address(), CLAIMED)
                    client.allocate()
                    client.close()

    def test_unnamed(self):
        """A proxy that speaks for itself is seen as it is"""
        for header in (b"PROXY UNKNOWN\r\n", header_2(b"\x20", b"\0"), header_2(b"\x21", b"\0", b"skip")):
            with self.subTest(header=header):
                client = self.proxied((topology.SERVER, 3478), header)
                self.assertEqual(client.mapped_address(), client.address)

    def test_missing(self):
        """Without a header, or with a malformed one, a proxy's connection is closed; a stranger's with one too"""
        for header in (stun.encode(stun.BINDING, []), b"PROXY TCP9 1 2 3 4\r\n", b"PROXY " + bytes(200),
                       header_2(b"\x21", rest=b"short"), b"\x16\x03\x01\x00\x05"):
            for server in ((topology.SERVER, 3478), TLS, AUTO):
                with self.subTest(header=header, server=server):
                    self.assert_closed(self.proxied(server, header))
        stranger = self.client(transport="tcp", place="peer")
        stranger.link.send(self.TEXT)
        self.assert_closed(stranger)


class Turnutils(Uclient):
    @classmethod
    def setUpClass(cls):
        secured(cls)
        super().setUpClass()

    def test_tls(self):
        """turnutils_uclient relays over TLS and channels, and over Send and Data, without loss [C2][I1]"""
        self.relays("-t", "-S", "-p", "5349")
        self.relays("-t", "-S", "-s", "-p", "5349")

    def test_one_port(self):
        """turnutils_uclient relays over TLS, TCP and UDP through one port without loss [I15]"""
        for flags in (("-t", "-S"), ("-t",), ()):
            with self.subTest(flags=flags):
                self.relays(*flags, "-p", "443")
