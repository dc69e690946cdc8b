# SPDX-License-Identifier: BSD-3-Clause
import contextlib
import io
import pathlib
import types
import unittest

import sample
from compare import contenders, measure, options, plan, record

PAIR = types.SimpleNamespace(certificate="cert.pem", private_key="key.pem", key="key.pem")
SECURE = contenders.Setting(1, "tls", PAIR)


def words_of(row, repeat=1, direction="up", **more):
    return measure.bench_words("turnpike-bench", plan.Step(row, repeat, "coturn", direction), seconds=2, **more)


class BenchCommand(unittest.TestCase):
    def test_relays_to_the_peer_over_the_row_s_transport(self):
        words = words_of(sample.RELAY)
        self.assertEqual(words[:3], ["turnpike-bench", "relay", "turn:10.2.0.2:3478?transport=udp"])
        self.assertIn("--peer-address 10.3.0.2", " ".join(words))
        self.assertIn("--label row=relay --label server=coturn --label repeat=1", " ".join(words))
        self.assertNotIn("--insecure", words)

    def test_has_a_uri_for_each_transport(self):
        self.assertEqual([measure.uri(transport) for transport in ("tcp", "tls", "dtls")],
                         ["turn:10.2.0.2:3478?transport=tcp", "turns:10.2.0.2:5349?transport=tcp",
                          "turns:10.2.0.2:5349?transport=udp"])
        self.assertEqual(measure.uri("udp", ipv6=True), "turn:[fd02::2]:3478?transport=udp")

    def test_looks_for_the_capacity_before_it_offers_a_share_of_it(self):
        self.assertIn("--rate search", " ".join(words_of(sample.FLOOD, repeat=0)))
        self.assertIn("--rate 7000", " ".join(words_of(sample.FLOOD, rate=7000)))

    def test_speaks_without_a_relay_where_there_is_none(self):
        words = [measure.bench_words("turnpike-bench", plan.Step(sample.WIRE, 1, server, "up"), seconds=2)
                 for server in ("bare", "coturn")]
        self.assertEqual(["--direct" in each for each in words], [True, False])
        self.assertTrue(all("--wire" in each for each in words))

    def test_needs_no_peer_to_bind(self):
        self.assertNotIn("--peer-address", words_of(sample.BINDING, direction=None))

    def test_is_written_down_without_where_the_tree_lies(self):
        self.assertEqual(measure.relative(["/a/tree/build/bin/x", "--y=/a/tree/z", 3], pathlib.Path("/a/tree")),
                         "build/bin/x --y=z 3")


class Servers(unittest.TestCase):
    def test_each_has_one_thread_that_relays(self):
        self.assertEqual(contenders.turnpike_config(contenders.Setting(1))["server"]["workers"], 1)
        self.assertIn("--relay-threads=1", contenders.coturn_words(contenders.Setting(1), "folder"))

    def test_what_only_forwards_knows_its_neighbours(self):
        neighbours = {"to-client": "02:00:00:00:00:01", "to-peer": "02:00:00:00:00:02"}
        self.assertEqual(contenders.bare_words("turnpike-bench", neighbours),
                         ["turnpike-bench", "forward", "to-client=02:00:00:00:00:01", "to-peer=02:00:00:00:00:02"])

    def test_both_have_the_same_ports_user_and_relays(self):
        config, words = contenders.turnpike_config(SECURE), contenders.coturn_words(SECURE, "folder")
        self.assertIn("--min-port=%d" % config["relay"]["ports"][0], words)
        self.assertIn("--max-port=%d" % config["relay"]["ports"][1], words)
        for address in config["relay"]["addresses"]:
            self.assertIn(f"--relay-ip={address}", words)
        (user, password), = config["users"].items()
        self.assertIn(f"--user={user}:{password}", words)

    def test_speaks_tls_where_a_row_wants_it_and_nowhere_else(self):
        plain = contenders.Setting(1)
        self.assertNotIn("tls", contenders.turnpike_config(plain)["listen"])
        self.assertIn("--no-tls", contenders.coturn_words(plain, "folder"))
        self.assertEqual(contenders.turnpike_config(SECURE)["listen"]["certificate"], "cert.pem")
        self.assertIn("--cert=cert.pem", contenders.coturn_words(SECURE, "folder"))


class CommandLine(unittest.TestCase):
    def refused(self, *words):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as end:
            options.parse(words)
        self.assertEqual(end.exception.code, 2)
        return said.getvalue()

    def test_measures_everything_five_times_unless_told_otherwise(self):
        made = options.parse([])
        self.assertEqual((made.repeats, made.seconds, made.reference, len(made.rows)),
                         (5, 3, "coturn", len(options.rows.ROWS)))

    def test_quick_is_once_for_a_second_unless_told_otherwise(self):
        made = options.parse(["--quick"])
        self.assertEqual((made.repeats, made.seconds), (1, 1))
        self.assertEqual(options.parse(["--quick", "--repeats", "2"]).repeats, 2)

    def test_compares_with_the_program_of_before_where_coturn_is_left_out(self):
        made = options.parse(["--servers", "turnpike", "--baseline", "old/turnpike"])
        self.assertEqual(made.reference, "baseline")
        self.assertEqual([entrant.name for entrant in contenders.entrants(made_with_bin(made))], ["turnpike", "baseline"])

    def test_several_baselines_have_names(self):
        made = options.parse(["--baseline", "one=a", "--baseline", "two=b"])
        self.assertEqual([name for name, _ in made.baseline], ["one", "two"])
        self.assertIn("of one name", self.refused("--baseline", "a", "--baseline", "b"))
        self.assertIn("no name for a baseline", self.refused("--baseline", "coturn=a"))

    def test_refuses_what_it_does_not_know(self):
        self.assertIn("no row named nothing", self.refused("--rows", "nothing"))
        self.assertIn("no server named pion", self.refused("--servers", "pion"))
        self.assertIn("is not among the servers", self.refused("--servers", "turnpike", "--reference", "coturn"))
        self.assertIn("at least 1", self.refused("--repeats", "0"))
        self.assertIn("more than 0", self.refused("--seconds", "0"))


def made_with_bin(made):
    made.bin = pathlib.Path("build")
    return made


class Records(unittest.TestCase):
    def test_finds_the_first_match_and_says_where_there_is_none(self):
        self.assertEqual(record.first(r"^model name\s*: (.*)", "x: 1\nmodel name : a b \n"), "a b")
        self.assertEqual(record.first("nothing (.)", "text"), "unknown")
