# SPDX-License-Identifier: BSD-3-Clause
"""ALTERNATE-SERVER: who is sent to another server, when, and who stays (RFC 8489 section 10)."""
import ipaddress

import servers
import stun
import topology
from case import LISTENER_6, EndToEnd

SECOND, SECOND_6 = ("192.0.2.9", 3478), ("2001:db8::9", 3478)
SERVERS = [{"address": "[2001:db8::9]:3478", "domain": "turn2.example.org"},
           {"address": "192.0.2.9:3478", "domain": "turn2.example.org"}]


def alternates(answer):
    """The addresses in their order; not XORed, RFC 8489 section 14.15."""
    return [(str(ipaddress.ip_address(value[4:])), int.from_bytes(value[2:4], "big"))
            for value in answer.all(stun.ALTERNATE_SERVER)]


class Always(EndToEnd):
    changes = {"redirect": {"mode": "always", "servers": SERVERS}}

    def test_families(self):
        """An Allocate is redirected, to the client's own family first, over UDP and TCP [R2][R4][R8][D18]"""
        for transport in ("udp", "tcp"):
            client = self.client(transport=transport)
            answer = self.assert_refused(300, client.allocate)
            self.assertEqual(alternates(answer), [SECOND, SECOND_6])
            self.assertTrue(answer.is_signed_with(client.key))
            self.assertIsNone(answer.get(stun.ALTERNATE_DOMAIN))
            answer = self.assert_refused(300, self.client(transport=transport, server=LISTENER_6).allocate)
            self.assertEqual(alternates(answer), [SECOND_6, SECOND])

    def test_strangers(self):
        """Whoever has not proved who they are learns of no other server [R1][C6][X12]"""
        for method in (stun.ALLOCATE, stun.BINDING):
            client = self.client(None)
            answer = client.exchange(client.message(method, [(stun.REQUESTED_TRANSPORT, stun.UDP)]))
            self.assertIsNone(answer.get(stun.ALTERNATE_SERVER))
        wrong = self.client(servers.Credential("alice", "guess"))
        self.assertIsNone(self.assert_refused(401, wrong.allocate).get(stun.ALTERNATE_SERVER))


class Overload(EndToEnd):
    changes = {"redirect": {"mode": "overload", "allocations": 2, "servers": SERVERS}}

    def test_overload(self):
        """A full server sends new clients on; who is there stays, and who leaves makes room [D18]"""
        first, second, third = (self.client(transport=transport) for transport in ("udp", "tcp", "udp"))
        first.allocate()
        second.allocate()
        self.assertEqual(alternates(self.assert_refused(300, third.allocate)), [SECOND, SECOND_6])
        first.refresh(600)
        first.permit((topology.PEER, 9))
        second.refresh(0)
        third.allocate()
