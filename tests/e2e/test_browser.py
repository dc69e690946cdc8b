# SPDX-License-Identifier: BSD-3-Clause
"""Two browsers that cannot reach each other have a video call through the relay.

Each browser sits behind a symmetric NAT whose firewall lets out nothing but the server's port 3478, as a hospital's
does.
"""
import topology
from browser_call import Call

MIXED = ("firefox", "chromium")


class Browsers(Call):
    def test_udp(self):
        """A call flows for ten seconds over turn: and UDP with a printed credential [I1][H12][B36][S3]"""
        self.judge("udp", "udp", self.place(self.printed("turn", "udp")))

    def test_tcp(self):
        """A call flows for ten seconds over turn: and TCP with a printed credential [I1][I2][H12][B36]"""
        self.judge("tcp", "tcp", self.place(self.printed("turn", "tcp")))

    def test_fixed_user(self):
        """A call flows for ten seconds over UDP with a fixed user [B1][B10][H12]"""
        self.judge("fixed-user", "udp", self.place(self.fixed_user(f"turn:{topology.SERVER}:3478?transport=udp")))

    def test_firefox_udp(self):
        """Firefox and Chromium talk for ten seconds over turn: and UDP [I1][H12][S1][S3]"""
        self.judge("firefox-udp", "udp", self.place(self.printed("turn", "udp"), MIXED))

    def test_firefox_tcp(self):
        """Firefox and Chromium talk for ten seconds over turn: and TCP [I1][I2][H12]"""
        self.judge("firefox-tcp", "tcp", self.place(self.printed("turn", "tcp"), MIXED))
