# SPDX-License-Identifier: BSD-3-Clause
"""What the log says, how, and what it never says."""
import json
import os
import unittest

import leak
import servers
import topology
from case import EndToEnd

TOKEN = "an admin token of the test suite"
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEK"


class Leak(unittest.TestCase):
    """The check that every server's log goes through when it stops."""

    alone = False
    config = servers.merged(servers.CONFIG, {
        "admin": {"token": TOKEN}, "auth": {"secrets": ["one long secret", {"secret": "hush"}],
                                            "access_tokens": [{"id": "north", "key": KEY}]},
        "storage": {"url": "postgresql://relay:pass%20word@db.example/site"}})

    def assert_leaks(self, line, where):
        with self.assertRaises(leak.LeakedSecret) as found:
            leak.check(f"an innocent line\n{line}\n", self.config, [servers.secret("kept in a database")])
        self.assertIn(where, str(found.exception))
        self.assertIn(line, str(found.exception))
        self.assertNotIn("innocent", str(found.exception))

    def test_found(self):
        """A secret of each kind is found in a log, as it is and as programs write it"""
        self.assert_leaks('event=x password="wonderland"', "users.alice")
        self.assert_leaks("key=" + "alice:example.org:wonderland", "users.alice")
        self.assert_leaks("d2VsY29tZTsgd29uZGVybGFuZA== hush", "auth.secrets")
        self.assert_leaks("refused one long secret", "auth.secrets")
        self.assert_leaks("GET /?secret=one%20long%20secret", "auth.secrets")
        self.assert_leaks(f"key={KEY}", "auth.access_tokens")
        self.assert_leaks(f"Bearer {TOKEN}", "admin.token")
        self.assert_leaks("cannot connect with pass%20word", "storage.url")
        self.assert_leaks("kept in a database", "elsewhere")
        self.assert_leaks(servers.stun.key_of("alice", servers.REALM, "wonderland").hex(), "users.alice as a key")

    def test_words(self):
        """A short password is no leak where it is a part of another word"""
        leak.check("hushed wonderlands rebuilder unhush\n", self.config)

    def test_stopped(self):
        """A server whose log holds a secret fails the test that stops it"""
        server = servers.Turnpike(None)
        server.log_path.write_text(f"level=debug secret={servers.SECRET}\n")
        with self.assertRaises(leak.LeakedSecret):
            server.stop()
        self.assertFalse(server.folder.exists())


class Log(EndToEnd):
    changes = {"log": {"mask_addresses": True, "format": "json", "areas": {"session": "info"}},
               "admin": {"token": TOKEN}, "storage": {"url": ""}, "server": {"node": "relay-9"}}

    def ready(self):
        return json.loads(self.server.wait_for_log("server ready"))

    def test_ready(self):
        """One line at the start says where it listens, relays from, stores and is managed, and who it is"""
        line = self.ready()
        self.assertEqual((line["level"], line["area"]), ("info", "server"))
        self.assertIn("0.0.0.0:3478", line["udp"])
        self.assertIn(topology.SERVER, line["relay"])
        way = "xdp" if self.server.config["relay"]["acceleration"] == "xdp" else "tc"  # on a virtual cable
        self.assertEqual((line["storage"], line["acceleration"], line["node"]),
                         ("none", f"{way} on to-router", "relay-9"))
        self.assertIn(line["packet_io"], ("mmsg", "offload"))
        self.assertRegex(line["version"], r"^\d+\.\d+")
        self.assertIn("admin", line)

    def test_masked(self):
        """With log.mask_addresses the log names the client's network, and the client nowhere"""
        client = self.client()
        client.allocate()
        client.refresh(0)
        made = json.loads(self.server.wait_for_log("allocation made"))
        ended = json.loads(self.server.wait_for_log("allocation ended"))
        network = topology.CLIENT.rpartition(".")[0] + ".x"
        self.assertEqual((made["area"], made["client"], ended["client"]), ("session", network, network))
        self.assertEqual(made["relayed"], "%s:%d" % client.relayed)
        self.assertNotIn(topology.CLIENT, self.server.log())


class JournalServer(servers.Turnpike):
    """Told that its log is the journal, as systemd tells a service."""

    def command(self):
        status = os.stat(self.log_path)
        return ["env", f"JOURNAL_STREAM={status.st_dev}:{status.st_ino}", *super().command()]


class Journal(EndToEnd):
    @classmethod
    def start_server(cls, changes):
        return JournalServer(cls.network["server"], changes).start()

    def test_priority(self):
        """Under the journal each line begins with its priority and leaves the time to it"""
        self.assertTrue(self.server.wait_for_log("server ready").startswith("<6>level=info area=server event="))
        self.assertNotIn("time=", self.server.log())


class Quiet(EndToEnd):
    changes = {"log": {"level": "warning", "areas": {"server": "info"}}}

    def test_areas(self):
        """An area has a level of its own: here the server's start is told, and its sessions are not"""
        self.server.wait_for_log("server ready")
        client = self.client()
        client.allocate()
        client.refresh(0)
        self.assertEqual(self.server.terminate(), 0)
        self.assertIn("server stopped", self.server.log())
        self.assertNotIn("area=session", self.server.log())
