# SPDX-License-Identifier: BSD-3-Clause
"""The result as a page of its own, without anything to fetch: ratios on a logarithmic scale, with spread and floor."""
import html
import math

from compare import ratios, table

WIDTH, LABELS, RIGHT, TOP, LINE = 1080, 130, 130, 34, 34  # pixels
TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #6b7580; --rule: #d5dae0; --met: #1a7f37; --missed: #c4321f;
  --free: #3b6fb5; --paper: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --dim: #9aa4ae; --rule: #3a4149; --met: #4cc26a;
  --missed: #ff7b66; --free: #7fb0f0; --paper: #16191d } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1100px;
  margin: 2em auto; padding: 0 1em }
svg { width: 100%; height: auto } text { fill: var(--ink); font: 13px system-ui, sans-serif }
.dim { fill: var(--dim) } .rule { stroke: var(--rule) } .one { stroke: var(--dim); stroke-dasharray: 4 3 }
.met { fill: var(--met); stroke: var(--met) } .missed { fill: var(--missed); stroke: var(--missed) }
.free { fill: var(--free); stroke: var(--free) } .floor { stroke: var(--ink); stroke-width: 2 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } td, th { padding: 3px 10px; text-align: right;
  border-bottom: 1px solid var(--rule); white-space: nowrap }
td:first-child, th:first-child { text-align: left; white-space: normal }
"""
LEGEND = ("Dot: the median ratio. Bar: from the least to the most of the pairs. Upright stroke: the floor, to be "
          "reached from the left, or where less is better (◂) from the right.")


def page(results, conditions):
    parts = []
    for ours, theirs in results.pairs(conditions["reference"]):
        lines = results.lines(ours, theirs)
        parts.append(f"<h2>{escaped(ours)} ÷ {escaped(theirs)}</h2>\n{picture(lines)}\n{figures(lines, ours, theirs)}")
    body = "\n".join(parts) or "<p>One server alone: nothing to compare it with.</p>"
    return (f"<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Turnpike compared</title>"
            f"<style>{STYLE}</style>\n<h1>Turnpike compared</h1>\n<p>{escaped(table.sentence(conditions).replace('`', ''))}</p>\n"
            f"<p>{LEGEND}</p>\n{body}\n</html>\n")


def escaped(text):
    return html.escape(str(text))


class Scale:
    """From a ratio to a place in the picture."""

    def __init__(self, values):
        self.low = math.log(min([*values, 0.8]) / 1.15)
        self.high = math.log(max([*values, 1.25]) * 1.15)

    def x(self, ratio):
        share = (math.log(ratio) - self.low) / (self.high - self.low)
        return round(LABELS + share * (WIDTH - LABELS - RIGHT), 1)

    def ticks(self):
        return [tick for tick in TICKS if self.low <= math.log(tick) <= self.high]


def picture(lines):
    """The plot; a line without a ratio has its name there and nothing else."""
    seen = [line for line in lines if line.ratio]
    scale = Scale([number for line in seen for number in
                   (line.ratio.least, line.ratio.most, *([line.floor] if line.floor else [])) if number > 0])
    bottom = TOP + LINE * len(lines)
    parts = [f'<svg viewBox="0 0 {WIDTH} {bottom + 10}" role="img" aria-label="ratios of each kind of work">']
    for tick in scale.ticks():
        kind = "one" if tick == 1 else "rule"
        parts.append(f'<line class="{kind}" x1="{scale.x(tick)}" x2="{scale.x(tick)}" y1="{TOP - 8}" y2="{bottom}"/>'
                     f'<text class="dim" text-anchor="middle" x="{scale.x(tick)}" y="{TOP - 14}">{tick:g} ×</text>')
    parts += [mark(line, scale, TOP + LINE * number + LINE / 2) for number, line in enumerate(lines)]
    return "\n".join([*parts, "</svg>"])


def mark(line, scale, y):
    short = f"{line.row.name} {line.figure.title}".strip() + (" ◂" if line.figure.better == "lower" else "")
    parts = [f'<text x="0" y="{y + 4}">{escaped(short)}</text>',
             f"<title>{escaped(line.title)}</title>"]
    if line.floor:
        x = scale.x(line.floor)
        parts.append(f'<line class="floor" x1="{x}" x2="{x}" y1="{y - 11}" y2="{y + 11}"/>')
    if line.ratio and line.ratio.least > 0:
        kind = {True: "met", False: "missed", None: "free"}[line.met]
        left, middle, right = map(scale.x, (line.ratio.least, line.ratio.median, line.ratio.most))
        parts.append(f'<line class="{kind}" stroke-width="4" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
                     f'<circle class="{kind}" cx="{middle}" cy="{y}" r="6"/>')
    words = table.times(line.ratio) + {True: " met", False: " missed", None: ""}[line.met]
    parts.append(f'<text text-anchor="end" x="{WIDTH}" y="{y + 4}">{escaped(words)}</text>')
    return "<g>" + "".join(parts) + "</g>"


def figures(lines, ours, theirs):
    rows = [f"<tr><th>work<th>{escaped(ours)}<th>{escaped(theirs)}<th>unit<th>ratio<th>least – most<th>floor</tr>"]
    for line in lines:
        cells = [line.title, *(ratios.number(side.median) if side else "–" for side in (line.ours, line.theirs)),
                 line.figure.unit, table.times(line.ratio), table.least_to_most(line.ratio), table.floor(line)]
        rows.append("<tr>" + "".join(f"<td>{escaped(cell)}" for cell in cells) + "</tr>")
    notes = dict.fromkeys(note for line in lines for note in line.notes)
    return "<table>\n" + "\n".join(rows) + "\n</table>\n" + "".join(f"<p>{escaped(note)}.</p>\n" for note in notes)
