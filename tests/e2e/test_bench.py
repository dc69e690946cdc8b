# SPDX-License-Identifier: BSD-3-Clause
"""turnpike-bench's loads, each briefly, at rates that any machine holds: what is counted, never how fast it was."""
import json

import certificates
import servers
import topology
from case import EndToEnd

USER = ("--user", "alice", "--password", servers.USERS["alice"])


class Bench(EndToEnd):
    """Clients and peers in the namespaces of the routed network, all in one process outside of them."""

    # On a machine that does everything else at once, too, a packet waits in a socket rather than being lost.
    alone = True

    @classmethod
    def setUpClass(cls):
        folder = topology.scratch_folder()
        cls.addClassCleanup(topology.forget, folder)
        cls.authority = certificates.Authority(folder)
        pair = cls.authority.issue(topology.SERVER_NAME)
        both = ["0.0.0.0:5349", "[::]:5349"]
        # One process asks as much as many would.
        cls.changes = {"limits": {"unauthenticated_per_second": 0, "unauthenticated_per_prefix_second": 0},
                       "listen": {"tls": both, "dtls": both, "certificate": str(pair.certificate),
                                  "private_key": str(pair.key)}}
        super().setUpClass()

    def bench(self, command, *words, uri=f"turn:{topology.SERVER}?transport=udp", peers=True):
        """The exit code, the line of JSON, and what was said beside it."""
        places = ["--client-netns", self.network["client"].name]
        if peers:
            places += ["--peer-netns", self.network["peer"].name]
        done = self.network["router"].run(
            [str(servers.Turnpike.binaries / "turnpike-bench"), *command.split(), *USER, "--insecure", "--json", "-",
             "--server-pid", str(self.server.process.pid), *places, *words, uri])
        self.assertIn(done.returncode, (0, 1), done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        return done.returncode, json.loads(lines[0]), done.stderr

    def assert_whole(self, result, sent=200):
        """All that was sent came, each once, in order; as many as the rate says, but for what the machine delayed."""
        self.assertLessEqual(result["sent"], sent * result["seconds"] + 64, result)
        self.assertGreater(result["sent"], 0, result)
        counted = {key: result[key] for key in ("delivered", "lost", "duplicated")}
        self.assertEqual(counted, {"delivered": result["sent"], "lost": 0, "duplicated": 0}, result)
        self.assertLessEqual(result["latency_us"]["p50"], result["latency_us"]["p99.9"])

    @staticmethod
    def slowly(flows=4, seconds=1):
        return "--seconds", str(seconds), "--rate", "200", "--flows", str(flows)

    def assert_relays(self, *words, command="relay", slowly=(), **options):
        code, result, said = self.bench(command, *(slowly or self.slowly()), *words, "--require", "lost==0", **options)
        self.assertEqual((code, said), (0, ""), result)
        self.assert_whole(result)
        self.assertEqual(result["test"], command)
        return result


class Relay(Bench):
    def test_directions(self):
        """A relay is measured up, down and both ways, by channels and by indications"""
        for direction in ("up", "down", "both"):
            for mode in ("channel", "send"):
                with self.subTest(direction=direction, mode=mode):
                    result = self.assert_relays("--direction", direction, "--mode", mode)
                    self.assertEqual((result["direction"], result["mode"], result["flows"]), (direction, mode, 4))

    def test_bursts(self):
        """Bursts come through whole, sent in one piece or packet by packet"""
        for words in (("--gso",), ("--no-gso",)):
            with self.subTest(words=words):
                result = self.assert_relays("--burst", "16", "--size", "1200", *words)
                self.assertEqual((result["burst"], result["size"]), (16, 1200))

    def test_many_flows(self):
        """More flows than peers have sockets are told apart"""
        self.assert_relays(slowly=self.slowly(flows=100))

    def test_transports(self):
        """TCP, TLS and DTLS clients are measured alike"""
        for scheme, port, transport, name in (("turn", 3478, "tcp", "tcp"), ("turns", 5349, "tcp", "tls"),
                                              ("turns", 5349, "udp", "dtls")):
            with self.subTest(transport=name):
                result = self.assert_relays(uri=f"{scheme}:{topology.SERVER}:{port}?transport={transport}")
                self.assertEqual(result["transport"], name)

    def test_pairs(self):
        """Pairs of clients behind relays reach one another"""
        self.assert_relays(command="symmetric", peers=False)

    def test_search(self):
        """A search ends with a rate that passed, and says what the next one failed by"""
        _, result, _ = self.bench("relay", "--seconds", "0.2", "--rate", "search", "--loss", "5")
        self.assertGreater(result["offered_pps"], 0)
        self.assertIn(result["bottleneck"], ("server", "bench", "machine", "none"))

    def test_watched(self):
        """The server's time and memory, the labels and the machine's share stand in the line"""
        result = self.assert_relays("--server-core", "0", "--label", "commit=abc", "--label", "note=x=y")
        self.assertEqual(result["labels"], {"commit": "abc", "note": "x=y"})
        self.assertGreater(result["server"]["rss_kb"], 0)
        self.assertLessEqual(result["server"]["core_busy"], 1)
        self.assertGreaterEqual(result["server"]["cpu_seconds"], 0)

    def test_requirements(self):
        """What is not met is named, and the exit code is 1"""
        code, _, said = self.bench("relay", *self.slowly(), "--require", "lost==0", "--require", "pps>=1000000000")
        self.assertEqual(code, 1)
        self.assertIn("not met: pps>=1000000000", said)
        self.assertNotIn("lost", said)


class Others(Bench):
    def test_allocate(self):
        """Allocations are made with full authentication, and given back"""
        code, result, said = self.bench("allocate", "--seconds", "0.5", "--in-flight", "8", peers=False)
        self.assertEqual((code, said), (0, ""))
        self.assertGreater(result["allocations"], 0)
        self.assertEqual(result["failed"], 0)

    def test_binding(self):
        """Binding requests are answered, and each that is not in time counts as lost"""
        code, result, said = self.bench("binding", "--seconds", "0.5", "--in-flight", "8", peers=False)
        self.assertEqual((code, said), (0, ""))
        self.assertGreater(result["delivered"], 0)
        self.assertEqual(result["delivered"] + result["lost"], result["sent"])

    def test_hold(self):
        """Allocations are held as many as were asked for, and the server's memory is read before and after"""
        code, result, said = self.bench("hold", "--seconds", "0.5", "--allocations", "200", "--peer-address",
                                        topology.PEER)
        self.assertEqual((code, said), (0, ""))
        self.assertEqual((result["allocations"], result["failed"]), (200, 0))
        self.assertGreaterEqual(result["rss_kb_after"], result["rss_kb_before"])

    def test_profile(self):
        """Calls of every kind go through, while others join and leave"""
        for name in ("audio", "consult", "conference-4", "conference-8"):
            with self.subTest(profile=name):
                code, result, said = self.bench(f"profile {name}", "--seconds", "1", "--call-seconds", "1")
                self.assertEqual((code, said), (0, ""), result)
                self.assertEqual((result["profile"], result["calls"], result["failed"]), (name, 1, 0))
                self.assertEqual(result["delivered"] + result["lost"], result["sent"])
                self.assertGreater(result["delivered"], 0)
                self.assertEqual(result["duplicated"], 0)

    def test_plan(self):
        """A plan says how many calls there can be, and what gives out first"""
        code, result, said = self.bench("plan --profile audio", "--seconds", "1", "--relay-ports", "20")
        self.assertEqual((code, said), (0, ""))
        self.assertEqual(result["calls_by_limit"]["ports"], 10)
        self.assertLessEqual(result["calls"], 10)
        self.assertIn(result["gives_out_first"], result["calls_by_limit"])

    def test_report(self):
        """A report is one page with plots, the result and its conditions, and no password"""
        page = self.server.folder / "report.html"
        self.assert_relays("--html", str(page), slowly=self.slowly(seconds=2))
        text = page.read_text()
        for part in ("<svg", "<polyline", "latency_us.p99", "kernel"):
            self.assertIn(part, text)
        self.assertNotIn(servers.USERS["alice"], text)

    def test_failure(self):
        """A wrong password is said, and nothing is measured"""
        done = self.network["client"].run(
            [str(servers.Turnpike.binaries / "turnpike-bench"), "relay", "--user", "alice", "--password", "guess",
             f"turn:{topology.SERVER}?transport=udp"])
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("Allocate: 401", done.stderr)
