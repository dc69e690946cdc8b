# SPDX-License-Identifier: BSD-3-Clause
"""What goes on from the IP header of a datagram to that of the relayed one, and what the kernel makes anew."""
import socket

import stun
import topology
from capture import Capture
from case import LISTENER, LISTENER_6, EndToEnd, by_kernel
from servers import BOB

EXPEDITED_CAPABLE = 0xBA  # DSCP 46, ECT(0)
CONGESTED = 0x2B  # DSCP 10, CE
FLOW_LABEL = 0xABCDE
IPV6_FLOWINFO_SEND = 33
NO_OPERATIONS = bytes([1, 1, 1, 0])
PADDING_OPTION = bytes([0, 0, 1, 4, 0, 0, 0, 0])  # a destination options header with nothing but padding


def mark(link_socket, traffic_class):
    """DSCP and ECN of what this socket sends."""
    if link_socket.family == socket.AF_INET6:
        link_socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, traffic_class)
    else:
        link_socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, traffic_class)


class HeaderCase(EndToEnd):
    def setUp(self):
        self.at_peer, self.at_client = (Capture(self.network[place], "to-router") for place in ("peer", "client"))
        for capture in (self.at_peer, self.at_client):
            self.addCleanup(capture.socket.close)

    def ready(self, transport="udp", address=topology.PEER, server=LISTENER):
        """A client with an allocation of the peer's family and a channel to the peer."""
        client, peer = self.client(transport=transport, server=server), self.peer(address)
        client.allocate(*([(stun.REQUESTED_ADDRESS_FAMILY, stun.FAMILY_6)] if ":" in address else []))
        client.bind_channel(0x4000, peer.getsockname()[:2])
        return client, peer

    def classes(self, client, peer, text):
        """The traffic class of `text` as it comes to the peer, by channel and in a Send indication, and to the client."""
        client.send_channel(0x4000, b"channel " + text)
        client.send(peer.getsockname()[:2], b"send " + text)
        peer.sendto(text, client.relayed)
        self.assertEqual(client.receive().payload, text)
        back = self.at_client.wait_for(lambda packet: packet.payload == stun.channel_data(0x4000, text)
                                       and packet.source[1] == LISTENER[1]) if not client.link.stream else None
        return (self.at_peer.with_payload(b"channel " + text).traffic_class,
                self.at_peer.with_payload(b"send " + text).traffic_class, back and back.traffic_class)


class Copied(HeaderCase):
    @by_kernel
    def test_traffic_class(self):
        """DSCP and ECN go on from client to peer and back, within and between the families [L1][L2][L7]"""
        for address in (topology.PEER, topology.PEER_6):
            for server in (LISTENER, LISTENER_6):
                with self.subTest(peer=address, server=server):
                    client, peer = self.ready(address=address, server=server)
                    name = f"{address} {server[0]}".encode()
                    self.assertEqual(self.classes(client, peer, b"plain " + name), (0, 0, 0))
                    mark(client.link.socket, EXPEDITED_CAPABLE)
                    mark(peer, CONGESTED)
                    self.assertEqual(self.classes(client, peer, b"marked " + name),
                                     (EXPEDITED_CAPABLE, EXPEDITED_CAPABLE, CONGESTED))
                    mark(client.link.socket, 0)
                    mark(peer, 0)
                    self.assertEqual(self.classes(client, peer, b"again " + name), (0, 0, 0))

    def test_stream(self):
        """From TCP: best effort and Not-ECT, whatever the connection has; to TCP the datagram's are ignored [L4][L5]"""
        client, peer = self.ready("tcp")
        mark(client.link.socket, EXPEDITED_CAPABLE)
        mark(peer, CONGESTED)
        self.assertEqual(self.classes(client, peer, b"stream"), (0, 0, None))

    def test_dont_fragment(self):
        """A Send with DONT-FRAGMENT keeps its DSCP and ECN [L1][L3]"""
        client, peer = self.ready()
        mark(client.link.socket, EXPEDITED_CAPABLE)
        client.send(peer.getsockname(), b"whole", (stun.DONT_FRAGMENT, b""))
        packet = self.at_peer.with_payload(b"whole")
        self.assertEqual((packet.traffic_class, packet.dont_fragment), (EXPEDITED_CAPABLE, True))

    def test_hairpin(self):
        """Between two relays of the server DSCP and ECN go on too, on one worker and across [L1][L2][H12]"""
        for pair in range(8):  # which worker has whom is the kernel's choice
            alice, bob = self.client(), self.client(BOB)
            alice.allocate()
            bob.allocate()
            alice.bind_channel(0x4000, bob.relayed)
            bob.bind_channel(0x4000, alice.relayed)
            mark(alice.link.socket, EXPEDITED_CAPABLE)
            text = b"from alice to bob %d" % pair
            alice.send_channel(0x4000, text)
            self.assertEqual(bob.receive().payload, text)
            packet = self.at_client.wait_for(lambda packet: packet.payload == stun.channel_data(0x4000, text)
                                             and packet.destination == bob.address)
            self.assertEqual(packet.traffic_class, EXPEDITED_CAPABLE)

    def test_flow_label(self):
        """An IPv6 client's flow label is not copied: the kernel generates one or sends none [K10]"""
        client, peer = self.ready(address=topology.PEER_6, server=LISTENER_6)
        client.link.socket.setsockopt(socket.IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1)
        framed = stun.channel_data(0x4000, b"labelled")
        client.link.socket.sendto(framed, (*LISTENER_6, FLOW_LABEL, 0))
        self.assertEqual(self.at_client.with_payload(framed).flow_label, FLOW_LABEL)
        self.assertNotEqual(self.at_peer.with_payload(b"labelled").flow_label, FLOW_LABEL)

    def test_options(self):
        """IPv4 options and IPv6 extension headers of a client's datagram stay behind [L8]"""
        client, peer = self.ready()
        client.link.socket.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, NO_OPERATIONS)
        client.send_channel(0x4000, b"with options")
        framed = stun.channel_data(0x4000, b"with options")
        self.assertEqual(self.at_client.with_payload(framed).option_bytes, len(NO_OPERATIONS))
        self.assertEqual(self.at_peer.with_payload(b"with options").option_bytes, 0)
        client, peer = self.ready(address=topology.PEER_6, server=LISTENER_6)
        client.link.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, PADDING_OPTION)
        client.send_channel(0x4000, b"with extension header")
        self.at_peer.with_payload(b"with extension header")  # UDP comes right behind the header, or it were not seen
        self.assertEqual(peer.recv(100), b"with extension header")


class BestEffort(HeaderCase):
    changes = {"relay": {"dscp": "best-effort"}}

    @by_kernel
    def test_traffic_class(self):
        """With relay.dscp = "best-effort" both ways are best effort and Not-ECT [L1][L2]"""
        for address, server in ((topology.PEER, LISTENER), (topology.PEER_6, LISTENER_6)):
            with self.subTest(peer=address):
                client, peer = self.ready(address=address, server=server)
                mark(client.link.socket, EXPEDITED_CAPABLE)
                mark(peer, CONGESTED)
                self.assertEqual(self.classes(client, peer, address.encode()), (0, 0, 0))
