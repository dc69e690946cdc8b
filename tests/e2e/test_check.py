# SPDX-License-Identifier: BSD-3-Clause
"""turnpike-bench check: what a client sees of a server, and the cause of everything that can be wrong with it."""
import json

import certificates
import servers
import topology
from case import EndToEnd

SECOND = 1
NAME = topology.SERVER_NAME
CLOSED_DOOR = """
table inet closed {
    chain forward {
        type filter hook forward priority 0; policy accept;
        udp dport 3478 drop
        tcp dport 3478 drop
    }
}
"""


class Check(EndToEnd):
    """Both servers speak all four transports, so that a client's view of either can be compared."""

    @classmethod
    def setUpClass(cls):
        folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, folder)
        cls.authority = certificates.Authority(folder)
        cls.pair = cls.authority.issue(NAME)
        cls.changes = cls.listening(cls.pair)
        super().setUpClass()
        cls.network["client"].knows(topology.SERVER, NAME)

    @staticmethod
    def listening(pair):
        both = ["0.0.0.0:5349", "[::]:5349"]
        return {"listen": {"tls": both, "dtls": both, "certificate": str(pair.certificate),
                           "private_key": str(pair.key)}}

    def check(self, uri, *words, user="alice", password=servers.USERS["alice"], secret=None, clock=(),
              authority=None):
        """The exit code and the ways that were tried."""
        environment = {"TURNPIKE_SECRET": secret} if secret else {"TURNPIKE_PASSWORD": password}
        login = [] if secret else ["--user", user]
        done = self.network["client"].run(
            ["env", "DONT_FAKE_MONOTONIC=1", *(f"{key}={value}" for key, value in environment.items()), *clock,
             str(servers.Turnpike.binaries / "turnpike-bench"), "check", "--json", "--timeout", "3",
             "--ca", str(authority or self.authority.certificate), *login, *words, uri])
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.returncode, json.loads(done.stdout)["ways"]

    def assert_works(self, uri, *words, ways, **login):
        code, seen = self.check(uri, *words, **login)
        self.assertEqual((code, len(seen)), (0, ways), seen)
        for way in seen:
            names = [step["step"] for step in way["steps"]]
            self.assertEqual(names[-4:], ["Allocate", "ChannelBind", "relayed packet", "Refresh"])
            self.assertTrue(all(step["milliseconds"] > 0 for step in way["steps"]))
        return seen

    def assert_fails(self, step, words, cause, checked):
        code, ways = checked
        self.assertEqual(code, 1, ways)
        last = ways[0]["steps"][-1]
        self.assertEqual(last["step"], step, ways)
        self.assertIn(words, last["detail"])
        self.assertIn(cause, last["cause"])

    def with_certificate(self, pair):
        """The same server, with another certificate."""
        self.addCleanup(self.restart, self.changes)
        self.restart(self.listening(pair))

    def restart(self, changes):
        self.server.stop()
        type(self).server = self.start_server(changes)


class View(Check):
    def test_plain(self):
        """A turn: URI is checked over UDP and TCP, and over IPv6 [C1][I1][H12][K1]"""
        self.assert_works(f"turn:{topology.SERVER}", ways=2)
        self.assert_works(f"turn:[{topology.SERVER_6}]:3478?transport=udp", ways=1)

    def test_secure(self):
        """A turns: URI is checked over TLS and DTLS, certificate and all [C2][I1][I12][R6]"""
        for way in self.assert_works(f"turns:{NAME}", ways=2):
            handshake = next(step for step in way["steps"] if step["step"] == "handshake")
            self.assertIn(f"certificate of {NAME}", handshake["detail"])

    def test_secret(self):
        """A login minted from the secret works, and a wrong secret is called that [B36]"""
        self.assert_works(f"turn:{topology.SERVER}?transport=udp", ways=1, secret=servers.SECRET)
        self.assert_fails("Allocate", "401", "the secret differs",
                          self.check(f"turn:{topology.SERVER}?transport=udp", secret="another"))

    def test_clock_skew(self):
        """A server whose clock is an hour ahead is told from a wrong secret [B36]"""
        # As if it were: the client's own clock is an hour behind.
        checked = self.check(f"turn:{topology.SERVER}?transport=udp", secret=servers.SECRET,
                             clock=("faketime", "-f", "-1h"))
        self.assert_fails("Allocate", "401", "clock is more than 600 s ahead", checked)

    def test_login(self):
        """A wrong password, an unknown user, an expired name and another realm are told apart [B4][B5][B36]"""
        uri = f"turn:{topology.SERVER}?transport=udp"
        self.assert_fails("Allocate", "401", "wrong password", self.check(uri, password="guess"))
        self.assert_fails("Allocate", "401", "unknown user", self.check(uri, user="nobody"))
        self.assert_fails("Allocate", "401", "expired", self.check(uri, user="1000000000:alice"))
        self.assert_fails("realm", "realm is example.org, not example.net", "another server",
                          self.check(uri, "--realm", "example.net"))

    def test_closed_port(self):
        """A port where nothing listens is told from one that a firewall hides"""
        for transport in ("udp", "tcp"):
            step = {"udp": "Binding", "tcp": "connect"}[transport]
            self.assert_fails(step, "refused", "nothing listens",
                              self.check(f"turn:{topology.SERVER}:3999?transport={transport}"))
        self.network["router"].firewall(CLOSED_DOOR)
        self.addCleanup(self.network["router"].firewall, "delete table inet closed")
        self.assert_fails("Binding", "no answer", "firewall", self.check(f"turn:{topology.SERVER}?transport=udp"))
        self.assert_fails("connect", "timed out", "firewall", self.check(f"turn:{topology.SERVER}?transport=tcp"))

    def test_no_tls(self):
        """turns: to a port that speaks no TLS says so"""
        code, ways = self.check(f"turns:{NAME}:3478?transport=tcp")
        self.assertEqual(code, 1)
        self.assertEqual(ways[0]["steps"][-1]["step"], "handshake", ways)
        self.assertIn("TLS", ways[0]["steps"][-1]["cause"])

    def test_name(self):
        """A certificate for another name is refused, with both names [R6]"""
        for transport in ("tcp", "udp"):
            self.assert_fails("handshake", f"is for {NAME}, not for {topology.SERVER}", "another name",
                              self.check(f"turns:{topology.SERVER}?transport={transport}"))

    def test_authority(self):
        """A certificate of an authority that nobody here knows is refused, and --insecure takes it"""
        stranger = certificates.Authority(self.server.folder / "stranger")
        uri = f"turns:{NAME}?transport=tcp"
        self.assert_fails("handshake", "missing", "--ca", self.check(uri, authority=stranger.certificate))
        self.assert_works(uri, "--insecure", authority=stranger.certificate, ways=1)


class BadCertificate(Check):
    def test_expired(self):
        """An expired certificate is refused with its day"""
        self.with_certificate(self.authority.issue(NAME, days=(-9, -2), file="expired"))
        self.assert_fails("handshake", "expired on", "renewed", self.check(f"turns:{NAME}?transport=tcp"))

    def test_not_yet(self):
        """A certificate of the future is refused with its day, and with this machine's clock"""
        self.with_certificate(self.authority.issue(NAME, days=(2, 9), file="future"))
        self.assert_fails("handshake", "is valid from", "clock", self.check(f"turns:{NAME}?transport=tcp"))


class Coturn(Check):
    @classmethod
    def start_server(cls, changes):
        return servers.Coturn(cls.network["server"], changes).start()

    def test_every_transport(self):
        """The check judges coturn alike: it works over UDP, TCP, TLS and DTLS"""
        self.assert_works(f"turn:{topology.SERVER}", ways=2)
        self.assert_works(f"turns:{NAME}", ways=2)

    def test_faults(self):
        """The check finds coturn's faults alike: the wrong password, the wrong name"""
        uri = f"turn:{topology.SERVER}?transport=udp"
        self.assert_fails("Allocate", "401", "wrong password", self.check(uri, password="guess"))
        self.assert_fails("handshake", f"is for {NAME}, not for {topology.SERVER}", "another name",
                          self.check(f"turns:{topology.SERVER}?transport=tcp"))
