# SPDX-License-Identifier: BSD-3-Clause
"""Packets as they pass an interface, with the header fields that the tests judge and a verdict on the checksums."""
import dataclasses
import ipaddress
import socket
import struct
import time

ETH_P_ALL = 0x0003
ETH_P_IP, ETH_P_IPV6 = 0x0800, 0x86DD
SO_RCVBUFFORCE = 33


@dataclasses.dataclass
class Packet:
    """One UDP packet. `complete` is False for a fragment, whose checksum cannot be judged alone."""

    source: tuple
    destination: tuple
    payload: bytes
    hops: int
    traffic_class: int
    dont_fragment: bool
    option_bytes: int  # of the IPv4 header
    flow_label: int  # of IPv6
    complete: bool
    header_checksum_good: bool
    checksum_good: bool


def folded_sum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def checksum_is_good(source, destination, datagram):
    """RFC 768 over IPv4, where zero means unchecked and is not accepted here, and RFC 8200 section 8.1."""
    pseudo = source + destination + struct.pack("!HH", 17, len(datagram))
    return datagram[6:8] != b"\0\0" and folded_sum(pseudo + datagram) == 0xFFFF


def parsed(frame):
    """The UDP packet in an Ethernet frame, or None."""
    kind = struct.unpack("!H", frame[12:14])[0]
    if kind == ETH_P_IP and frame[23] == socket.IPPROTO_UDP:
        return parsed_4(frame[14:])
    if kind == ETH_P_IPV6 and frame[20] == socket.IPPROTO_UDP:
        return parsed_6(frame[14:])
    return None


def parsed_4(packet):
    header_bytes = (packet[0] & 0x0F) * 4
    total, fragment = struct.unpack("!H", packet[2:4])[0], struct.unpack("!H", packet[6:8])[0]
    whole = not fragment & 0x3FFF
    if fragment & 0x1FFF:
        return None
    source, destination, datagram = packet[12:16], packet[16:20], packet[header_bytes:total]
    return packet_of(source, destination, datagram, dict(
        hops=packet[8], traffic_class=packet[1], dont_fragment=bool(fragment & 0x4000), complete=whole,
        option_bytes=header_bytes - 20, flow_label=0,
        header_checksum_good=folded_sum(packet[:header_bytes]) == 0xFFFF,
        checksum_good=whole and checksum_is_good(source, destination, datagram)))


def parsed_6(packet):
    length = struct.unpack("!H", packet[4:6])[0]
    source, destination, datagram = packet[8:24], packet[24:40], packet[40:40 + length]
    return packet_of(source, destination, datagram, dict(
        hops=packet[7], traffic_class=(packet[0] & 0x0F) << 4 | packet[1] >> 4, dont_fragment=True, complete=True,
        option_bytes=0, flow_label=struct.unpack("!I", packet[:4])[0] & 0xFFFFF, header_checksum_good=True,
        checksum_good=checksum_is_good(source, destination, datagram)))


def packet_of(source, destination, datagram, fields):
    ports = struct.unpack("!HH", datagram[:4])
    return Packet(source=(str(ipaddress.ip_address(source)), ports[0]),
                  destination=(str(ipaddress.ip_address(destination)), ports[1]), payload=datagram[8:], **fields)


class Capture:
    """Everything that passes one interface of a namespace from now on; both directions."""

    def __init__(self, namespace, device):
        self.socket = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.bind((device, ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
        self.packets = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def wait_for(self, wanted, timeout=8.0):
        """The first UDP packet that `wanted` accepts, already seen or still to come."""
        for packet in self.packets:
            if wanted(packet):
                return packet
        deadline = time.monotonic() + timeout
        while True:
            self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            packet = parsed(self.socket.recv(1 << 17))
            if packet:
                self.packets.append(packet)
                if wanted(packet):
                    return packet

    def with_payload(self, payload):
        return self.wait_for(lambda packet: packet.payload == payload)

    def drain(self):
        """All UDP packets that have passed until now."""
        self.socket.settimeout(0.0)
        try:
            while True:
                packet = parsed(self.socket.recv(1 << 17))
                if packet:
                    self.packets.append(packet)
        except BlockingIOError:
            return self.packets
