# SPDX-License-Identifier: BSD-3-Clause
"""Users, calls and secrets in a database: who gets in, for how long and how much, and what is written down of it.

Everything holds with PostgreSQL and with SQLite; the classes at the end say which.
"""
import time

import database
import servers
import stun
import topology
from case import EndToEnd, wait_until
from test_limits import minted
from turn_client import Credential, Refused

PASSWORD = servers.secret("a password of the test suite")


def lifetime_of(answer):
    return int.from_bytes(answer.get(stun.LIFETIME), "big")


def phrase_of(answer):
    return answer.get(stun.ERROR_CODE)[4:].decode()


class Accounts(EndToEnd):
    """A server with a database of its own."""

    database_kind = None
    changes = {"limits": {"allocations_per_user": 0, "call_warning_seconds": [2, 1]}}

    @classmethod
    def setUpClass(cls):
        cls.database = cls.database_kind()
        cls.addClassCleanup(cls.database.close)
        folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, folder)
        cls.changes = servers.merged(cls.changes, {
            "storage": {"url": cls.database.url, "journal": str(folder / "usage.journal")},
            "server": {"node": "relay-1"}})
        cls.prepare()
        super().setUpClass()

    @classmethod
    def prepare(cls):
        cls.turnpike("migrate")

    @classmethod
    def turnpike(cls, *words, given=""):
        """What an operator types on the server's machine; its output."""
        server = servers.Turnpike(None, cls.changes)
        try:
            done = servers.subprocess.run([str(server.binaries / "turnpike"), *words, "--config",
                                           str(server.config_path())], input=given, capture_output=True, text=True)
        finally:
            server.stop()
        if done.returncode != 0:
            raise AssertionError(f"turnpike {' '.join(words)}: {done.stderr}")
        return done.stdout

    def user(self, name, *options):
        self.turnpike("user", "add", name, *options, given=PASSWORD + "\n")
        return Credential(name, PASSWORD)

    def sql(self, text):
        return self.database.run(text)

    def rows(self, columns, where):
        return self.sql(f"SELECT {columns} FROM turnpike.usage WHERE {where} ORDER BY started_at")

    def ended_rows(self, columns, name, count=1):
        def closed():
            ends = self.rows("ended_at", f"username = '{name}'")
            return len(ends) >= count and None not in (end for end, in ends)
        wait_until(closed, f"{count} closed rows of {name}")
        return self.rows(columns, f"username = '{name}'")

    def refusal(self, action, *arguments):
        """Code and phrase."""
        with self.assertRaises(Refused) as refused:
            action(*arguments)
        return refused.exception.code, phrase_of(refused.exception.answer)

    def wait_for_end(self, client, reason):
        return self.server.wait_for_log("allocation ended", "client=%s:%d" % client.address, f"reason={reason}")

    def wait_until_gone(self, client, limit, seconds=1.0):
        """Its allocation ends within this time; how long it took."""
        began = time.monotonic()
        self.wait_for_end(client, limit)
        took = time.monotonic() - began
        self.assertLess(took, seconds)
        return took

    def talk(self, client, peer, octets=b"media"):
        client.permit(peer.getsockname())
        client.send(peer.getsockname(), octets)
        self.assertEqual(peer.recv(2048), octets)


class Users(Accounts):
    def test_login(self):
        """A user of the database gets in, one who is not there does not, nor does a wrong password"""
        with self.client(self.user("dora")) as client:
            client.allocate()
        self.assert_refused(401, self.client(Credential("nobody", PASSWORD)).allocate)
        self.assert_refused(401, self.client(Credential("dora", "wrong")).allocate)

    def test_made_while_it_runs(self):
        """Whoever was unknown a moment ago gets in as soon as the user is made"""
        credential = Credential("late", PASSWORD)
        self.assert_refused(401, self.client(credential).allocate)
        self.user("late")
        wait_until(lambda: self.gets_in(credential), "the new user gets in", timeout=1)

    def gets_in(self, credential):
        with self.client(credential) as client:
            try:
                client.allocate()
            except Refused:
                return False
            client.refresh(0)
            return True

    def test_disabled(self):
        """A user who is disabled is out within a second on every transport, and does not come back until enabled"""
        credential = self.user("erik")
        clients = [self.client(credential, transport) for transport in ("udp", "tcp")]
        for client in clients:
            client.allocate()
        said = self.turnpike("user", "disable", "erik")
        self.assertIn("2 allocations ended", said)
        for client in clients:
            self.wait_until_gone(client, "account_disabled")
        self.assertEqual(self.refusal(clients[0].refresh, 600), (437, "Account Is Disabled"))
        again = self.client(credential)
        self.assertEqual(self.refusal(again.allocate), (403, "Account Is Disabled"))
        self.turnpike("user", "enable", "erik")
        wait_until(lambda: self.gets_in(credential), "the user gets in again", timeout=1)
        self.assertEqual({row[0] for row in self.ended_rows("reason", "erik", 3)} - {"deleted"}, {"account_disabled"})

    def test_removed(self):
        """A user who is removed is out within a second"""
        client = self.client(self.user("fred"))
        client.allocate()
        self.turnpike("user", "remove", "fred")
        self.wait_until_gone(client, "account_removed")
        self.assert_refused(401, self.client(Credential("fred", PASSWORD)).allocate)

    def test_deadline(self):
        """All ends at a user's deadline; no LIFETIME before is longer than what is left"""
        credential = self.user("gina", "--deadline", "+3s")
        began = time.monotonic()
        client = self.client(credential)
        self.assertLessEqual(lifetime_of(client.allocate()), 3)
        self.assertLessEqual(lifetime_of(client.refresh(600)), 3)
        self.wait_for_end(client, "account_time")
        self.assertAlmostEqual(time.monotonic() - began, 3, delta=1)
        self.assertEqual(self.refusal(client.refresh, 600), (437, "Account Time Is Over"))
        self.assertEqual(self.refusal(self.client(credential).allocate), (403, "Account Time Is Over"))

    def test_bytes(self):
        """An allocation ends when its bytes are used up, and not one byte over"""
        client = self.client(self.user("hugo", "--bytes", "1000"))
        peer = self.peer()
        client.allocate()
        client.permit(peer.getsockname())
        for _ in range(12):
            client.send(peer.getsockname(), bytes(100))
        self.wait_until_gone(client, "bytes")
        self.assertEqual(self.refusal(client.refresh, 600), (437, "Bytes Are Used Up"))
        self.assertEqual(self.ended_rows("sent_bytes, sent_packets, reason", "hugo"), [["1000", "10", "bytes"]])

    def test_quota_and_ghost(self):
        """A user at the quota gets 486, but a client that lost its port is let in for the allocation that fell silent"""
        credential = self.user("ines", "--allocations", "1")
        lost = self.client(credential)
        lost.allocate()
        self.assertEqual(self.refusal(self.client(credential).allocate), (486, "Allocation Quota Reached"))
        ghost = lost.address
        lost.close()  # a crash: nothing tells the server
        time_of_loss = time.monotonic()
        back = self.client(credential)
        wait_until(lambda: self.gets_in_as(back), "the client is back")
        self.assertLess(time.monotonic() - time_of_loss, 5)
        self.server.wait_for_log("allocation ended", "client=%s:%d" % ghost, "reason=replaced")
        back.refresh(600)

    def gets_in_as(self, client):
        try:
            client.allocate()
        except Refused as refusal:
            self.assertEqual(refusal.code, 486)
            return False
        return True

    def test_usage(self):
        """What an allocation used is written down: whose, from where, when, how much, how it ended"""
        client = self.client(self.user("jana"))
        peer = self.peer()
        client.allocate()
        self.talk(client, peer, b"twelve bytes")
        peer.sendto(b"back", client.relayed)
        client.receive()
        wait_until(lambda: self.rows("id", "username = 'jana'"), "the row of the beginning")
        [opened] = self.rows("node, transport, ended_at, relayed", "username = 'jana'")
        self.assertEqual(opened, ["relay-1", "udp", None, "%s:%d" % client.relayed])
        client.refresh(0)
        [row] = self.ended_rows("sent_bytes, sent_packets, received_bytes, received_packets, media_seconds, reason,"
                                " client_port", "jana")
        self.assertEqual(row, ["12", "1", "4", "1", "1", "deleted", str(client.address[1])])

    def test_secret(self):
        """A secret of the database lets time-limited usernames in; when it goes, so do they"""
        said = self.turnpike("secret", "add", "spring", given=servers.secret("a secret in the database") + "\n")
        self.assertNotIn("a secret in the database", said)
        credential = minted(60, "kurt", "a secret in the database")
        client = self.client(credential)
        wait_until(lambda: not self.is_refused(client.allocate), "the secret is known", timeout=1)
        self.turnpike("secret", "remove", "spring")
        self.wait_until_gone(client, "secret_removed")
        self.assert_refused(401, self.client(credential).allocate)

    def is_refused(self, action, *arguments):
        try:
            action(*arguments)
        except Refused:
            return True
        return False


class Calls(Accounts):
    @classmethod
    def prepare(cls):
        super().prepare()
        import certificates
        folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, folder)
        pair = certificates.Authority(folder).issue(topology.SERVER_NAME)
        cls.changes = servers.merged(cls.changes, {"listen": {
            "tls": ["0.0.0.0:5349"], "dtls": ["0.0.0.0:5349"], "certificate": str(pair.certificate),
            "private_key": str(pair.key)}})

    def call(self, name, *options):
        self.turnpike("call", "create", name, *options)

    def member(self, name, call, transport="udp"):
        port = 5349 if transport in ("tls", "dtls") else 3478
        return self.client(self.user(name, "--call", call), transport, (topology.SERVER, port))

    def test_end_on_every_transport(self):
        """A call ends on its second for everybody in it, over UDP, TCP, TLS and DTLS, extended by SQL meanwhile"""
        self.call("c-1", "--ends", "+8s")  # no warning is due before all have come
        began = time.monotonic()
        clients = [self.member(f"leg-{transport}", "c-1", transport) for transport in ("udp", "tcp", "tls", "dtls")]
        for client in clients:
            client.allocate()
        self.sql(f"UPDATE turnpike.call SET ends_at = ends_at + {self.two_seconds} WHERE id = 'c-1'")
        for client in clients:
            self.wait_for_end(client, "call_time")
        self.assertAlmostEqual(time.monotonic() - began, 10, delta=1)
        self.assertEqual(self.refusal(clients[0].refresh, 600), (437, "Call Time Is Over"))
        self.assertEqual(self.refusal(self.client(Credential("leg-udp", PASSWORD)).allocate), (403, "Call Time Is Over"))
        wait_until(lambda: len(self.events("c-1")) == 3, "the events of the call")
        self.assertEqual(self.events("c-1"), [["warning", "2"], ["warning", "1"], ["ended", "0"]])

    def events(self, call):
        return self.sql(f"SELECT kind, seconds_left FROM turnpike.event WHERE call = '{call}' ORDER BY id")

    def test_time_from_media(self):
        """A call's seconds begin with its first media, and not when people come"""
        self.call("c-2", "--seconds", "2")
        one, two, peer = self.member("olga", "c-2"), self.member("paul", "c-2"), self.peer()
        one.allocate()
        two.allocate()
        self.assertEqual(lifetime_of(two.refresh(1200)), 1200)  # no end is known yet
        began = time.monotonic()
        self.talk(one, peer)
        for client in (one, two):
            self.wait_for_end(client, "call_time")
        self.assertAlmostEqual(time.monotonic() - began, 2, delta=0.7)
        wait_until(lambda: self.events("c-2")[:1] == [["began", "2"]], "the beginning is written down")

    def test_ended_by_hand(self):
        """A call that is ended is over within a second, and the operator hears how many that were"""
        self.call("c-3")
        clients = [self.member(name, "c-3") for name in ("quin", "rosa")]
        for client in clients:
            client.allocate()
        self.assertIn("2 allocations ended", self.turnpike("call", "end", "c-3"))
        for client in clients:
            self.wait_until_gone(client, "call_ended")
        self.assertIn("quin", self.turnpike("call", "show", "c-3"))

    def test_full(self):
        """A call takes no more people than it has places, but each with as many allocations as they like"""
        self.call("c-4", "--participants", "2")
        one, two = self.member("sven", "c-4"), self.member("tina", "c-4")
        one.allocate()
        two.allocate()
        self.client(Credential("sven", PASSWORD)).allocate()
        three = self.member("ulla", "c-4")
        self.assertEqual(self.refusal(three.allocate), (486, "Call Is Full"))
        two.refresh(0)
        three.allocate()

    def test_bytes_of_a_call(self):
        """The bytes of a call are those of all its people together; when they are used up it is over for all"""
        self.call("c-5", "--bytes", "1000")
        one, two, peer = self.member("vera", "c-5"), self.member("will", "c-5"), self.peer()
        for client in (one, two):
            client.allocate()
            client.permit(peer.getsockname())
        for _ in range(6):
            for client in (one, two):
                client.send(peer.getsockname(), bytes(100))
        for client in (one, two):
            self.wait_until_gone(client, "call_bytes")
        self.assertEqual(sum(int(row[0]) for name in ("vera", "will")
                             for row in self.ended_rows("sent_bytes", name)), 1000)

    def test_timed_username_with_a_call(self):
        """A time-limited username may name a call, whose limits hold; the bill goes to the user in the name"""
        self.call("c-6", "--ends", "+2s")
        client = self.client(minted(600, "xena:c-6"))
        self.assertLessEqual(lifetime_of(client.allocate()), 2)
        self.wait_for_end(client, "call_time")
        self.assertEqual(self.ended_rows("call, reason", "xena"), [["c-6", "call_time"]])

    def test_throttled(self):
        """A call that is throttled while it runs relays no more than that: the rest is dropped"""
        self.call("c-7")
        client, peer = self.member("yuri", "c-7"), self.peer()
        client.allocate()
        self.talk(client, peer)
        self.turnpike("call", "create", "c-7b")  # a change of another call changes nothing here
        self.sql("UPDATE turnpike.call SET bits_per_second = 8000 WHERE id = 'c-7'")
        wait_until(lambda: self.relayed_of_burst(client, peer) < 50, "the throttle holds", timeout=5)

    def relayed_of_burst(self, client, peer, count=60):
        for _ in range(count):
            client.send(peer.getsockname(), bytes(500))
        client.mapped_address()
        peer.setblocking(False)
        received = 0
        try:
            while True:
                peer.recv(2048)
                received += 1
        except BlockingIOError:
            return received
        finally:
            peer.setblocking(True)


class PostgresUsers(Users):
    database_kind = database.Postgres


class SqliteUsers(Users):
    database_kind = database.Sqlite


class PostgresCalls(Calls):
    database_kind = database.Postgres
    two_seconds = "interval '2 seconds'"


class SqliteCalls(Calls):
    database_kind = database.Sqlite
    two_seconds = "2"


# The loader is to see those that have a database, and not what they have in common.
del Users, Calls
