# SPDX-License-Identifier: BSD-3-Clause
"""What the records of a run say: the figures of each server, and their ratios to another one."""
import dataclasses

from compare import ratios, rows

NO_RESULT = {}
LOSS_MAX = 0.002  # a search takes half of that for no loss


@dataclasses.dataclass(frozen=True)
class Line:
    """One figure of one row: what two servers did, and how they compare."""

    row: rows.Row
    figure: rows.Figure
    ours: ratios.Spread | None
    theirs: ratios.Spread | None
    ratio: ratios.Spread | None
    floor: float | None
    limit: float | None  # of ours alone
    met: bool | None  # None: there is neither floor nor limit
    notes: tuple = ()

    @property
    def title(self):
        return f"{self.row.title}: {self.figure.title}" if self.figure.title else self.row.title


class Results:
    def __init__(self, records, table=rows.ROWS):
        self.records = records
        measured = {record["row"] for record in records}
        self.rows = [row for row in table if row.name in measured]
        self.servers = list(dict.fromkeys(record["server"] for record in records if record["repeat"]))

    def is_empty(self):
        return all("error" in record for record in self.records)

    def of(self, row, server):
        """By repeat and direction; those that only found out a capacity are no results."""
        return {(record["repeat"], record["direction"]): record for record in self.records
                if record["row"] == row.name and record["server"] == server and record["repeat"]}

    def values(self, row, figure, server):
        """For each repeat the mean over the directions; None where one is missing."""
        found = self.of(row, server)
        repeats = max((repeat for repeat, _ in found), default=0)
        return [ratios.mean(rows.value(found.get((repeat, direction), NO_RESULT).get("result"), figure.path)
                            for direction in row.directions) for repeat in range(1, repeats + 1)]

    def line(self, row, figure, ours, theirs):
        """A floor is one of turnpike against coturn, or one that the figure names; of other pairs the ratio stands alone."""
        mine, other = self.values(row, figure, ours), self.values(row, figure, theirs)
        ratio = ratios.ratio(mine, other)
        floor, limit = figure.floor_of(ours, theirs), figure.limit_of(ours)
        spread = ratios.spread(mine)
        verdicts = [bool(found and rows.met(figure, found.median, wanted))
                    for found, wanted in ((ratio, floor), (spread, limit)) if wanted is not None]
        return Line(row, figure, spread, ratios.spread(other), ratio, floor, limit, all(verdicts) if verdicts else None,
                    tuple(self.notes(row, ours, theirs)))

    def lines(self, ours, theirs):
        """Of rows that both take part in, and of ours alone where there is a limit."""
        return [self.line(row, figure, ours, theirs) for row in self.rows for figure in row.figures if row.takes(ours)
                and (row.takes(theirs) or (theirs == "coturn" and figure.limit_of(ours) is not None))]

    def notes(self, row, *servers):
        """What a reader must know before trusting a ratio."""
        for server in servers:
            found = list(self.of(row, server).values())
            failed = [record for record in found if "error" in record]
            if failed:
                yield f"{server}: {len(failed)} of {len(found)} measurements failed"
            lines = [record["result"] for record in found if "result" in record]
            if lines and 2 * [line.get("bottleneck") for line in lines].count("bench") > len(lines):
                yield f"{server}: the generator was at its limit, the server may do more"
            if lossy := [line for line in lines if row.searches and is_lossy(line)]:
                yield f"{server}: in {len(lossy)} of {len(found)} measurements every rate that was tried lost packets"
            yield from self.offered(row, server, found)

    @staticmethod
    def offered(row, server, found):
        """Where more was to be offered than the generator could."""
        if not row.load or row.load.times <= 1:
            return
        wanted = ratios.mean(record.get("offered_pps") for record in found)
        real = ratios.mean(sent_per_second(record.get("result")) for record in found)
        if wanted and real and real < 0.9 * wanted:
            yield f"{server}: {real / wanted * row.load.times:.1f} times the capacity was offered, not {row.load.times:g}"

    def pairs(self, reference):
        """Who is compared with whom: all with the reference, and turnpike with each baseline."""
        made = [(server, reference) for server in self.servers if server != reference]
        others = ("turnpike", "coturn", reference, *rows.RELAYLESS)
        baselines = [server for server in self.servers if server not in others]
        made += [("turnpike", server) for server in baselines if "turnpike" in self.servers]
        return list(dict.fromkeys(made + self.pairs_with_floors()))

    def pairs_with_floors(self):
        """Those that a figure names."""
        named = [(floor.server, floor.to or "coturn") for row in self.rows for figure in row.figures
                 for floor in figure.floors]
        return [pair for pair in dict.fromkeys(named) if set(pair) <= set(self.servers)]

    def missed(self):
        """The lines whose floor turnpike does not reach."""
        pairs = [("turnpike", "coturn")] if {"turnpike", "coturn"} <= set(self.servers) else []
        return [line for pair in pairs + self.pairs_with_floors() for line in self.lines(*pair) if line.met is False]




def is_lossy(line):
    sent, lost = rows.value(line, "sent"), rows.value(line, "lost")
    return bool(sent and lost and lost > LOSS_MAX * sent)


def sent_per_second(line):
    sent, seconds = rows.value(line, "sent"), rows.value(line, "seconds")
    return sent / seconds if sent is not None and seconds else None
