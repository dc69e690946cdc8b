# SPDX-License-Identifier: BSD-3-Clause
"""A run: makes the network, lets the servers take turns, and keeps what each measurement said."""
import contextlib
import dataclasses
import pathlib
import resource
import signal
import subprocess
import time

import certificates
import topology
from compare import contenders, cores, measure, network, plan, ratios, record, results, rows

DESCRIPTORS = 262_144
ROOT = pathlib.Path(__file__).resolve().parents[2]


def interrupt(number, _):
    raise KeyboardInterrupt(signal.Signals(number).name)


@contextlib.contextmanager
def cleaned_up():
    """Whatever happens within, and whichever signal ends it, no namespace, folder or process of ours is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    topology.remove_leftovers()
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        topology.remove_leftovers()


def prepare(options):
    """Installs coturn where it is missing, and builds where no folder of programs was given."""
    if "coturn" in options.servers:
        subprocess.run([ROOT / "packaging" / "install-dependencies", "bench"], check=True)
    if options.bin is None:
        subprocess.run([ROOT / "packaging" / "install-dependencies", "build"], check=True)
        subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["cmake", "--build", "--preset", "release", "--target", "turnpike", "turnpike-bench"], cwd=ROOT,
                       check=True)
        options.bin = ROOT / "build" / "release" / "bin"
    options.bin = options.bin.resolve()
    options.bench = (options.bench or options.bin / "turnpike-bench").resolve()


def raise_descriptors():
    """For what we start: thousands of allocations are as many sockets, at each end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(hard, DESCRIPTORS)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
    except (OSError, ValueError):  # a container may forbid it
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, hard), hard))


class Session:
    """The measurements of one run, each with a server of its own."""

    def __init__(self, options, networks, writer):
        self.options, self.networks, self.writer = options, networks, writer
        self.entrants = {entrant.name: entrant for entrant in contenders.entrants(options)}
        self.steps = plan.steps(options.rows, list(self.entrants), options.repeats, options.reference)
        self.capacities = plan.Capacities()
        self.bench = measure.Bench(options.bench, options)
        self.pair = None
        self.spent = 0.0

    def run(self):
        try:
            for number, step in enumerate(self.steps):
                began = time.monotonic()
                kept = self.writer.add(step, self.measured(step))
                self.spent += time.monotonic() - began
                self.say(number + 1, step, kept)
        finally:
            self.bench.close()

    def measured(self, step):
        """A failed measurement is a record too: the others go on."""
        try:
            rate = self.capacities.rate(step, self.options.reference)
            entrant = self.entrants[step.server]
            place = self.networks.of(step.row)
            place.take_apart(step.row.is_taken_apart)
            place.receive_as(entrant.is_xdp)
            server = entrant.start(place["server"], self.setting(step, place))
        except (LookupError, RuntimeError, OSError) as error:
            return {"error": str(error)}
        try:
            fields = self.bench.measure(step, place, server, rate)
        finally:
            server.stop()
        if step.finds_capacity and (found := rows.value(fields.get("result"), "pps")):
            self.capacities.add(step, found)
        return fields

    def setting(self, step, place):
        neighbours = place.neighbours() if step.row.is_wire else {}
        setting = contenders.Setting(place.server_core, step.row.transport, neighbours=neighbours)
        if not setting.is_secure:
            return setting
        self.pair = self.pair or certificates.Authority(topology.scratch_folder()).issue(network.LISTENER)
        return dataclasses.replace(setting, pair=self.pair)

    def say(self, done, step, kept):
        rest = plan.rest(self.steps, done, self.options.seconds, self.spent)
        print(f"[{done}/{len(self.steps)}, {plan.duration(rest)} to go] {name_of(step)}: {outcome(step, kept)}",
              flush=True)


def name_of(step):
    turn = "capacity" if step.finds_capacity else f"{step.repeat}"
    return " ".join(filter(None, [step.row.name, step.direction, step.server, turn]))


def outcome(step, kept):
    if "error" in kept:
        return f"FAILED: {kept['error']}"
    figures = step.row.figures if not step.finds_capacity else rows.relayed(None)
    said = [f"{figure.title} {ratios.number(rows.value(kept['result'], figure.path))} {figure.unit}".strip()
            for figure in figures]
    busy = rows.value(kept["result"], "server.core_busy")
    each = rows.value(kept["result"], "server.core_us_per_packet")
    limit = kept["result"].get("bottleneck", "none")
    return ", ".join(said + ([f"server's core {busy:.0%} busy"] if busy is not None else [])
                     + ([f"{each:.2f} µs of it a packet"] if each else []) + ([f"limit: {limit}"] if limit != "none" else []))


def measure_all(options):
    """Returns the results and the conditions, and where the JSON lines are."""
    available = cores.available()
    server_core = max(available) if options.server_core is None else options.server_core
    load = cores.split(server_core, available)
    raise_descriptors()
    entrants = contenders.entrants(options)
    shared = record.conditions(options, entrants, server_core, load)
    path = options.output / f"compare-{record.now():%Y%m%dT%H%M%SZ}-{shared['commit']}.jsonl"
    writer = record.Writer(path, shared)
    with cleaned_up(), contextlib.ExitStack() as ends:
        networks = network.Networks(server_core, load, options.cables)
        ends.callback(networks.remove)
        session = Session(options, networks, writer)
        if not session.steps:
            raise ValueError("none of these servers takes part in these rows: see --servers")
        print(promise(session.steps, options), flush=True)
        for place in dict.fromkeys(networks.of(step.row) for step in session.steps):
            print(placement(place), flush=True)
        session.run()
    return results.Results(writer.records), shared, path


def promise(steps, options):
    return (f"{len(steps)} measurements: about {plan.duration(plan.total(steps, options.seconds))}, at most "
            f"{plan.duration(plan.total_at_most(steps, options.seconds))}")


def placement(place):
    """Shows that the server's packets are received where they should be."""
    received = place.received_where()
    held = received.get(place.server_core, 0)
    verdict = "as wanted" if held >= network.PROBES else "NOT as wanted: the ratios are of something else"
    return (f"server on core {place.server_core}, load on {cores.listed(place.load)}; of {network.PROBES} packets to the "
            f"server its core received {min(held, network.PROBES)}: {verdict}")
