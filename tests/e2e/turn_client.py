# SPDX-License-Identifier: BSD-3-Clause
"""A small TURN client over UDP or TCP whose every step a test decides: it retries nothing but a challenge.

Waits end with what was waited for or fail after `PATIENCE` seconds. That nothing comes is shown with a fence: a later
message that does come, in the same order of delivery.
"""
import contextlib
import dataclasses
import socket
import ssl
import struct
import time

import stun

PATIENCE = 8.0
LARGEST_DATAGRAM = 65535


class Refused(Exception):
    """The server answered with an error response."""

    def __init__(self, answer):
        super().__init__(f"error {answer.error}")
        self.answer = answer
        self.code = answer.error


class Closed(Exception):
    """The server closed the stream."""


@dataclasses.dataclass
class Credential:
    username: str
    password: str
    algorithm: int = 0  # 0: as before RFC 8489; otherwise stun.MD5 or stun.SHA256, negotiated

    @property
    def integrity(self):
        return stun.MESSAGE_INTEGRITY_SHA256 if self.algorithm else stun.MESSAGE_INTEGRITY


@dataclasses.dataclass
class TokenCredential(Credential):
    """By access token, RFC 7635: the username is a key's id, the token goes with Allocate and Refresh alone."""

    token: bytes = b""
    mac_key: bytes = b""


@dataclasses.dataclass
class Arrival:
    """A datagram from a peer: from whom (Data indication) or on which channel (ChannelData).

    With `icmp` (type, code, data) it is an error about a datagram to that peer, and has no payload. With `connection`
    the peer has connected to a TCP allocation, and that is the connection's name.
    """

    payload: bytes
    peer: tuple = None
    channel: int = None
    icmp: tuple = None
    connection: bytes = None


def bind(link_socket, port):
    """To a port that other sockets with other servers may share."""
    if port:
        link_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        link_socket.bind(("", port))


class DatagramLink:
    stream = False

    def __init__(self, namespace, server, port=0):
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        self.socket = namespace.socket(family, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        bind(self.socket, port)
        self.socket.connect(server)

    def send(self, data):
        self.socket.send(data)

    def receive(self, timeout):
        self.socket.settimeout(timeout)
        return self.socket.recv(LARGEST_DATAGRAM)


class StreamLink:
    stream = True

    def __init__(self, namespace, server, port=0):
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        self.socket = namespace.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        bind(self.socket, port)
        self.socket.connect(server)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()

    def send(self, data):
        self.socket.settimeout(PATIENCE)
        self.socket.sendall(data)

    def receive(self, timeout):
        deadline = time.monotonic() + timeout
        while (size := stun.whole_message_bytes(self.buffer)) is None or len(self.buffer) < size:
            self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            read = self.socket.recv(1 << 16)
            if not read:
                raise Closed("end of stream")
            self.buffer += read
        message = bytes(self.buffer[:size])
        del self.buffer[:size]
        return message


def trusting(authority):
    """A context for TLS that trusts this authority, or, without one, anybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if authority:
        context.load_verify_locations(authority)
    else:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class TlsLink(StreamLink):
    """A stream under TLS whose records a test sees; `prefix` goes in front of the handshake."""

    def __init__(self, namespace, server, port=0, *, context=None, name=None, session=None, prefix=b""):
        super().__init__(namespace, server, port)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = (context or trusting(None)).wrap_bio(self.incoming, self.outgoing, server_hostname=name,
                                                        session=session)
        self.records, self.ciphertext = [], bytearray()
        if prefix:
            super().send(prefix)
        self.until_done(self.tls.do_handshake, time.monotonic() + PATIENCE)
        super().send(self.outgoing.read())

    def until_done(self, step, deadline):
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                super().send(self.outgoing.read())
                self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
                read = self.socket.recv(1 << 16)
                if not read:
                    raise Closed("end of stream") from None
                self.count_records(read)
                self.incoming.write(read)

    def count_records(self, read):
        self.ciphertext += read
        while len(self.ciphertext) >= 5:
            kind, _, size = struct.unpack("!BHH", self.ciphertext[:5])
            if len(self.ciphertext) < 5 + size:
                return
            self.records.append((kind, size))
            del self.ciphertext[:5 + size]

    def encrypted(self, data):
        """The record of this data, to be sent by the test."""
        self.tls.write(data)
        return self.outgoing.read()

    def send(self, data):
        super().send(self.encrypted(data))

    def send_and_close(self, data):
        """Together with a close_notify."""
        octets = self.encrypted(data)
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.unwrap()
        super().send(octets + self.outgoing.read())

    def receive(self, timeout):
        deadline = time.monotonic() + timeout
        while (size := stun.whole_message_bytes(self.buffer)) is None or len(self.buffer) < size:
            try:
                self.buffer += self.until_done(lambda: self.tls.read(1 << 16), deadline)
            except ssl.SSLZeroReturnError:
                raise Closed("close_notify") from None
        message = bytes(self.buffer[:size])
        del self.buffer[:size]
        return message


def link_class(transport):
    if transport == "dtls":
        import dtls_link  # which needs this module
        return dtls_link.DtlsLink
    return {"udp": DatagramLink, "tcp": StreamLink, "tls": TlsLink}[transport]


class TurnClient:
    """One five-tuple. Use as a context manager; it is closed without deleting the allocation."""

    def __init__(self, namespace, server, credential=None, transport="udp", *, port=0, link=None):
        self.link = link or link_class(transport)(namespace, server, port)
        self.credential = credential
        self.realm = self.nonce = self.algorithms = self.relayed = None
        self.arrivals = []
        self.challenge = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.link.socket.close()

    @property
    def address(self):
        return self.link.socket.getsockname()[:2]

    @property
    def key(self):
        who = self.credential
        if isinstance(who, TokenCredential):
            return who.mac_key
        return stun.key_of(who.username, self.realm.decode(), who.password, who.algorithm or stun.MD5)

    def message(self, method, attributes, transaction=None):
        """The bytes of a request, signed when the server has told realm and nonce."""
        transaction = transaction or stun.new_transaction()
        if self.nonce is None or self.credential is None:
            return stun.encode(method | stun.REQUEST, attributes, transaction)
        if isinstance(self.credential, TokenCredential) and method in (stun.ALLOCATE, stun.REFRESH):
            attributes = [*attributes, (stun.ACCESS_TOKEN, self.credential.token)]
        attributes = [*attributes, (stun.USERNAME, self.credential.username.encode()), (stun.REALM, self.realm),
                      (stun.NONCE, self.nonce)]
        if self.credential.algorithm:
            chosen = struct.pack("!HH", self.credential.algorithm, 0)
            attributes += [(stun.PASSWORD_ALGORITHMS, self.algorithms), (stun.PASSWORD_ALGORITHM, chosen)]
        plain = stun.encode(method | stun.REQUEST, attributes, transaction)
        return stun.signed(plain, self.credential.integrity, self.key)

    def learn(self, answer):
        self.challenge = answer
        self.realm, self.nonce = answer.get(stun.REALM), answer.get(stun.NONCE)
        self.algorithms = answer.get(stun.PASSWORD_ALGORITHMS)

    def exchange(self, message):
        """Sends a request and returns the answer to it; what arrives meanwhile from peers is kept."""
        self.link.send(message)
        return self.answer_to(message[8:20])

    def answer_to(self, transaction):
        deadline = time.monotonic() + PATIENCE
        while True:
            raw = self.link.receive(max(deadline - time.monotonic(), 0.001))
            if stun.is_channel_data(raw):
                self.arrivals.append(arrival_of(raw))
                continue
            if raw[4:8] != stun.COOKIE.to_bytes(4, "big"):
                continue  # the refusal of what was classic STUN
            answer = stun.decode(raw)
            if answer.message_class == stun.INDICATION:
                self.arrivals.append(arrival_of(raw))
            elif answer.transaction == transaction:
                return answer

    def request(self, method, attributes=()):
        """Answers a challenge once, checks the integrity of a success, and raises Refused for an error."""
        answer = self.exchange(self.message(method, attributes))
        if answer.error in (401, 438) and self.credential and answer.get(stun.NONCE) != self.nonce:
            self.learn(answer)
            answer = self.exchange(self.message(method, attributes))
        if answer.message_class == stun.ERROR:
            raise Refused(answer)
        if method != stun.BINDING and not answer.is_signed_with(self.key):
            raise AssertionError("the success is not signed with the key of the user")
        return answer

    def mapped_address(self):
        """The answer to a Binding request; also the fence that shows that all before it was handled."""
        return self.request(stun.BINDING).address(stun.XOR_MAPPED_ADDRESS)

    def allocate(self, *attributes):
        answer = self.request(stun.ALLOCATE, [(stun.REQUESTED_TRANSPORT, stun.UDP), *attributes])
        self.relayed = answer.address(stun.XOR_RELAYED_ADDRESS)
        return answer

    def allocate_tcp(self, *attributes):
        """For TCP to peers, RFC 6062."""
        answer = self.request(stun.ALLOCATE, [(stun.REQUESTED_TRANSPORT, stun.TCP), *attributes])
        self.relayed = answer.address(stun.XOR_RELAYED_ADDRESS)
        return answer

    def connect_message(self, peer):
        transaction = stun.new_transaction()
        values = [(stun.XOR_PEER_ADDRESS, stun.xor_address(peer, transaction))]
        return self.message(stun.CONNECT, values, transaction)

    def connect(self, peer):
        """The name of the connection."""
        return checked(self.exchange(self.connect_message(peer))).get(stun.CONNECTION_ID)

    def bind_connection(self, connection):
        """From then on the stream carries octets: see `link.socket`, and `link.buffer` for what came already."""
        return self.request(stun.CONNECTION_BIND, [(stun.CONNECTION_ID, connection)])

    def refresh(self, lifetime):
        return self.request(stun.REFRESH, [(stun.LIFETIME, struct.pack("!I", lifetime))])

    def permit(self, *peers):
        transaction = stun.new_transaction()
        if self.nonce is None:
            raise AssertionError("allocate first")
        values = [(stun.XOR_PEER_ADDRESS, stun.xor_address(peer, transaction)) for peer in peers]
        return checked(self.exchange(self.message(stun.CREATE_PERMISSION, values, transaction)))

    def bind_channel(self, number, peer):
        transaction = stun.new_transaction()
        values = [(stun.CHANNEL_NUMBER, struct.pack("!HH", number, 0)),
                  (stun.XOR_PEER_ADDRESS, stun.xor_address(peer, transaction))]
        return checked(self.exchange(self.message(stun.CHANNEL_BIND, values, transaction)))

    def send(self, peer, payload, *attributes):
        transaction = stun.new_transaction()
        values = [(stun.XOR_PEER_ADDRESS, stun.xor_address(peer, transaction)), *attributes, (stun.PAYLOAD, payload)]
        self.link.send(stun.encode(stun.SEND | stun.INDICATION, values, transaction))

    def send_channel(self, number, payload):
        self.link.send(stun.channel_data(number, payload, self.link.stream))

    def receive(self, timeout=PATIENCE):
        """The next datagram from a peer."""
        if self.arrivals:
            return self.arrivals.pop(0)
        return arrival_of(self.link.receive(timeout))


def checked(answer):
    if answer.message_class == stun.ERROR:
        raise Refused(answer)
    return answer


def arrival_of(raw):
    if stun.is_channel_data(raw):
        number, length = struct.unpack("!HH", raw[:4])
        return Arrival(raw[4:4 + length], channel=number)
    message = stun.decode(raw)
    if message.kind == stun.CONNECTION_ATTEMPT | stun.INDICATION:
        return Arrival(None, peer=message.address(stun.XOR_PEER_ADDRESS), connection=message.get(stun.CONNECTION_ID))
    if message.kind != stun.DATA | stun.INDICATION:
        raise AssertionError(f"message of type {message.kind:#06x} and not a Data indication")
    icmp = message.get(stun.ICMP)
    return Arrival(message.get(stun.PAYLOAD), peer=message.address(stun.XOR_PEER_ADDRESS),
                   icmp=icmp and stun.read_icmp(icmp))
