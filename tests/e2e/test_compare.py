# SPDX-License-Identifier: BSD-3-Clause
"""bench/compare runs through beside coturn and leaves results that a program can read, and nothing else."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import case
import servers
import topology

ROW, FIGURE = "binding", "requests_per_second"
FIELDS = ("time", "commit", "machine", "kernel", "flags", "command", "server_command", "cores")


class Compare(unittest.TestCase):
    alone = True  # it wants both cores

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def compare(self, *words, row=ROW):
        """The exit code, what it said, and the process's id."""
        program = case.ROOT / "bench" / "compare" / "run"
        with subprocess.Popen([sys.executable, str(program), "--bin", str(servers.Turnpike.binaries), "--output",
                               str(self.folder), "--quick", "--rows", row, *words], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            said, _ = process.communicate()
        return process.returncode, said, process.pid

    def records(self):
        return [json.loads(line) for path in self.folder.glob("*.jsonl") for line in path.read_text().splitlines()]

    def test_both_servers(self):
        """Each server has a result with all that it needs to mean something later, and the table has both [bench]"""
        code, said, _ = self.compare("--repeats", "1", "--seconds", "1")
        self.assertEqual(code, 0, said)
        records = self.records()
        self.assertEqual([(record["row"], record["server"]) for record in records],
                         [(ROW, "turnpike"), (ROW, "coturn")])
        for record in records:
            self.assertEqual([name for name in FIELDS if not record.get(name)], [], record)
            self.assertNotIn("error", record)
            self.assertGreater(record["result"][FIGURE], 0)
        table, page = ([path.read_text() for path in self.folder.glob(f"*.{kind}")] for kind in ("md", "html"))
        self.assertRegex("".join(table), r"\| Binding requests( \[\d\])* \|.* × \|")
        self.assertIn("<svg", "".join(page))

    def test_by_the_wire(self):
        """The kernel makes and counts the packets of a relay in the kernel, of coturn, and where there is no relay [bench]"""
        servers_asked = ["turnpike-xdp", "turnpike-tc", "bare", "forwarding", "coturn"]
        code, said, _ = self.compare("--servers", ",".join(servers_asked), row="wire-latency")
        self.assertEqual(code, 0, said)
        records = self.records()
        self.assertEqual({(record["server"], record["direction"]) for record in records},
                         {(server, direction) for server in servers_asked for direction in ("up", "down")})
        for record in records:
            self.assertNotIn("error", record)
            result = record["result"]
            self.assertGreater(result["delivered"], 0, record)
            self.assertEqual(result["duplicated"], 0, record)
            self.assertGreater(result["latency_us"]["p50"], 0, record)

    def test_leaves_no_namespace(self):
        """Namespaces are gone after a run in which nothing could be measured, and a record says why"""
        code, said, process = self.compare("--servers", "turnpike", "--bench", "/bin/false")
        self.assertEqual(code, 2, said)
        self.assertIn("exit code 1", self.records()[0]["error"])
        self.assertEqual(list(pathlib.Path("/run/netns").glob(f"{topology.PREFIX}-{process}-*")), [])
