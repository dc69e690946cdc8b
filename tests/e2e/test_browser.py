# SPDX-License-Identifier: BSD-3-Clause
"""Two browsers that cannot reach each other have a video call through the relay.

Each browser sits behind a symmetric NAT whose firewall lets out nothing but the server's port 3478, as a hospital's
does.
"""
import functools

import certificates
import servers
import topology
from browser_call import Call
from case import by_kernel

MIXED = ("firefox", "chromium")


class Browsers(Call):
    @by_kernel
    def test_udp(self):
        """A call flows for ten seconds over turn: and UDP with a printed credential [I1][H12][B36][S3]"""
        self.judge("udp", "udp", self.place(self.printed("turn", "udp")))

    def test_tcp(self):
        """A call flows for ten seconds over turn: and TCP with a printed credential [I1][I2][H12][B36]"""
        self.judge("tcp", "tcp", self.place(self.printed("turn", "tcp")))

    @by_kernel
    def test_fixed_user(self):
        """A call flows for ten seconds over UDP with a fixed user [B1][B10][H12]"""
        self.judge("fixed-user", "udp", self.place(self.fixed_user(f"turn:{topology.SERVER}:3478?transport=udp")))

    def test_firefox_udp(self):
        """Firefox and Chromium talk for ten seconds over turn: and UDP [I1][H12][S1][S3]"""
        self.judge("firefox-udp", "udp", self.place(self.printed("turn", "udp"), MIXED))

    def test_firefox_tcp(self):
        """Firefox and Chromium talk for ten seconds over turn: and TCP [I1][I2][H12]"""
        self.judge("firefox-tcp", "tcp", self.place(self.printed("turn", "tcp"), MIXED))


class OnePort(Call):
    """Port 443 alone is open, over UDP and TCP, and one listener serves whatever comes there."""

    shape = staticmethod(functools.partial(topology.natted, ("udp 443", "tcp 443")))

    @classmethod
    def prepare(cls):
        folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, folder)
        cls.authority = certificates.Authority(folder)
        pair = cls.authority.issue(topology.SERVER_NAME)
        cls.changes = servers.merged(Call.changes, {"listen": {
            "auto": ["0.0.0.0:443"], "certificate": str(pair.certificate), "private_key": str(pair.key)}})

    @by_kernel
    def test_udp(self):
        """A call flows for ten seconds over turn: and UDP through the one port [I15][H12]"""
        self.judge("one-port-udp", "udp", self.place(self.fixed_user(f"turn:{topology.SERVER}:443?transport=udp")))

    def test_tcp(self):
        """A call flows for ten seconds over turn: and TCP through the one port [I15][I2][H12]"""
        self.judge("one-port-tcp", "tcp", self.place(self.fixed_user(f"turn:{topology.SERVER}:443?transport=tcp")))


class OnlyTls(OnePort):
    """What many a hospital lets out: TCP to port 443, where it expects TLS."""

    shape = staticmethod(functools.partial(topology.natted, ("tcp 443",)))
    test_udp = test_tcp = None
    url = f"turns:{topology.SERVER_NAME}:443?transport=tcp"

    def test_chromium(self):
        """A call flows for ten seconds over turns: through a firewall that lets out TCP 443 alone [I1][I12][I15][H12]"""
        self.judge("turns", "tls", self.place(self.fixed_user(self.url)))

    def test_firefox(self):
        """Firefox and Chromium talk for ten seconds over turns: and TCP 443 alone [I1][I12][I15][H12]"""
        self.judge("firefox-turns", "tls", self.place(self.fixed_user(self.url), MIXED))
