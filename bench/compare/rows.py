# SPDX-License-Identifier: BSD-3-Clause
"""The matrix: one row for each kind of work, what of it counts, and the least that is wanted against coturn.

To add one: a `Row` in ROWS. A row with several directions is measured once in each, and its figures are their means.
"""
import dataclasses

HIGHER, LOWER = "higher", "lower"
UP_AND_DOWN = ("up", "down")


@dataclasses.dataclass(frozen=True)
class Floor:
    """What is wanted of one server: of its ratio to another one, or, where none is named, of the figure itself."""

    server: str
    value: float
    to: str | None = None


@dataclasses.dataclass(frozen=True)
class Figure:
    """One number of a result line of turnpike-bench."""

    path: str  # with a point between the names of nested fields; `a/b`: one divided by the other
    unit: str
    better: str = HIGHER
    floor: float | None = None  # of the ratio to coturn: at least, or where lower is better at most
    title: str = ""  # where a row has several
    floors: tuple = ()  # where they are others for each server

    def floor_of(self, ours, theirs):
        """Of the ratio of two servers; None where there is none."""
        found = [floor.value for floor in self.floors if (floor.server, floor.to) == (ours, theirs)]
        return found[0] if found else self.floor if theirs == "coturn" else None

    def wanted(self):
        """All of it, in words."""
        usual = [f"{self.floor:g} × coturn"] if self.floor is not None else []
        return ", ".join(usual + [f"{floor.server} {floor.value:g} " + (f"× {floor.to}" if floor.to else self.unit)
                                  for floor in self.floors]) or "none"

    def limit_of(self, server):
        """Of what one server does, whatever others do."""
        return next((floor.value for floor in self.floors if (floor.server, floor.to) == (server, None)), None)


@dataclasses.dataclass(frozen=True)
class Load:
    """A rate that follows from what servers can: so many times the largest rate without loss that `of` carries."""

    times: float
    of: str  # reference: the server that ratios are to; best: whichever server of this run carries most


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    title: str
    test: str  # the command of turnpike-bench
    arguments: tuple = ()
    figures: tuple = ()
    directions: tuple = (None,)
    transport: str = "udp"
    load: Load | None = None
    is_taken_apart: bool = False  # a router takes bursts apart, so that the server receives each packet singly
    searches: bool = False  # whether turnpike-bench looks for the largest rate, and so takes several times as long
    is_wire: bool = False  # the kernel makes and counts the packets, in a network without routers
    servers: tuple = ()  # none: all that relay

    def takes(self, server):
        """Whether this server takes part."""
        return server in self.servers if self.servers else server not in RELAYLESS

    def words(self, direction, rate=None):
        """What turnpike-bench is told beside where and for how long."""
        words = list(self.arguments)
        if direction:
            words += ["--direction", direction]
        if self.is_wire:
            words.append("--wire")
        if rate is not None:
            words += ["--rate", f"{rate:.0f}"]
        elif self.searches:
            words += ["--rate", "search"]
        return words


def relayed(floor):
    return (Figure("pps", "packets/s", HIGHER, floor),)


def traffic(flows, size, burst):
    return ("--flows", str(flows), "--size", str(size), "--burst", str(burst))


def above(to, sockets=None, **floors):
    """Floors of turnpike's kinds, by their last name."""
    first = (Floor("turnpike", sockets, to),) if sockets is not None else ()
    return first + tuple(Floor(f"turnpike-{kind}", value, to) for kind, value in floors.items())


SINGLE = traffic(1000, 172, 1)
RELAYLESS = ("bare", "forwarding")  # what only forwards, to see what relaying costs
WIRE = ("turnpike", "turnpike-xdp", "turnpike-tc", "coturn")
CORE_TIME = Figure("server.core_us_per_packet", "µs", LOWER, title="the server's core for each")

ROWS = (
    Row("relay", "relayed without loss, 172 B, 1,000 flows, single packets", "relay", SINGLE, relayed(1.2),
        UP_AND_DOWN, searches=True),
    Row("bursts-172", "relayed without loss, 172 B, 10 flows, bursts of 16", "relay", traffic(10, 172, 16), relayed(4),
        UP_AND_DOWN, searches=True),
    Row("bursts-1200", "relayed without loss, 1,200 B, 10 flows, bursts of 16", "relay", traffic(10, 1200, 16),
        relayed(3.5), UP_AND_DOWN, searches=True),
    Row("symmetric", "hairpin pairs without loss, 172 B, 100 flows, single packets", "symmetric", traffic(100, 172, 1),
        relayed(2.5), searches=True),
    # The generator sends bursts, or one core could not offer as much.
    Row("overload", "goodput with ten times the capacity offered, 172 B, 100 flows, single packets", "relay",
        traffic(100, 172, 64), relayed(10), ("up",), load=Load(10, "best"), is_taken_apart=True),
    # Single packets are for the generator, which writes each of them by itself, dearer than for either server.
    Row("tcp", "TCP clients, UDP peers, 172 B, 10 flows, bursts of 16", "relay", traffic(10, 172, 16), relayed(2.5),
        UP_AND_DOWN, transport="tcp", searches=True),
    Row("tcp-single", "TCP clients, UDP peers, 172 B, 100 flows, single packets", "relay", traffic(100, 172, 1),
        relayed(None), UP_AND_DOWN, transport="tcp", searches=True),
    Row("tls", "TLS clients, UDP peers, 172 B, 10 flows, bursts of 16", "relay", traffic(10, 172, 16), relayed(2),
        UP_AND_DOWN, transport="tls", searches=True),
    Row("tls-single", "TLS clients, UDP peers, 172 B, 100 flows, single packets", "relay", traffic(100, 172, 1),
        relayed(None), UP_AND_DOWN, transport="tls", searches=True),
    Row("allocate", "allocations with full authentication", "allocate",
        figures=(Figure("allocations_per_second", "1/s", HIGHER, 3),)),
    Row("binding", "Binding requests", "binding", figures=(Figure("requests_per_second", "1/s", HIGHER, 1.5),)),
    Row("latency", "latency at half of the reference's largest rate, 172 B, 1,000 flows", "relay", SINGLE,
        (Figure("latency_us.p99", "µs", LOWER, 0.8, "p99"), Figure("latency_us.p50", "µs", LOWER, None, "p50")),
        UP_AND_DOWN, load=Load(0.5, "reference")),
    Row("wire", "by the wire, without loss, 172 B, 1,000 flows", "relay", SINGLE,
        (Figure("pps", "packets/s", title="packets", floors=(
            *above("coturn", sockets=1.2, xdp=10, tc=4), *above("bare", xdp=0.75), *above("forwarding", tc=1))), CORE_TIME),
        UP_AND_DOWN, searches=True, is_wire=True, servers=(*WIRE, *RELAYLESS)),
    # Whoever loses nothing is decided by when threads are woken as much as by what they cost; here that counts alone.
    Row("wire-flood", "by the wire, as much offered as can be made, 172 B, 1,000 flows", "relay", (*SINGLE, "--rate", "max"),
        (Figure("pps", "packets/s", title="goodput", floors=(*above("bare", xdp=0.75), *above("forwarding", tc=1))),
         CORE_TIME), UP_AND_DOWN, is_wire=True, servers=(*WIRE, *RELAYLESS)),
    Row("wire-hairpin", "by the wire, hairpin pairs without loss, 172 B, 100 flows", "symmetric", traffic(100, 172, 1),
        (Figure("pps", "packets/s", title="packets", floors=above("coturn", sockets=2.5, xdp=20)), CORE_TIME), searches=True,
        is_wire=True, servers=WIRE),
    Row("wire-overload", "by the wire, ten times coturn's capacity offered, 172 B, 1,000 flows", "relay", SINGLE,
        (Figure("pps", "packets/s", title="goodput", floors=above("coturn", sockets=10, xdp=10)),
         Figure("delivered/sent", "of 1", title="delivered", floors=above(None, xdp=0.999))), ("up",),
        load=Load(10, "reference"), is_wire=True, servers=WIRE),
    Row("wire-latency", "by the wire, one way at 40,000 packets/s, 172 B, 1,000 flows", "relay",
        (*SINGLE, "--rate", "40000"),
        (Figure("latency_us.p50", "µs", LOWER, title="p50", floors=above("coturn", xdp=0.4)),
         Figure("latency_us.p99", "µs", LOWER, title="p99", floors=above("coturn", sockets=0.8, xdp=0.3))), UP_AND_DOWN,
        is_wire=True, servers=(*WIRE, *RELAYLESS)),
    Row("wire-process", "by the wire, 500,000 packets/s of calls that go on, 172 B, 1,000 flows", "relay",
        (*SINGLE, "--rate", "500000"),
        (Figure("server.cpu_seconds/seconds", "cores", LOWER, title="the process", floors=above(None, xdp=0.02, tc=0.02)),
         CORE_TIME), UP_AND_DOWN, is_wire=True, servers=("turnpike-xdp", "turnpike-tc")),
    Row("memory", "resident memory of an idle allocation with a channel", "hold", ("--allocations", "5000"),
        (Figure("octets_per_allocation", "B", LOWER, 0.1),)),
    Row("memory-tls", "resident memory of an idle allocation with a channel, its TLS session included", "hold",
        ("--allocations", "1000"), (Figure("octets_per_allocation", "B", LOWER, 0.3),), transport="tls"),
)


def selected(names, rows=ROWS):
    """The rows of these names, in the table's order; all where none is named."""
    known = [row.name for row in rows]
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"no row named {', '.join(unknown)}; there are: {', '.join(known)}")
    return [row for row in rows if not names or row.name in names]


def value(result, path):
    """The number at `path` in a result line, or None where the line has none there."""
    if "/" in path:
        above_line, below_line = (value(result, part) for part in path.split("/"))
        return above_line / below_line if above_line is not None and below_line else None
    for name in path.split("."):
        if not isinstance(result, dict) or name not in result:
            return None
        result = result[name]
    return result if isinstance(result, (int, float)) and not isinstance(result, bool) else None


def met(figure, number, floor):
    """Whether a ratio reaches its floor, or a value its limit; None where there is none."""
    if floor is None or number is None:
        return None
    return number >= floor if figure.better == HIGHER else number <= floor
