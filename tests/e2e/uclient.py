# SPDX-License-Identifier: BSD-3-Clause
"""Debian's turnutils_uclient with an echoing peer behind the relay.

It exits with 0 even when every packet is lost, so its words are read: no lost packets, and as many bytes and messages
back as went out.
"""
import re
import subprocess
import tempfile

import servers
import topology
from case import EndToEnd, figures, wait_until

MESSAGES, CLIENTS = 100, 4
TIMEOUT_SECONDS = 90
MESSAGE_TOTALS = re.compile(r"start_mclient: tot_send_msgs=(\d+), tot_recv_msgs=(\d+)")
BYTE_TOTALS = re.compile(r"start_mclient: tot_send_bytes ~ (\d+), tot_recv_bytes ~ (\d+)")
LOST = re.compile(r"lost packets (\d+)")


class Uclient(EndToEnd):
    place = "client"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.echo = cls.network["peer"].start(
            ["turnutils_peer", "-L", topology.PEER, "-L", topology.PEER_6, "-p", "3480"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(cls.echo.wait)
        cls.addClassCleanup(cls.echo.kill)

    def uclient(self, *flags, server=topology.SERVER, peer=topology.PEER):
        words = ["timeout", str(TIMEOUT_SECONDS), "turnutils_uclient", "-u", "alice", "-w", servers.USERS["alice"],
                 "-e", peer, "-r", "3480", "-n", str(MESSAGES), "-l", "170", "-z", "20",
                 *flags, server]
        with tempfile.TemporaryDirectory() as folder:  # it leaves its own log files where it runs
            done = self.network[self.place].run(words, cwd=folder)
        return done.stdout + done.stderr

    def relays(self, *flags, clients=CLIENTS, **where):
        """No message and no byte is lost of those asked for."""
        before = len(self.server.log())
        said = self.uclient("-m", str(clients), *flags, **where)
        messages, octets, lost = MESSAGE_TOTALS.findall(said), BYTE_TOTALS.findall(said), LOST.findall(said)
        self.assertTrue(messages and octets and lost, said[-1500:])
        figures(f"turnutils-{self._testMethodName.removeprefix('test_')}", dict(messages=messages, bytes=octets))
        if {"-t", "-S"} <= set(flags) and "-T" not in flags and 0 < int(lost[-1]) <= clients:
            # It reads one TLS record each time that it is woken, and so leaves the last in its own buffer where two
            # came at once. What was written to it the server tells.
            self.wait_for_relayed(clients, before)
            return
        self.assertEqual(int(lost[-1]), 0, said[-1500:])
        self.assertEqual(messages[-1], (str(MESSAGES * clients),) * 2, said[-1500:])
        self.assertEqual(*octets[-1], said[-1500:])

    def wait_for_relayed(self, clients, before):
        """The server has logged since then that it relayed every message of so many clients, and back."""
        every = f"packets_to_peer={MESSAGES} ", f"packets_to_client={MESSAGES}\n"
        wait_until(lambda: sum(all(word in line for word in every)
                               for line in self.server.log()[before:].splitlines(True)) == clients,
                   f"all messages of {clients} clients relayed, and back")
