# SPDX-License-Identifier: BSD-3-Clause
"""Which measurements are made, in which order, and how long that takes at most."""
import dataclasses
import itertools

SEARCH_TRIALS = 18  # how many rates a search tries, as a rule, each for at most a second, before it measures one
START_SECONDS = 4  # to start a server and to make allocations
LIMIT_TIMES, LIMIT_SECONDS = 4, 60  # after so long a measurement is broken off


@dataclasses.dataclass(frozen=True)
class Step:
    """One measurement. `repeat` counts from 1; 0: it finds out what a server can, for the load of those that follow."""

    row: object
    repeat: int
    server: str
    direction: str | None

    @property
    def finds_capacity(self):
        return self.repeat == 0

    @property
    def searches(self):
        return self.row.searches or self.finds_capacity

    def seconds(self, load_seconds):
        trials = SEARCH_TRIALS * min(load_seconds, 1) if self.searches else 0
        return START_SECONDS + trials + load_seconds

    def seconds_at_most(self, load_seconds):
        return LIMIT_SECONDS + LIMIT_TIMES * self.seconds(load_seconds)


def steps(rows, servers, repeats, reference):
    """Row after row; within one the servers that take part take turns, each in all directions."""
    made = []
    for row in rows:
        able = [server for server in servers if row.takes(server)]
        if able == [reference] and len(servers) > 1:  # with nobody to compare
            continue
        if row.load:
            first = [reference] if row.load.of == "reference" else able
            made += [Step(row, 0, server, direction) for server, direction in itertools.product(first, row.directions)]
        made += [Step(row, *place) for place in itertools.product(range(1, repeats + 1), able, row.directions)]
    return made


def total(made, load_seconds):
    return sum(step.seconds(load_seconds) for step in made)


def total_at_most(made, load_seconds):
    return sum(step.seconds_at_most(load_seconds) for step in made)


def rest(made, done, load_seconds, spent):
    """Seconds still to go: as planned, and by as much off as what has been done was."""
    planned = total(made[:done], load_seconds)
    return total(made[done:], load_seconds) * (spent / planned if planned else 1)


def duration(seconds):
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{max(1, round(seconds))} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


class Capacities:
    """The largest rates without loss that servers were found to carry, by row and direction."""

    def __init__(self):
        self.found = {}

    def add(self, step, packets_per_second):
        self.found.setdefault((step.row.name, step.direction), {})[step.server] = packets_per_second

    def rate(self, step, reference):
        """What to offer in this step: None where the row has no load of its own, LookupError where nobody knows."""
        load = step.row.load
        if load is None or step.finds_capacity:
            return None
        found = self.found.get((step.row.name, step.direction), {})
        capacity = found.get(reference) if load.of == "reference" else max(found.values(), default=None)
        if not capacity:
            raise LookupError("nobody knows what to offer: the largest rate was not found")
        return load.times * capacity
