# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of bench/compare share: a table of two rows, and records as a run writes them."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[4]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests" / "e2e")]

from compare import rows  # noqa: E402

RELAY = rows.Row("relay", "relayed", "relay", ("--flows", "10"), rows.relayed(1.2), rows.UP_AND_DOWN, searches=True)
FLOOD = rows.Row("flood", "goodput", "relay", (), rows.relayed(10), ("up",), load=rows.Load(10, "best"))
DELAY = rows.Row("delay", "latency", "relay", (), (rows.Figure("latency_us.p99", "µs", rows.LOWER, 0.8, "p99"),
                                                   rows.Figure("latency_us.p50", "µs", rows.LOWER, None, "p50")),
                 ("up",), load=rows.Load(0.5, "reference"))
BINDING = rows.Row("binding", "Binding requests", "binding",
                   figures=(rows.Figure("requests_per_second", "1/s", rows.HIGHER, 1.5),))
WIRE = rows.Row("wire", "by the wire", "relay", (), (
    rows.Figure("pps", "packets/s", floors=(*rows.above("coturn", xdp=10), *rows.above("bare", xdp=0.75))),
    rows.Figure("cpu", "cores", rows.LOWER, title="process", floors=rows.above(None, xdp=0.02))), ("up",),
    is_wire=True, servers=("turnpike-xdp", "bare", "coturn"))
TABLE = (RELAY, FLOOD, DELAY, BINDING, WIRE)

CONDITIONS = {
    "commit": "0123456789ab", "machine": {"processor": "a processor", "cores": 2, "memory_mb": 1024, "system": "a system"},
    "kernel": "6.1", "flags": "-O2", "servers": {"turnpike": {"version": "1.0"}, "coturn": {"version": "4.6.1"}},
    "reference": "coturn", "seconds": 3, "repeats": 2, "cables": "whole", "family": "IPv4", "server_core": 1,
    "load_cores": [0], "others_busy": 0.02,
}


def record(row, server, repeat, result, direction=None, **more):
    return {"row": row, "server": server, "repeat": repeat, "direction": direction, "result": result, **more}


def requests(server, *rates):
    """Binding requests per second, one record for each repeat."""
    return [record("binding", server, number, {"requests_per_second": rate}) for number, rate in enumerate(rates, start=1)]
