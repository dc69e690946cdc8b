# SPDX-License-Identifier: BSD-3-Clause
"""/metrics as a sysadmin sees it: right while calls go on, of constant size, and taken by a real Prometheus."""
import contextlib
import itertools
import json
import pathlib
import time
import unittest

import certificates
import database
import prometheus
import servers
import topology
from case import wait_until
from prometheus import Scrape
from servers import ALICE, BOB
from test_accounts import Accounts
from test_limits import minted
from turn_client import Credential, Refused, TlsLink, TurnClient, trusting

TLS, NAME = (topology.SERVER, 5349), "turn.example.org"
STRANGERS = 50


class Measured(Accounts):
    """A server that has all that metrics tell of: a database, a certificate, TLS, two workers."""

    database_kind = database.Sqlite
    # What the kernel relays is counted each second, by a path of its own: see test_kernel.
    changes = {"limits": {"allocations_per_user": 3, "ghost_seconds": 0}, "relay": {"acceleration": "off"}}

    @classmethod
    def setUpClass(cls):
        folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, folder)
        cls.authority = certificates.Authority(folder)
        pair = cls.authority.issue(NAME)
        cls.changes = servers.merged(cls.changes, {
            "listen": {"tls": ["0.0.0.0:5349"], "dtls": ["0.0.0.0:5349"], "certificate": str(pair.certificate),
                       "private_key": str(pair.key)}})
        super().setUpClass()
        wait_until(cls.answers, "/metrics answers")
        wait_until(lambda: Scrape(cls.network["server"]).value("turnpike_relayed_packets_total") == 2,
                   "the server has looked whether it relays, with a packet each way")

    @classmethod
    def answers(cls):
        with contextlib.suppress(OSError):
            return prometheus.get(cls.network["server"], prometheus.SERVER_PORT, "/metrics")[0] == 200
        return False

    def scrape(self):
        return Scrape(self.network["server"])

    def becomes(self, wanted, name, **labels):
        """What a worker has done is counted at the end of its turn."""
        wait_until(lambda: self.scrape().value(name, **labels) == wanted,
                   f"{name}{labels} is {wanted}, but {self.scrape().value(name, **labels)}")

    def allocated(self, credential=ALICE, transport="udp"):
        """A client with an allocation, which is over when the test is."""
        client = self.client(credential, transport)
        client.allocate()
        self.addCleanup(self.end, client)
        return client

    def end(self, client):
        with contextlib.suppress(Refused, OSError):
            client.refresh(0)

    def talk(self, client, peer, packets, payload=b"x" * 100):
        """There and back, one after the other."""
        for _ in range(packets):
            client.send_channel(0x4000, payload)
            _, relayed = peer.recvfrom(2000)
            peer.sendto(payload, relayed)
            client.receive()


class Exposition(Measured):
    def test_promtool(self):
        """What is scraped is in Prometheus' text format, and promtool finds nothing to object to"""
        scrape = self.scrape()
        self.assertTrue(scrape.content_type.startswith("text/plain; version=0.0.4"), scrape.content_type)
        self.assertEqual(prometheus.promtool("check", "metrics", given=scrape.text), (0, ""))

    def test_cardinality(self):
        """Fifty users, some of whom are none, from many ports, make no series, and no name or address comes out"""
        before = self.scrape()
        for number in range(STRANGERS):
            name = f"guest-{number}"
            client = self.client(minted(600, name), ("udp", "tcp")[number % 2])
            client.allocate()
            client.permit((topology.PEER, 1000 + number))
            client.refresh(0)
            self.assert_refused(401, self.client(Credential(name, "guessed")).allocate)
        after = self.scrape()
        self.assertEqual(after.series, before.series)
        self.assertEqual(after.value("turnpike_allocations_made_total"),
                         before.value("turnpike_allocations_made_total") + STRANGERS)
        for secret in ("guest", servers.SECRET, topology.CLIENT, topology.PEER, "alice"):
            self.assertNotIn(secret, after.text)

    def test_known_names(self):
        """Whatever the dashboard draws and the alerts ask for is there"""
        names = self.scrape().names
        shipped = prometheus.DASHBOARD.read_text() + prometheus.ALERTS.read_text()
        asked = set(prometheus.NAME.findall(shipped))
        self.assertGreater(len(asked), 30)
        self.assertEqual(asked - names, set())

    def test_process(self):
        """The process tells of itself what the kernel tells of it"""
        scrape, folder = self.scrape(), pathlib.Path("/proc", str(self.server.process.pid))
        descriptors = len(list((folder / "fd").iterdir()))
        self.assertLess(abs(scrape.value("process_open_fds") - descriptors), 10)
        self.assertGreater(scrape.value("process_max_fds"), descriptors)
        self.assertGreater(scrape.value("process_resident_memory_bytes"), 1 << 20)
        self.assertLess(abs(scrape.value("process_start_time_seconds") - folder.stat().st_ctime), 5)
        self.assertGreater(scrape.value("process_cpu_seconds_total"), 0)
        version = next(labels for name, labels in scrape.series if name == "turnpike_build_info")
        self.assertRegex(dict(version)["version"], r"^\d+\.\d+\.\d+$")


class Live(Measured):
    """Figures move while calls go on, and not at their end."""

    def test_relayed(self):
        """Packets and bytes are counted each way while the call goes on"""
        client, peer = self.allocated(), self.peer()
        client.bind_channel(0x4000, peer.getsockname())
        before = self.scrape()
        self.talk(client, peer, 10)
        for direction in ("to_peer", "to_client"):
            labels = {"direction": direction, "path": "socket"}
            for name, more in (("turnpike_relayed_packets_total", 10), ("turnpike_relayed_bytes_total", 1000)):
                self.becomes(before.value(name, **labels) + more, name, **labels)
        self.assertEqual(self.scrape().value("turnpike_relayed_packets_total", path="kernel"), 0)

    def test_hairpin(self):
        """What goes from relay to relay is counted under that path, once each way, and under no other"""
        alice, bob = self.allocated(), self.allocated(BOB)
        alice.bind_channel(0x4000, bob.relayed)
        bob.permit(alice.relayed)
        before = self.scrape()
        for _ in range(5):
            alice.send_channel(0x4000, b"hello")
            self.assertEqual(bob.receive().payload, b"hello")
        name = "turnpike_relayed_packets_total"
        for direction in ("to_peer", "to_client"):
            labels = {"direction": direction, "path": "hairpin"}
            self.becomes(before.value(name, **labels) + 5, name, **labels)
        self.assertEqual(self.scrape().value(name, path="socket"), before.value(name, path="socket"))

    def test_allocations(self):
        """Allocations are counted by transport and family as long as they live, with their ports and connections"""
        self.becomes(1, "turnpike_allocations_probed_total")  # the server's own, at its start
        self.becomes(self.scrape().value("turnpike_allocations"), "turnpike_relay_ports_used")
        before = self.scrape()
        link = TlsLink(self.network["client"], TLS, context=trusting(self.authority.certificate), name=NAME)
        tls = TurnClient(None, TLS, BOB, link=link)
        self.addCleanup(tls.close)
        udp, tcp = self.client(), self.client(transport="tcp")
        for client in (udp, tcp, tls):
            client.allocate()
        for transport in ("udp", "tcp", "tls"):
            labels = {"transport": transport, "family": "ipv4"}
            self.becomes(before.value("turnpike_allocations", **labels) + 1, "turnpike_allocations", **labels)
        for transport in ("tcp", "tls"):
            self.assertEqual(self.scrape().value("turnpike_connections", transport=transport),
                             before.value("turnpike_connections", transport=transport) + 1)
        self.assertEqual(self.scrape().value("turnpike_relay_ports_used", address=topology.SERVER),
                         before.value("turnpike_relay_ports_used", address=topology.SERVER) + 3)
        self.assertEqual(self.scrape().value("turnpike_handshakes_total", transport="tls", result="full"),
                         before.value("turnpike_handshakes_total", transport="tls", result="full") + 1)
        udp.refresh(0)
        tcp.close()
        tls.close()
        for transport in ("udp", "tcp", "tls"):
            self.becomes(before.value("turnpike_allocations", transport=transport), "turnpike_allocations",
                         transport=transport)
        self.becomes(before.value("turnpike_relay_ports_free"), "turnpike_relay_ports_free")

    def test_requests(self):
        """Each answer is counted by its method and code"""
        before, client = self.scrape(), self.client()
        client.mapped_address()
        client.allocate()  # and its challenge
        client.permit((topology.PEER, 1))
        self.assert_refused(403, client.permit, ("127.0.0.1", 1))
        client.refresh(0)
        self.assert_refused(437, client.refresh, 600)
        for method, code in (("binding", 200), ("allocate", 401), ("allocate", 200), ("create_permission", 200),
                             ("create_permission", 403), ("refresh", 200), ("refresh", 437)):
            with self.subTest(method=method, code=code):
                labels = {"method": method, "code": str(code)}
                self.becomes(before.value("turnpike_requests_total", **labels) + 1, "turnpike_requests_total", **labels)

    def test_limits(self):
        """A quota that refuses is counted under its name"""
        before = self.scrape()
        for _ in range(3):
            self.allocated(BOB)
        self.assert_refused(486, self.client(BOB).allocate)
        labels = {"limit": "allocations", "effect": "refused"}
        self.becomes(before.value("turnpike_limits_hit_total", **labels) + 1, "turnpike_limits_hit_total", **labels)

    def test_drops(self):
        """A packet that is dropped is counted under the reason"""
        before, client, peer = self.scrape(), self.allocated(), self.peer()
        peer.sendto(b"unasked", client.relayed)
        self.becomes(before.value("turnpike_drops_total", reason="no_permission") + 1, "turnpike_drops_total",
                     reason="no_permission")

    def test_storage(self):
        """Look-ups and writes of the database are timed, and its journal is empty when it has everything"""
        before = self.scrape()
        client = self.client(minted(600, "somebody"))
        client.allocate()
        client.refresh(0)
        for operation in ("lookup", "usage"):
            name, labels = "turnpike_storage_operation_seconds_count", {"operation": operation}
            wait_until(lambda: self.scrape().value(name, **labels) > before.value(name, **labels), operation)
        self.assertEqual(self.scrape().value("turnpike_storage_connected"), 1)
        self.becomes(0, "turnpike_journal_rows_waiting")
        self.assertEqual(self.scrape().value("turnpike_storage_errors_total"), 0)

    def test_workers(self):
        """Each worker tells how late it is, each second, and has had a turn lately"""
        lag, workers = "turnpike_worker_lag_seconds_count", ("0", "1")
        before = self.scrape()
        for worker in workers:
            wait_until(lambda: self.scrape().value(lag, worker=worker) > before.value(lag, worker=worker), "a timer")
            self.assertLess(self.scrape().value("turnpike_worker_last_turn_age_seconds", worker=worker), 60)

    def test_condition(self):
        """It takes new allocations, has taken its configuration, and its certificate lasts for its twenty days"""
        scrape = self.scrape()
        self.assertEqual(scrape.value("turnpike_accepting_allocations"), 1)
        self.assertEqual(scrape.value("turnpike_draining"), 0)
        self.assertEqual(scrape.value("turnpike_config_last_reload_successful"), 1)
        left = scrape.value("turnpike_certificate_expiry_timestamp_seconds") - time.time()
        self.assertLess(abs(left / 86400 - 20), 1.5)


class Scraped(Measured):
    """Debian's Prometheus scrapes a server that has something to do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prometheus = prometheus.Prometheus(cls.network["server"])
        cls.addClassCleanup(cls.prometheus.close)
        cls.prometheus.wait_until_ready()

    def scrapes(self):
        return self.prometheus.number('count_over_time(up{job="turnpike"}[5m])') or 0

    def load(self, until):
        """Calls of a user on UDP and one on TCP until Prometheus has seen enough: packets each way, and allocations."""
        clients, count = [self.allocated(), self.allocated(BOB, "tcp")], 0
        peer = self.peer()
        for client in clients:
            client.bind_channel(0x4000, peer.getsockname())
        while not until():
            for client in clients:
                self.talk(client, peer, 20)
                count += 20
        return count, self.prometheus.number("sum(turnpike_allocations)")

    def test_rates(self):
        """What Prometheus has of a loaded server is what went through it, and its rates are those of the figures"""
        labels = '{direction="to_peer",path="socket"}'
        packets, octets = f"turnpike_relayed_packets_total{labels}", f"turnpike_relayed_bytes_total{labels}"
        before = self.scrape().value("turnpike_relayed_packets_total", direction="to_peer", path="socket")
        wait_until(lambda: self.prometheus.number(packets) is not None, "the first scrape", timeout=30)
        begin, seen = time.monotonic(), self.scrapes()
        count, allocations = self.load(lambda: time.monotonic() - begin > 12 and self.scrapes() - seen >= 16)
        at = time.time()
        raw = self.prometheus.api("query", query=f"{packets}[8s]", time=at)["result"][0]["values"]
        self.assertGreater(len(raw), 5)
        slope = (float(raw[-1][1]) - float(raw[0][1])) / (raw[-1][0] - raw[0][0])
        rate = self.prometheus.number(f"rate({packets}[8s])", time=at)
        self.assertGreater(slope, 0)
        self.assertLess(abs(rate / slope - 1), 0.25)
        wait_until(lambda: self.prometheus.number(packets) == before + count, "every packet is seen")
        self.assertEqual(self.prometheus.number(f"{octets} / {packets}"), 100)  # of one packet
        self.assertEqual(allocations, 2)
        self.assertEqual(self.prometheus.number('up{job="turnpike"}'), 1)

    def test_alerts(self):
        """The alert rules load, none fails, and none speaks of a server that is well"""
        rules = self.prometheus.api("rules")["groups"][0]["rules"]
        self.assertGreater(len(rules), 12)
        wait_until(self.all_evaluated, "every rule has been evaluated", timeout=30)
        self.assertEqual(self.prometheus.api("alerts")["alerts"], [])

    def all_evaluated(self):
        return all(rule["health"] == "ok" for rule in self.prometheus.api("rules")["groups"][0]["rules"])

    def test_dashboard(self):
        """Each query of the dashboard has an answer of a loaded server"""
        seen = self.scrapes()
        self.load(lambda: self.scrapes() - seen >= 6)
        queries = list(prometheus.dashboard_queries())
        self.assertGreater(len(queries), 40)
        for title, expression in queries:
            with self.subTest(panel=title, query=expression):
                self.assertTrue(self.prometheus.query(expression))


class Shipped(unittest.TestCase):
    """What needs no server."""

    def test_rules(self):
        """promtool takes the alert rules and the example, and each alert is said when its story says so, and not else"""
        folder = prometheus.ALERTS.parent
        for words in (("check", "rules", prometheus.ALERTS), ("check", "config", prometheus.SCRAPE),
                      ("test", "rules", folder / "alerts_test.yml")):
            code, said = prometheus.promtool(*words)
            self.assertEqual(code, 0, said)

    def test_stories(self):
        """There is a story of each alert, in which it is said"""
        names = [line.split()[-1] for line in prometheus.ALERTS.read_text().splitlines() if "- alert: " in line]
        self.assertGreater(len(names), 12)
        stories = (prometheus.ALERTS.parent / "alerts_test.yml").read_text()
        said = {name for name in names if f"alertname: {name}\n        exp_alerts:\n" in stories}
        self.assertEqual(set(names) - said, set())

    def test_dashboard_shape(self):
        """The dashboard's panels have numbers and places of their own, and ask the source and servers that are chosen"""
        board = json.loads(prometheus.DASHBOARD.read_text())
        self.assertEqual([each["name"] for each in board["templating"]["list"]], ["datasource", "instance"])
        panels = board["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        for one, other in itertools.combinations((panel["gridPos"] for panel in panels), 2):
            apart = (one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
                     or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"])
            self.assertTrue(apart, (one, other))
            self.assertLessEqual(one["x"] + one["w"], 24)
        for panel in (panel for panel in panels if panel["type"] != "row"):
            with self.subTest(panel=panel["title"]):
                self.assertTrue(panel["targets"])
                for target in panel["targets"]:
                    self.assertEqual(target["datasource"]["uid"], "${datasource}")
                    self.assertIn('{instance=~"$instance"', target["expr"])
