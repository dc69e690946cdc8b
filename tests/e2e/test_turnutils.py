# SPDX-License-Identifier: BSD-3-Clause
"""The test clients of Debian's coturn package relay through the server without loss."""
import servers
import topology
from case import by_kernel
from uclient import MESSAGE_TOTALS, Uclient


class Turnutils(Uclient):
    @by_kernel
    def test_udp_channels(self):
        """turnutils_uclient relays over UDP and channels, with reserved ports, without loss [D26][D27][G9]"""
        self.relays()

    def test_udp_send(self):
        """turnutils_uclient relays Send and Data over UDP without loss [H6][H7]"""
        self.relays("-s")

    def test_dont_fragment(self):
        """turnutils_uclient relays with DONT-FRAGMENT without loss [D6]"""
        self.relays("-s", "-g", "-c")

    def test_tcp_channels(self):
        """turnutils_uclient relays over TCP and channels without loss [I2][I3]"""
        self.relays("-t")

    def test_tcp_send(self):
        """turnutils_uclient relays Send and Data over TCP without loss [I1][H6]"""
        self.relays("-t", "-s")

    @by_kernel
    def test_hairpin_udp(self):
        """turnutils_uclient relays client to client through two relays of the server without loss [H12]"""
        self.relays("-y", "-c")

    def test_hairpin_tcp(self):
        """turnutils_uclient relays client to client over TCP without loss [H12][I1]"""
        self.relays("-y", "-c", "-t")

    @by_kernel
    def test_client_6(self):
        """turnutils_uclient reaches an IPv4 peer from IPv6 without loss [K1]"""
        self.relays("-X", "-c", server=topology.SERVER_6)

    @by_kernel
    def test_relay_6(self):
        """turnutils_uclient gets an IPv6 relay from IPv6 and from IPv4 without loss [K1][K9]"""
        for server in (topology.SERVER_6, topology.SERVER):
            with self.subTest(server=server):
                self.relays("-x", "-c", server=server, peer=topology.PEER_6)

    @by_kernel
    def test_padding(self):
        """turnutils_uclient pads its channel data over UDP too, as PJNATH does, and loses nothing [G17]"""
        self.relays("-D")

    @by_kernel
    def test_extra_requests(self):
        """turnutils_uclient asks again and again for what it has, over UDP and TCP, and loses nothing [F11][G4]"""
        for flags in (["-G"], ["-G", "-t"]):
            with self.subTest(flags=flags):
                self.relays(*flags)

    @by_kernel
    def test_random_disconnect(self):
        """turnutils_uclient leaves in the middle and comes back, and loses nothing"""
        self.relays("-B")

    @by_kernel
    def test_old_attributes(self):
        """turnutils_uclient sends ORIGIN and BANDWIDTH, which are ignored, and loses nothing [A17]"""
        self.relays("-o", "https://example.org", "-a", "20000")

    def test_negative(self):
        """turnutils_uclient tries what is forbidden and is refused [G2]"""
        self.assertIn("channel bind: error 400", self.uclient("-N"))

    @by_kernel
    def test_timed_secret(self):
        """turnutils_uclient mints its own time-limited username from the secret and relays [B36]"""
        self.relays("-W", servers.SECRET)

    def test_wrong_password(self):
        """turnutils_uclient with a wrong password gets no relay [B5]"""
        said = self.uclient("-w", "wrong")
        self.assertEqual(MESSAGE_TOTALS.findall(said), [], said[-1500:])

    def test_stunclient(self):
        """turnutils_stunclient learns its own address over IPv4 and IPv6 [C1][B39]"""
        for server, client in ((topology.SERVER, topology.CLIENT), (topology.SERVER_6, topology.CLIENT_6)):
            with self.subTest(server=server):
                done = self.network["client"].run(["timeout", "20", "turnutils_stunclient", server])
                self.assertIn(f"reflexive addr: {client}:", done.stdout + done.stderr)
