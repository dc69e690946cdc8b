# SPDX-License-Identifier: BSD-3-Clause
"""What users see, and what is on their bill, when the database or the disk goes away, or the server itself.

`TURNPIKE_OUTAGE_SECONDS=120` makes the outage in the middle of calls as long as that.
"""
import contextlib
import os
import subprocess
import time

import database
import servers
import topology
from case import wait_until
from test_accounts import PASSWORD, Accounts
from test_limits import minted
from turn_client import Credential, Refused

OUTAGE_SECONDS = float(os.environ.get("TURNPIKE_OUTAGE_SECONDS", "5"))


def code_of(action, *arguments):
    """Of the refusal; None where there is none."""
    try:
        action(*arguments)
    except Refused as refusal:
        return refusal.code
    return None


class Outages(Accounts):
    """PostgreSQL comes and goes."""

    database_kind = database.Postgres
    changes = servers.merged(Accounts.changes, {"storage": {"timeout_seconds": 1}})

    def tearDown(self):
        super().tearDown()
        self.database.pg_ctl("restart")

    def stop_database(self):
        self.database.pg_ctl("stop")
        self.server.wait_for_log("database lost")

    def allocated(self, credential):
        client = self.client(credential)
        client.allocate()
        return client

    def gets_in(self, credential):
        return code_of(self.client(credential).allocate) is None

    def test_down_at_start(self):
        """With the database down at the start there are the users of the configuration, and its own when it comes"""
        credential = self.user("anna")
        self.server.terminate()
        self.database.pg_ctl("stop")
        self.server.start()
        self.assertTrue(self.gets_in(servers.ALICE))
        self.assertTrue(self.gets_in(minted(60)))
        self.assertEqual(code_of(self.client(minted(60, "carol:some-call")).allocate), 500)
        self.assertEqual(code_of(self.client(credential).allocate), 500)
        self.database.pg_ctl("start")
        wait_until(lambda: self.gets_in(credential), "the user of the database gets in", timeout=12)
        wait_until(lambda: self.rows("id", "username = 'alice' AND ended_at IS NULL"), "what waited is there", 15)

    def test_down_in_calls(self):
        """Through an outage calls go on and end on their second, known users allocate, and no row is lost or doubled"""
        self.turnpike("call", "create", "long")
        self.turnpike("call", "create", "short", "--ends", f"+{OUTAGE_SECONDS + 2:.0f}s")
        peer, known = self.peer(), self.user("berta", "--call", "long")
        talker, timed = self.allocated(known), self.allocated(self.user("cora", "--call", "short"))
        end = time.monotonic() + OUTAGE_SECONDS + 2
        self.talk(talker, peer, b"before")
        self.stop_database()
        began = time.monotonic()
        unknown = self.client(Credential("unheard-of", PASSWORD))
        asked = time.monotonic()
        self.assertEqual(code_of(unknown.allocate), 500)
        self.assertLess(time.monotonic() - asked, 3)
        self.allocated(known).refresh(0)
        talker.refresh(600)
        while time.monotonic() - began < OUTAGE_SECONDS:
            self.talk(talker, peer, b"meanwhile")
        self.wait_for_end(timed, "call_time")
        self.assertAlmostEqual(time.monotonic(), end, delta=1)
        talker.refresh(0)
        self.wait_for_end(talker, "deleted")
        self.database.pg_ctl("start")
        wait_until(lambda: len(self.rows("id", "username = 'berta' AND reason = 'deleted'")) == 2, "the rows", 20)
        wait_until(lambda: self.rows("id", "username = 'cora' AND reason = 'call_time'"), "the row of the short call", 20)
        self.assertEqual(len(self.rows("id", "username IN ('berta', 'cora')")), 3)
        [packets] = self.rows("sent_packets", "username = 'berta' AND sent_packets > 0")
        self.assertGreaterEqual(int(packets[0]), 2)

    def test_change_after_loss(self):
        """What changed while the database was away, or unheard of, takes effect when it is back"""
        credential = self.user("dina")
        client = self.allocated(credential)
        self.database.pg_ctl("stop")
        self.server.wait_for_log("database lost")
        self.database.pg_ctl("start")
        self.sql("UPDATE turnpike.account SET enabled = false WHERE username = 'dina'")
        self.wait_for_end(client, "account_disabled")

    def test_slow(self):
        """With a database that takes 5 s for an answer nobody waits longer than the limit, and media never"""
        credential, peer = self.user("elsa"), self.peer()
        client = self.allocated(credential)
        self.sql("ALTER FUNCTION turnpike.credential RENAME TO true_credential;"
                 "CREATE FUNCTION turnpike.credential(realm text, username text) RETURNS TABLE (key_md5 bytea,"
                 " key_sha256 bytea, password text, enabled boolean, call text, deadline timestamptz, bytes bigint,"
                 " bits_per_second bigint, allocations integer) LANGUAGE plpgsql AS"
                 " $$ BEGIN PERFORM pg_sleep(5);"
                 " RETURN QUERY SELECT * FROM turnpike.true_credential($1, $2); END $$")
        self.addCleanup(self.sql, "DROP FUNCTION turnpike.credential;"
                                  "ALTER FUNCTION turnpike.true_credential RENAME TO credential")
        stranger = self.client(Credential("stranger", PASSWORD))
        self.assertEqual(code_of(stranger.allocate), 500)  # learns realm and nonce
        asked = time.monotonic()
        stranger.link.send(stranger.message(0x0003, [(0x0019, b"\x11\0\0\0")]))
        worst = 0.0
        while time.monotonic() - asked < 0.8:
            sent = time.monotonic()
            self.talk(client, peer)
            worst = max(worst, time.monotonic() - sent)
        self.assertLess(worst, 0.5)
        self.assertTrue(self.gets_in(credential))
        self.assertLess(time.monotonic() - asked, 2.5)

    def test_read_only(self):
        """A database that keeps nothing still says who may; usage waits until it can be written"""
        self.database.run("ALTER SYSTEM SET default_transaction_read_only = on")
        self.database.run("SELECT pg_reload_conf()")
        self.addCleanup(self.writable)
        credential = Credential("fina", PASSWORD)
        self.sql("SET default_transaction_read_only = off; INSERT INTO turnpike.account (realm, username, key_md5)"
                 f" VALUES ('example.org', 'fina', decode(md5('fina:example.org:{PASSWORD}'), 'hex'))")
        wait_until(lambda: self.gets_in(credential), "the user gets in")
        self.writable()
        wait_until(lambda: self.rows("id", "username = 'fina'"), "the row is written", 15)

    def writable(self):
        self.database.run("SET default_transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only")
        self.database.run("SELECT pg_reload_conf()")


class Crash(Accounts):
    """The server is killed, and started again."""

    def test_killed(self):
        """After kill -9 the rows are there, once, closed with the reason crash and the counters of 10 s ago at most"""
        client, peer = self.client(self.user("greta")), self.peer()
        client.allocate()
        sent, began = 0, time.monotonic()
        while time.monotonic() - began < 12:
            self.talk(client, peer, b"0123456789")
            sent += 1
            if time.monotonic() - began < 1.5:
                early = sent
        self.server.process.kill()
        self.server.process.wait()
        self.server.start()
        [row] = self.ended_rows("reason, sent_packets, sent_bytes", "greta")
        self.assertEqual(row[0], "crash")
        self.assertGreaterEqual(int(row[1]), early)
        self.assertLessEqual(int(row[1]), sent)
        self.assertEqual(int(row[2]), 10 * int(row[1]))

    def test_killed_without_database(self):
        """The same where the database was away when it happened"""
        client = self.client(self.user("hanna"))
        client.allocate()
        wait_until(lambda: self.rows("id", "username = 'hanna'"), "the row of the beginning")
        self.take_database_away()
        second = self.client(Credential("hanna", PASSWORD))
        second.allocate()
        self.server.wait_for_log("allocation made", "client=%s:%d" % second.address)
        for _ in range(100):  # takes longer than the row needs to reach the journal
            second.refresh(600)
        self.server.process.kill()
        self.server.process.wait()
        self.server.start()
        self.bring_database_back()
        self.assertEqual(self.ended_rows("reason", "hanna", 2), [["crash"], ["crash"]])


class PostgresCrash(Crash):
    database_kind = database.Postgres

    def take_database_away(self):
        self.database.pg_ctl("stop")
        self.server.wait_for_log("database lost")

    def bring_database_back(self):
        self.database.pg_ctl("start")


class SqliteCrash(Crash):
    database_kind = database.Sqlite
    test_killed_without_database = None


class FullDisk(Accounts):
    """Journal and database each on a file system that is too small."""

    database_kind = database.Sqlite

    @classmethod
    def prepare(cls):
        cls.places = {}
        for name in ("journal", "database"):
            place = topology.scratch_folder()
            cls.addClassCleanup(topology.forget, place)
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "turnpike", place], check=True)
            cls.addClassCleanup(subprocess.run, ["umount", place], check=True)
            cls.places[name] = place
        cls.database.path = cls.places["database"] / "turnpike.db"
        cls.database.url = f"sqlite:{cls.database.path}"
        cls.changes = servers.merged(cls.changes, {"storage": {
            "url": cls.database.url, "journal": str(cls.places["journal"] / "usage.journal")}})
        super().prepare()

    def fill(self, name):
        place = self.places[name]
        with open(place / "stuffing", "wb", buffering=0) as stuffing, contextlib.suppress(OSError):
            while True:
                stuffing.write(bytes(4096))

    def make_room(self, name):
        (self.places[name] / "stuffing").unlink()

    def test_journal(self):
        """With no room for usage new allocations are refused and calls go on; when there is room again all is there"""
        talker, peer = self.client(self.user("ida")), self.peer()
        talker.allocate()
        self.fill("journal")
        wait_until(lambda: code_of(self.once) == 508, "allocations are refused")
        self.talk(talker, peer, b"goes on")
        talker.refresh(600)
        self.make_room("journal")
        wait_until(lambda: code_of(self.once) is None, "allocations are made again", timeout=12)
        talker.refresh(0)
        self.assertEqual(self.ended_rows("sent_bytes, reason", "ida"), [["7", "deleted"]])

    def once(self):
        with self.client() as client:
            client.allocate()
            client.refresh(0)

    def test_database(self):
        """With no room in the database users still get in, and usage waits in the journal"""
        credential = self.user("jula")
        self.fill("database")
        client = self.client(credential)
        client.allocate()
        client.refresh(0)
        self.make_room("database")
        self.assertEqual(self.ended_rows("reason", "jula"), [["deleted"]])


del Crash
