# SPDX-License-Identifier: BSD-3-Clause
"""The result as Markdown."""
from compare import ratios

QUIET = 0.1  # of all cores
VERDICT = {True: "met", False: "**missed**", None: ""}


def markdown(results, conditions):
    parts = []
    for ours, theirs in results.pairs(conditions["reference"]):
        parts.append(comparison(results, ours, theirs))
    if not parts:
        parts.append(alone(results))
    return "\n\n".join([*parts, sentence(conditions)]) + "\n"


def comparison(results, ours, theirs):
    lines = results.lines(ours, theirs)
    head = [f"| work | {ours} | {theirs} | ratio | least – most | floor | |", "|---|--:|--:|--:|--:|--:|---|"]
    notes = list(dict.fromkeys(note for line in lines for note in line.notes))
    body = ["| " + " | ".join([
        line.title + "".join(f" [{notes.index(note) + 1}]" for note in line.notes), amount(line.ours, line.figure),
        amount(line.theirs, line.figure), times(line.ratio), least_to_most(line.ratio), floor(line),
        VERDICT[line.met]]) + " |" for line in lines]
    text = "\n".join(head + body)
    return text + "".join(f"\n\n[{number}] {note}." for number, note in enumerate(notes, start=1))


def alone(results):
    """Of one server, with nobody to compare it with."""
    head = ["| work | server | median | least – most |", "|---|---|--:|--:|"]
    body = []
    for row in results.rows:
        for figure in row.figures:
            for server in results.servers:
                spread = ratios.spread(results.values(row, figure, server))
                between = f"{ratios.number(spread.least)} – {ratios.number(spread.most)}" if spread else "–"
                title = f"{row.title}: {figure.title}" if figure.title else row.title
                body.append(f"| {title} | {server} | {amount(spread, figure)} | {between} |")
    return "\n".join(head + body)


def amount(spread, figure):
    return f"{ratios.number(spread.median)} {figure.unit}" if spread else "–"


def times(ratio):
    return f"{ratios.factor(ratio.median)} ×" if ratio else "–"


def least_to_most(ratio):
    return f"{ratios.factor(ratio.least)} – {ratios.factor(ratio.most)}" if ratio else "–"


def floor(line):
    sign = "≥" if line.figure.better == "higher" else "≤"
    parts = [f"{sign} {line.floor:g} ×"] if line.floor is not None else []
    return ", ".join(parts + ([f"{sign} {line.limit:g} {line.figure.unit}"] if line.limit is not None else []))


def sentence(conditions):
    """The conditions, which belong to every figure."""
    machine = conditions["machine"]
    servers = ", ".join(f"{name} {identity['version']}" for name, identity in conditions["servers"].items())
    return (f"Medians of {conditions['repeats']} × {conditions['seconds']:g} s a server, by turns; ratios are those of "
            f"neighbouring measurements. Commit {conditions['commit']} ({conditions['flags']}); {servers}. "
            f"{machine['cores']} cores of {machine['processor']}, {machine['system']}, Linux {conditions['kernel']}; "
            f"the server and its receive processing on core {conditions['server_core']}, the load on the rest; "
            f"client – router – server – router – peer over veth ({conditions['family']}, cables "
            f"`{conditions['cables']}`).{by_the_wire(conditions)}{disturbance(conditions['others_busy'])}")


def by_the_wire(conditions):
    if not conditions.get("by_the_wire"):
        return ""
    return (" By the wire: client – server – peer, the kernel makes, counts and drops the packets, and on the server's core "
            "a thread receives for XDP before all else, the softirq for whom else.")


def disturbance(others_busy):
    """A run on a machine that others use says so."""
    if others_busy <= QUIET:
        return ""
    return f" The machine was not quiet: before the run others kept its cores {others_busy:.0%} busy."
