# SPDX-License-Identifier: BSD-3-Clause
"""Third-party authorization: access tokens of an authorization server that shares keys with the relay (RFC 7635)."""
import base64
import datetime
import os
import struct
import time

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import servers
import stun
import topology
from case import EndToEnd
from turn_client import TokenCredential
from uclient import Uclient

SERVER_NAME = "turn.example.org"
# The keys that are built into coturn's test client.
COTURN_KEYS = {"north": ("A256GCM", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEK"),
               "union": ("A128GCM", "MTIzNDU2Nzg5MDEyMzQ1Ngo="),
               "oldempire": ("A256GCM", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIK")}
KEYS = {**COTURN_KEYS, "retired": ("A256GCM", base64.b64encode(b"r" * 32).decode())}
TABLES = [dict(id=name, key=key, algorithm=algorithm) for name, (algorithm, key) in KEYS.items()]
TABLES[-1]["not_after"] = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)


def token(name="north", age=0.0, lifetime=600, server=SERVER_NAME, key_bytes=20):
    """A client's credential as an authorization server makes it, RFC 7635 section 6.2."""
    algorithm, key = KEYS[name]
    secret = base64.b64decode(key)[:16 if algorithm == "A128GCM" else 32]
    mac_key, nonce = os.urandom(key_bytes), os.urandom(12)
    made = int((time.time() - age) * 65536)
    made = (made >> 16) << 16 | (made & 0xFFFF) * 64000 // 65536
    block = struct.pack("!H", key_bytes) + mac_key + struct.pack("!QI", made, lifetime)
    sealed = AESGCM(secret).encrypt(nonce, block, server.encode())
    return TokenCredential(name, "", token=struct.pack("!H", 12) + nonce + sealed, mac_key=mac_key)


class OAuth(EndToEnd):
    changes = {"auth": {"access_tokens": TABLES, "access_token_server_name": SERVER_NAME}}

    def test_challenge(self):
        """A 401 names the server for which tokens are to be made [B50]"""
        client = self.client(None)
        answer = self.assert_refused(401, client.allocate)
        self.assertEqual(answer.get(stun.THIRD_PARTY_AUTHORIZATION), SERVER_NAME.encode())

    def test_relay(self):
        """Tokens under each key open a relay whose packets pass, over UDP and TCP [B52][B54]"""
        for name in COTURN_KEYS:
            for transport in ("udp", "tcp"):
                with self.subTest(key=name, transport=transport):
                    peer, client = self.peer(), self.client(token(name), transport)
                    client.allocate()
                    client.permit(peer.getsockname())
                    client.send(peer.getsockname(), b"by token")
                    data, relayed = peer.recvfrom(100)
                    self.assertEqual((data, relayed), (b"by token", client.relayed))
                    client.refresh(0)

    def test_denied(self):
        """A token that is forged, expired, of the future, of another server or another key opens nothing [B52][B53]"""
        expired, ahead = token(age=606), token(age=-606)
        other, retired = token(server="turn.example.com"), token("retired")
        renamed, spoilt, stolen = token("north"), token(), token()
        renamed.username = "union"
        spoilt.token = spoilt.token[:-1] + bytes([spoilt.token[-1] ^ 1])
        stolen.mac_key = os.urandom(20)
        unknown = token()
        unknown.username = "west"
        answers = set()
        for credential in (expired, ahead, other, retired, renamed, spoilt, stolen, unknown):
            answer = self.assert_refused(401, self.client(credential).allocate)
            answers.add(tuple(number for number, _, _ in answer.attributes))
        self.assertEqual(len(answers), 1, "all denials look alike")

    def test_skew(self):
        """Clocks may differ by the tolerance, both ways [B53]"""
        self.client(token(age=602)).allocate()
        self.client(token(age=-602)).allocate()

    def test_lifetime(self):
        """LIFETIME is never more than what is left, and the relay ends with the token unless a newer comes [B55]"""
        client = self.client(token(age=595, lifetime=600))
        lifetime = struct.unpack("!I", client.allocate().get(stun.LIFETIME))[0]
        self.assertIn(lifetime, range(1, 6))
        going_on = self.client(token(age=595, lifetime=600))
        going_on.allocate()
        going_on.credential = token("union", lifetime=300)
        lifetime = struct.unpack("!I", going_on.refresh(3600).get(stun.LIFETIME))[0]
        self.assertIn(lifetime, range(295, 301))
        self.server.wait_for_log("allocation ended", "%s:%d" % client.relayed, "reason=expired")
        going_on.permit((topology.PEER, 9))

    def test_secrets_stay_secret(self):
        """No key is taken from the command line, and none is shown [B52]"""
        turnpike = str(servers.Turnpike.binaries / "turnpike")
        done = self.network["server"].run([turnpike, "check-config", "--set", "auth.access_tokens=[]"])
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("TURNPIKE_AUTH_ACCESS_TOKENS", done.stderr)
        shown = self.network["server"].run([turnpike, "check-config", str(self.server.config_path())])
        for _, key in KEYS.values():
            self.assertNotIn(key, shown.stdout + shown.stderr + self.server.log())


class CoturnClient(Uclient):
    """Debian's turnutils_uclient with its own keys: it changes the key with every Allocate and Refresh."""

    changes = OAuth.changes

    def test_modes(self):
        """turnutils_uclient relays by access token over UDP and TCP, channels and Send, without loss [B52][B54]"""
        for flags in ([], ["-s"], ["-t"], ["-y", "-c"]):
            with self.subTest(flags=flags):
                self.relays("-J", *flags)
