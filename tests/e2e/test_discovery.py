# SPDX-License-Identifier: BSD-3-Clause
"""NAT behaviour discovery from behind a router: every answer comes from the endpoint that the client asked for, and
coturn's discovery client finds out what NAT there is, or that there is none."""
import itertools
import struct

import stun
import topology
from case import EndToEnd
from turn_client import PATIENCE

ADDRESSES, PORTS = (topology.SERVER, topology.SERVER_SECOND), (3478, 3479)
CHANGE_REQUEST, PADDING, RESPONSE_PORT, MAPPED_ADDRESS = 0x0003, 0x0026, 0x0027, 0x0001
RESPONSE_ORIGIN, OTHER_ADDRESS = 0x802B, 0x802C
SYMMETRIC = """
table ip symmetric {
    chain forward {
        type filter hook forward priority 0; policy accept;
        iifname "to-server" ct state new drop
    }
    chain translate {
        type nat hook postrouting priority srcnat;
        oifname "to-server" masquerade random,fully-random
    }
}
"""
SETTINGS = {"discovery": {"addresses": ADDRESSES, "ports": PORTS}}


def plain_address(value):
    return ".".join(map(str, value[4:])), struct.unpack("!H", value[2:4])[0]


class Discovery(EndToEnd):
    changes = SETTINGS

    def ask(self, server, *attributes):
        """The answer to a Binding of a fresh socket, with where it came from."""
        asker = self.network["client"].socket()
        self.addCleanup(asker.close)
        asker.settimeout(PATIENCE)
        asker.sendto(stun.encode(stun.BINDING, attributes), server)
        raw, source = asker.recvfrom(2048)
        return stun.decode(raw), source

    def test_four_endpoints(self):
        """From each of four endpoints CHANGE-REQUEST reaches the others, over all workers [O1][O2][O3][C5]"""
        for address, port, flags in itertools.product((0, 1), (0, 1), (0, 2, 4, 6)):
            asked, other = (ADDRESSES[address], PORTS[port]), (ADDRESSES[1 - address], PORTS[1 - port])
            expected = (ADDRESSES[address ^ (flags >> 2)], PORTS[port ^ (flags >> 1 & 1)])
            for _ in range(4):
                answer, source = self.ask(asked, (CHANGE_REQUEST, struct.pack("!I", flags)))
                self.assertEqual(source, expected)
                self.assertEqual(plain_address(answer.get(RESPONSE_ORIGIN)), expected)
                self.assertEqual(plain_address(answer.get(OTHER_ADDRESS)), other)
                self.assertEqual(plain_address(answer.get(MAPPED_ADDRESS)), answer.address(stun.XOR_MAPPED_ADDRESS))

    def test_not_over_tcp(self):
        """Over TCP there is no discovery, and its attributes are refused one and all [O1][O4][O5][O8]"""
        client = self.client(transport="tcp")
        for kind in (CHANGE_REQUEST, PADDING, RESPONSE_PORT):
            answer = client.exchange(stun.encode(stun.BINDING, [(kind, bytes(4))]))
            self.assertEqual((answer.error, answer.get(stun.UNKNOWN_ATTRIBUTES)), (420, struct.pack("!H", kind)))
        self.assertIsNone(client.request(stun.BINDING).get(OTHER_ADDRESS))

    def test_relay_beside(self):
        """Every endpoint of discovery also relays, over whichever worker [O2][H6]"""
        for server in itertools.product(ADDRESSES, PORTS):
            client, peer = self.client(server=server), self.peer()
            client.allocate()
            client.permit(peer.getsockname())
            client.send(peer.getsockname(), b"through")
            self.assertEqual(peer.recvfrom(100), (b"through", client.relayed))


class NatDiscovery(EndToEnd):
    """coturn's turnutils_natdiscovery."""

    changes = SETTINGS

    def natdiscovery(self, place, *flags):
        done = self.network[place].run(["timeout", "60", "turnutils_natdiscovery", *flags, topology.SERVER])
        return done.stdout + done.stderr

    def test_no_nat(self):
        """turnutils_natdiscovery finds no NAT: mapping and filtering independent of endpoints [O2][O3]"""
        said = self.natdiscovery("client", "-m", "-f")
        self.assertIn("NAT with Endpoint Independent Mapping!", said)
        self.assertIn("NAT with Endpoint Independent Filtering!", said)

    def test_symmetric_nat(self):
        """turnutils_natdiscovery finds a symmetric NAT: mapping and filtering by address and port [O2][O3]"""
        router = self.network["router"]
        router.firewall(SYMMETRIC)
        self.addCleanup(router.firewall, "delete table ip symmetric")
        said = self.natdiscovery("client", "-m", "-f")
        self.assertIn("NAT with Address and Port Dependent Mapping!", said)
        self.assertIn("NAT with Address and Port Dependent Filtering!", said)
