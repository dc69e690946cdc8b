# SPDX-License-Identifier: BSD-3-Clause
"""How allocations end: by the user's limit, by the clock, by the credential, and with the server itself."""
import base64
import hashlib
import hmac
import time

import servers
from case import EndToEnd, wait_until
from servers import ALICE, BOB
from turn_client import Credential, Refused

SECOND_SECRET = "another secret of the test suite"


def minted(seconds, name="carol", secret=servers.SECRET):
    """A time-limited username and its password, as every WebRTC backend makes them."""
    username = f"{int(time.time()) + seconds}:{name}"
    mac = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return Credential(username, base64.b64encode(mac).decode())


def refused_with(code, action, *arguments):
    """Whether the action is refused with this code; other refusals are errors."""
    try:
        action(*arguments)
    except Refused as refusal:
        if refusal.code != code:
            raise
        return True
    return False


class PerUser(EndToEnd):
    changes = {"limits": {"allocations_per_user": 2}}

    def test_quota(self):
        """A third allocation of a user gets 486, others are not touched, and a deleted one makes room [D17][P3]"""
        first, second, third = (self.client(transport=transport) for transport in ("udp", "tcp", "udp"))
        first.allocate()
        second.allocate()
        self.assert_refused(486, third.allocate)
        self.client(BOB).allocate()
        first.refresh(0)
        third.allocate()
        third.refresh(0)
        second.close()
        self.server.wait_for_log("allocation ended", "%s:%d" % second.relayed)
        for _ in range(2):
            self.client().allocate()


class SessionSeconds(EndToEnd):
    SECONDS = 3
    changes = {"limits": {"session_seconds": SECONDS}}

    def test_session_ends(self):
        """limits.session_seconds ends an allocation however often it is refreshed, and not before [E13]"""
        for transport in ("udp", "tcp"):
            with self.subTest(transport=transport):
                client, peer = self.client(transport=transport), self.peer()
                before = len(self.ended())  # the next one may be given the same port
                began = time.monotonic()
                client.allocate()
                client.permit(peer.getsockname())
                relayed = "%s:%d" % client.relayed
                wait_until(lambda: relayed in " ".join(self.ended()[before:]), "the session ends", timeout=20)
                self.assertGreaterEqual(time.monotonic() - began, self.SECONDS - 0.1)
                peer.sendto(b"too late", client.relayed)
                if transport == "udp":
                    self.assert_refused(437, client.refresh, 600)

    def ended(self):
        return [line for line in self.server.log().splitlines() if "allocation ended" in line]


class TimedNames(EndToEnd):
    changes = {"auth": {"secrets": [servers.SECRET, SECOND_SECRET]}}

    def test_names(self):
        """A time-limited name of either secret allocates; an expired, foreign or malformed one gets 401 [B36][B37]"""
        for good in (minted(600), minted(600, secret=SECOND_SECRET), minted(600, "carol:call-7")):
            self.client(good).allocate()
        for bad in (minted(-5), minted(600, secret="unknown"), Credential("not-a-time:carol", minted(600).password)):
            with self.subTest(bad=bad):
                self.assert_refused(401, self.client(bad).allocate)

    def test_kept(self):
        """A name that expires after Allocate can still refresh, and no longer allocate [B38][X25]"""
        credential = minted(3)
        client = self.client(credential)
        client.allocate()
        wait_until(lambda: refused_with(401, self.client(credential).allocate), "the name is refused")
        client.refresh(600)
        client.refresh(0)


class TimedNamesThatEnd(EndToEnd):
    changes = {"auth": {"expired": "end"}}

    def test_ended(self):
        """With auth.expired = "end" the relay ends when the name expires [B36]"""
        client = self.client(minted(3))  # a name with less than a second left gets no relay
        client.allocate()
        self.server.wait_for_log("allocation ended", "%s:%d" % client.relayed)


class Termination(EndToEnd):
    def test_terminate(self):
        """SIGTERM ends every allocation, says so in the log, closes the streams and exits with 0 [P7][P8]"""
        clients = [self.client(ALICE, transport) for transport in ("udp", "tcp", "udp", "tcp")]
        for client in clients:
            client.allocate()
        self.assertEqual(self.server.terminate(), 0, self.server.log_tail())
        ended = [line for line in self.server.log().splitlines() if "allocation ended" in line]
        for client in clients:
            relayed = "%s:%d" % client.relayed
            self.assertEqual(sum(relayed in line for line in ended), 1, self.server.log_tail())
            self.assertIn("alice", next(line for line in ended if relayed in line))
        for client in clients[1::2]:
            self.assert_closed(client)
