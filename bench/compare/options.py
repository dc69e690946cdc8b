# SPDX-License-Identifier: BSD-3-Clause
"""The command line."""
import argparse
import pathlib

from compare import contenders, network, rows

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVERS = (*contenders.ACCELERATIONS, *rows.RELAYLESS, "coturn")
USUAL = ("turnpike", "coturn")
RESERVED = (*SERVERS, "reference", "best")

DESCRIPTION = """Measures turnpike beside Debian's coturn, as root, in network namespaces: client - router - server - router
- peer, the server and what receives for it on one core, the load on the others. Rows wire*: client - server - peer, and
the kernel makes, counts and drops the packets; of the servers whose packets no socket sees. Installs coturn where it is missing.
The servers take turns, so that each ratio is of two measurements made one right after the other."""

EPILOG = """rows:
{rows}

Writes one JSON line for each measurement, a Markdown table and a page with a plot. Exit code: 0 where it ran through;
1 where --require-floors was given and a floor was missed; 2 where it could not run."""


def parser():
    table = "\n".join(f"  {row.name:12} {row.title}" for row in rows.ROWS)
    made = argparse.ArgumentParser(prog="bench/compare/run", description=DESCRIPTION, epilog=EPILOG.format(rows=table),
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    add = made.add_argument
    add("--bin", type=pathlib.Path, metavar="DIR", help="folder of turnpike and turnpike-bench; else they are built")
    add("--bench", type=pathlib.Path, metavar="PROGRAM", help="another turnpike-bench than that of this folder")
    add("--servers", type=servers, default=USUAL, metavar="NAME,...",
        help="of turnpike, turnpike-tc, turnpike-xdp, bare, forwarding, coturn (turnpike and coturn); tc, xdp: the kernel "
             "relays; bare, forwarding: nobody does, XDP or the kernel only sends on; these and xdp are for rows wire*")
    add("--baseline", type=baseline, action="append", default=[], metavar="[NAME=]PROGRAM",
        help="one more turnpike, such as that of the commit before; may be given several times")
    add("--reference", metavar="NAME", help="the server that ratios are to (coturn, or else the first baseline)")
    add("--rows", nargs="+", default=[], metavar="NAME", help="these rows only")
    add("--repeats", type=at_least_one, metavar="N", help="measurements of each server in each row (5)")
    add("--seconds", type=positive, metavar="S", help="how long one load lasts (3)")
    add("--quick", action="store_true", help="one repeat of one second, to see that all of it works")
    add("--ipv6", action="store_true", help="clients and peers speak IPv6")
    add("--cables", choices=network.CABLES, default="whole",
        help="whole: a burst sent as one crosses as one; nic: singly, and the server's core puts it together again; "
             "plain: singly both ways, without any offload (%(default)s)")
    add("--server-core", type=int, metavar="N", help="the server's core (the last one); the load has the others")
    add("--output", type=pathlib.Path, metavar="DIR", default=ROOT / "bench" / "results",
        help="where the results go (bench/results)")
    add("--report", type=pathlib.Path, metavar="FILE", help="measure nothing: table and plot of these JSON lines again")
    add("--require-floors", action="store_true", help="exit code 1 where a floor is missed")
    add("--list", action="store_true", help="print the rows and what they run, and measure nothing")
    return made


def parse(words=None):
    made = parser()
    options = made.parse_args(words)
    options.repeats = options.repeats or (1 if options.quick else 5)
    options.seconds = options.seconds or (1 if options.quick else 3)
    try:
        options.rows = rows.selected(options.rows)
    except ValueError as error:
        made.error(str(error))
    names = list(dict.fromkeys([*options.servers, *(name for name, _ in options.baseline)]))
    if len(names) < len(options.servers) + len(options.baseline):
        made.error("two servers of one name: give each --baseline a name of its own, NAME=PROGRAM")
    options.reference = options.reference or default_reference(options)
    if options.reference not in names:
        made.error(f"the reference {options.reference} is not among the servers: {', '.join(names)}")
    return options


def default_reference(options):
    if "coturn" in options.servers:
        return "coturn"
    return options.baseline[0][0] if options.baseline else options.servers[0]


def servers(text):
    names = tuple(text.split(","))
    if unknown := set(names) - set(SERVERS):
        raise argparse.ArgumentTypeError(f"no server named {', '.join(sorted(unknown))}; there are: {', '.join(SERVERS)}")
    return names


def baseline(text):
    name, separator, program = text.partition("=")
    if not separator:
        name, program = "baseline", text
    if name in RESERVED or not name:
        raise argparse.ArgumentTypeError(f"{name!r} is no name for a baseline")
    return name, str(pathlib.Path(program).resolve())


def at_least_one(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def positive(text):
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError("more than 0")
    return number
