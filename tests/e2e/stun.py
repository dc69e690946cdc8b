# SPDX-License-Identifier: BSD-3-Clause
"""STUN and TURN on the wire, written a second time and apart from the server, so that one mistake is not made twice.

Messages are encoded and decoded as RFC 8489 section 5 and 14 and RFC 8656 section 18 draw them. Nothing here knows
sockets or state.
"""
import binascii
import dataclasses
import hashlib
import hmac
import ipaddress
import os
import struct

COOKIE = 0x2112A442
HEADER_BYTES = 20

BINDING, ALLOCATE, REFRESH, SEND, DATA, CREATE_PERMISSION, CHANNEL_BIND = 1, 3, 4, 6, 7, 8, 9
CONNECT, CONNECTION_BIND, CONNECTION_ATTEMPT = 10, 11, 12
REQUEST, INDICATION, SUCCESS, ERROR = 0x000, 0x010, 0x100, 0x110

USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
ERROR_CODE = 0x0009
UNKNOWN_ATTRIBUTES = 0x000A
CHANNEL_NUMBER = 0x000C
LIFETIME = 0x000D
XOR_PEER_ADDRESS = 0x0012
PAYLOAD = 0x0013
REALM = 0x0014
NONCE = 0x0015
XOR_RELAYED_ADDRESS = 0x0016
REQUESTED_ADDRESS_FAMILY = 0x0017
EVEN_PORT = 0x0018
REQUESTED_TRANSPORT = 0x0019
DONT_FRAGMENT = 0x001A
ACCESS_TOKEN = 0x001B
MESSAGE_INTEGRITY_SHA256 = 0x001C
PASSWORD_ALGORITHM = 0x001D
XOR_MAPPED_ADDRESS = 0x0020
RESERVATION_TOKEN = 0x0022
CONNECTION_ID = 0x002A
ADDITIONAL_ADDRESS_FAMILY = 0x8000
ADDRESS_ERROR_CODE = 0x8001
PASSWORD_ALGORITHMS = 0x8002
ALTERNATE_DOMAIN = 0x8003
ICMP = 0x8004
ALTERNATE_SERVER = 0x8023
THIRD_PARTY_AUTHORIZATION = 0x802E
FINGERPRINT = 0x8028

MD5, SHA256 = 1, 2
UDP, TCP = bytes([17, 0, 0, 0]), bytes([6, 0, 0, 0])
FAMILY_4, FAMILY_6 = b"\x01\0\0\0", b"\x02\0\0\0"


def padded(value):
    return value + bytes(-len(value) % 4)


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + padded(value)


def new_transaction():
    return os.urandom(12)


def header(kind, body_bytes, transaction):
    return struct.pack("!HHI", kind, body_bytes, COOKIE) + transaction


def encode(kind, attributes, transaction=None):
    body = b"".join(attribute(number, value) for number, value in attributes)
    return header(kind, len(body), transaction or new_transaction()) + body


def appended(message, kind, value):
    """The message with one attribute more and the length in its header counting it."""
    body = message[HEADER_BYTES:] + attribute(kind, value)
    return message[:2] + struct.pack("!H", len(body)) + message[4:HEADER_BYTES] + body


def digest_of(message, kind, key):
    """The integrity value of an unsigned message, RFC 8489 section 14.5 and 14.6."""
    hash_name, size = ("sha1", 20) if kind == MESSAGE_INTEGRITY else ("sha256", 32)
    counted = message[:2] + struct.pack("!H", len(message) - HEADER_BYTES + 4 + size) + message[4:]
    return hmac.new(key, counted, hash_name).digest()


def signed(message, kind, key):
    return appended(message, kind, digest_of(message, kind, key))


def fingerprinted(message):
    counted = message[:2] + struct.pack("!H", len(message) - HEADER_BYTES + 8) + message[4:]
    return appended(message, FINGERPRINT, struct.pack("!I", binascii.crc32(counted) ^ 0x5354554E))


def key_of(username, realm, password, algorithm=MD5):
    text = f"{username}:{realm}:{password}".encode()
    return hashlib.md5(text).digest() if algorithm == MD5 else hashlib.sha256(text).digest()


def mask_of(transaction):
    return struct.pack("!I", COOKIE) + transaction


def xor_address(address, transaction):
    """(host, port) as the value of an XOR address attribute, RFC 8489 section 14.2."""
    host = ipaddress.ip_address(address[0]).packed
    mixed = bytes(left ^ right for left, right in zip(host, mask_of(transaction)))
    return struct.pack("!BBH", 0, 1 if len(host) == 4 else 2, address[1] ^ (COOKIE >> 16)) + mixed


def read_xor_address(value, transaction):
    port = struct.unpack("!H", value[2:4])[0] ^ (COOKIE >> 16)
    host = bytes(left ^ right for left, right in zip(value[4:], mask_of(transaction)))
    return str(ipaddress.ip_address(host)), port


@dataclasses.dataclass
class Message:
    """A decoded message: attributes in their order, each with the offset at which it begins."""

    kind: int
    transaction: bytes
    attributes: list
    raw: bytes

    @property
    def method(self):
        return self.kind & 0x000F | (self.kind & 0x3E00) >> 2 | (self.kind & 0x00E0) >> 1

    @property
    def message_class(self):
        return self.kind & 0x0110

    def get(self, kind):
        return next((value for number, value, _ in self.attributes if number == kind), None)

    def all(self, kind):
        return [value for number, value, _ in self.attributes if number == kind]

    def address(self, kind):
        value = self.get(kind)
        return value and read_xor_address(value, self.transaction)

    @property
    def error(self):
        value = self.get(ERROR_CODE)
        return value and value[2] * 100 + value[3]

    def is_signed_with(self, key):
        """Verifies whichever integrity attribute is there; False when there is none."""
        for kind, value, offset in self.attributes:
            if kind in (MESSAGE_INTEGRITY, MESSAGE_INTEGRITY_SHA256):
                return hmac.compare_digest(value, digest_of(self.raw[:offset], kind, key))
        return False


def decode(raw):
    kind, length, cookie = struct.unpack("!HHI", raw[:8])
    if cookie != COOKIE or length + HEADER_BYTES != len(raw):
        raise ValueError(f"not a whole STUN message: {raw[:24].hex()} of {len(raw)} bytes")
    attributes, offset = [], HEADER_BYTES
    while offset < len(raw):
        number, size = struct.unpack("!HH", raw[offset:offset + 4])
        attributes.append((number, raw[offset + 4:offset + 4 + size], offset))
        offset += 4 + size + -size % 4
    return Message(kind, raw[8:20], attributes, raw)


def read_icmp(value):
    """Type, code and data, RFC 8656 section 18.13."""
    return struct.unpack("!2xBBI", value)


def is_channel_data(raw):
    return 0x40 <= raw[0] <= 0x7F


def channel_data(number, payload, stream=False):
    return struct.pack("!HH", number, len(payload)) + (padded(payload) if stream else payload)


def whole_message_bytes(buffer):
    """Bytes of the first message in a stream's buffer with its padding, or None while it is not known."""
    if len(buffer) < 4:
        return None
    length = struct.unpack("!H", buffer[2:4])[0]
    return 4 + length + -length % 4 if is_channel_data(buffer) else HEADER_BYTES + length
