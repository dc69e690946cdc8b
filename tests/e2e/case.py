# SPDX-License-Identifier: BSD-3-Clause
"""The base of every end-to-end test: a network and a server made once for the class and removed whatever happens."""
import contextlib
import functools
import json
import pathlib
import socket
import time
import unittest

import prometheus
import servers
import topology
from turn_client import PATIENCE, Closed, Refused, TurnClient

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIGURES = ROOT / "build" / "e2e"
LISTENER = (topology.SERVER, 3478)
LISTENER_6 = (topology.SERVER_6, 3478)


def figures(name, values):
    """Keeps what a test measured where a report can find it."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    (FIGURES / f"{name}.json").write_text(json.dumps(values, indent=2) + "\n")


def wait_until(condition, what, timeout=PATIENCE, pause=0.01):
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {timeout} s still not: {what}")
        time.sleep(pause)


def by_kernel(test):
    """A test of which the kernel relays a part: nothing else would show that the server did all of it."""
    @functools.wraps(test)
    def judged(self, *arguments):
        if self.server_kind != "turnpike":
            return test(self, *arguments)
        before = self.kernel_packets()
        test(self, *arguments)
        # They are counted each second, and more questions than some in that time the server refuses.
        wait_until(lambda: self.kernel_packets() > before, "the kernel has relayed", pause=0.1)

    return judged


class EndToEnd(unittest.TestCase):
    """`shape` names the network, `changes` what differs in the server's configuration."""

    shape = staticmethod(topology.routed)
    changes = {}
    server_kind = "turnpike"
    alone = False  # True: nothing else may run meanwhile
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.network = cls.shape()
        cls.addClassCleanup(cls.network.remove)
        cls.server = cls.start_server(cls.changes)
        cls.addClassCleanup(cls.stop_server)

    @classmethod
    def start_server(cls, changes):
        return servers.KINDS[EndToEnd.server_kind](cls.network["server"], changes).start()

    @classmethod
    def stop_server(cls):
        cls.server.stop()

    def tearDown(self):
        """A test that ends with the server gone has failed, whatever it saw."""
        code = self.server.process.poll() if self.server.process else None
        self.assertIn(code, (None, 0), f"the server ended; its log ends with\n{self.server.log_tail()}")

    def kernel_packets(self):
        return prometheus.Scrape(self.network["server"]).value("turnpike_relayed_packets_total", path="kernel")

    def client(self, credential=servers.ALICE, transport="udp", server=LISTENER, *, place="client", port=0):
        client = TurnClient(self.network[place], server, credential, transport, port=port)
        self.addCleanup(client.close)
        return client

    def peer(self, address=topology.PEER):
        """A plain UDP socket in the peer's namespace."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        peer = self.network["peer"].socket(family, socket.SOCK_DGRAM)
        self.addCleanup(peer.close)
        peer.settimeout(PATIENCE)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        peer.bind((address, 0))
        return peer

    def assert_refused(self, code, action, *arguments):
        with self.assertRaises(Refused) as refusal:
            action(*arguments)
        self.assertEqual(refusal.exception.code, code)
        return refusal.exception.answer

    def assert_closed(self, client):
        """The server ends this stream."""
        with self.assertRaises((Closed, ConnectionResetError, BrokenPipeError)), contextlib.closing(client):
            while True:
                client.link.receive(PATIENCE)
