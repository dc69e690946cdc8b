# SPDX-License-Identifier: BSD-3-Clause
"""Two servers that share a database: quotas hold over both, and a change reaches both."""
import database
import servers
import topology
from case import wait_until
from test_accounts import PASSWORD, Accounts
from test_outages import code_of
from turn_client import Credential

LISTENERS = {"relay-1": (topology.SERVER, 3478), "relay-2": (topology.SERVER_SECOND, 3478)}


class Nodes(Accounts):
    database_kind = database.Postgres
    changes = servers.merged(Accounts.changes, {"storage": {"timeout_seconds": 1}})

    @classmethod
    def node(cls, name):
        folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, folder)
        address, port = LISTENERS[name]
        listeners = [f"{address}:{port}"]
        return servers.merged(cls.changes, {
            "listen": {"udp": listeners, "tcp": listeners}, "relay": {"addresses": [address]}, "server": {"node": name},
            "storage": {"journal": str(folder / "usage.journal")}})

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.both = {name: cls.node(name) for name in LISTENERS}
        cls.changes = cls.both["relay-1"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # An interface has the XDP program of one of them, and then tc's of the other.
        changes = servers.merged(cls.both["relay-2"], {"relay": {"acceleration": "auto"}})
        cls.second = servers.Turnpike(cls.network["server"], changes).start()
        cls.addClassCleanup(cls.second.stop)
        cls.second.wait_for_log("server ready")

    def at(self, node, credential):
        return self.client(credential, server=LISTENERS[node])

    def code_at(self, node, credential):
        """How an attempt is refused; None where it is not, and then it is given back."""
        with self.at(node, credential) as client:
            code = code_of(client.allocate)
            if code is None:
                client.refresh(0)
            return code

    def test_quota(self):
        """A user's quota holds over both servers, and what one gives back the other may take"""
        credential = self.user("abel", "--allocations", "2")
        first, second = self.at("relay-1", credential), self.at("relay-2", credential)
        first.allocate()
        second.allocate()
        for node in LISTENERS:
            wait_until(lambda: self.code_at(node, credential) == 486, f"{node} knows of the other's", timeout=2)
        first.refresh(0)
        wait_until(lambda: self.code_at("relay-2", credential) is None, "relay-2 knows that there is room", timeout=2)

    def test_participants(self):
        """A call takes no more people than it has places on both servers together"""
        self.turnpike("call", "create", "pair", "--participants", "1")
        one, two = (self.user(name, "--call", "pair") for name in ("bella", "carl"))
        self.at("relay-1", one).allocate()
        wait_until(lambda: self.code_at("relay-2", two) == 486, "the second server knows", timeout=2)
        self.at("relay-2", one).allocate()  # in the call already

    def test_change(self):
        """A change reaches both within a second, and the operator hears of both"""
        credential = self.user("dirk")
        clients = [self.at(node, credential) for node in LISTENERS]
        for client in clients:
            client.allocate()
        wait_until(lambda: len(self.rows("id", "username = 'dirk'")) == 2, "both are written down")
        self.assertIn("2 allocations ended", self.turnpike("user", "disable", "dirk"))
        self.wait_for_end(clients[0], "account_disabled")
        self.second.wait_for_log("allocation ended", "client=%s:%d" % clients[1].address, "reason=account_disabled")

    def test_without_database(self):
        """Without the database each server holds to its own count, and says so"""
        credential = self.user("emma", "--allocations", "1")
        self.at("relay-1", credential).allocate()
        wait_until(lambda: self.code_at("relay-2", credential) == 486, "the second server knows", timeout=2)
        self.database.pg_ctl("stop")
        self.addCleanup(self.database.pg_ctl, "start")
        for server in (self.server, self.second):
            server.wait_for_log("database lost", "quotas hold for this server alone")
        self.assertEqual(self.code_at("relay-1", credential), 486)

    def test_node_that_died(self):
        """What a server held that was killed is free again when it is back, or after 30 s"""
        credential = self.user("finn", "--allocations", "1")
        self.at("relay-2", credential).allocate()
        wait_until(lambda: self.code_at("relay-1", credential) == 486, "the first server knows", timeout=2)
        self.second.process.kill()
        self.second.process.wait()
        self.second.start()
        wait_until(lambda: self.code_at("relay-1", credential) is None, "the place is free", timeout=3)



