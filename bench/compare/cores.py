# SPDX-License-Identifier: BSD-3-Clause
"""Which core does what: the masks of receive processing, and what /proc says of each core.

One core belongs to the server and to the softirqs that receive for it; the load has the others.
"""
import os
import pathlib
import re
import time

STATES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")


def mask(cores):
    """As /sys/class/net/*/queues/rx-*/rps_cpus takes it: hexadecimal, in groups of 32 cores."""
    bits = sum(1 << core for core in cores)
    groups = []
    while bits or not groups:
        groups.append(f"{bits & 0xFFFFFFFF:08x}" if bits >> 32 else f"{bits & 0xFFFFFFFF:x}")
        bits >>= 32
    return ",".join(reversed(groups))


def listed(cores):
    """As taskset -c takes it."""
    return ",".join(map(str, sorted(cores)))


def parse_list(text):
    """`0,2-4`, as the kernel writes sets of cores."""
    cores = set()
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        cores.update(range(int(first), int(last or first) + 1))
    return cores


def split(server_core, available):
    """The cores of the load: all that there are but the server's."""
    load = set(available) - {server_core}
    if server_core not in available:
        raise ValueError(f"there is no core {server_core}; there are {listed(available)}")
    if not load:
        raise ValueError("one core is for the server and one for the load: two are needed at least")
    return load


def parse_stat(text):
    """Ticks of each core by state, from /proc/stat."""
    found = {}
    for line in text.splitlines():
        if match := re.match(r"cpu(\d+) (.*)", line):
            found[int(match[1])] = dict(zip(STATES, map(int, match[2].split())))
    return found


def shares(before, after):
    """How each core spent the time between two readings of `parse_stat`, as shares of 1 by state."""
    spent = {}
    for core in after:
        ticks = {state: after[core][state] - before[core][state] for state in STATES}
        total = sum(ticks.values()) or 1
        spent[core] = {state: round(count / total, 3) for state, count in ticks.items() if count > 0}
    return spent


def busy(before, after):
    """How much of the time of all cores together was not idle, as a share of 1."""
    idle = sum(after[core][state] - before[core][state] for core in after for state in ("idle", "iowait"))
    total = sum(after[core][state] - before[core][state] for core in after for state in STATES)
    return 1 - idle / total if total else 0.0


def parse_softnet(text):
    """Packets that each core has received, from /proc/net/softnet_stat; a new kernel names the core in each line."""
    lines = [[int(word, 16) for word in line.split()] for line in text.splitlines()]
    return {words[12] if len(words) > 12 else number: words[0] for number, words in enumerate(lines)}


def stat():
    return parse_stat(pathlib.Path("/proc/stat").read_text())


def softnet():
    return parse_softnet(pathlib.Path("/proc/net/softnet_stat").read_text())


def busy_now():
    """The same of the second that this takes: what others do on this machine."""
    before = stat()
    time.sleep(1)
    return round(busy(before, stat()), 2)


def pinned(process):
    """The cores that the threads of a process may run on."""
    cores = set()
    for status in pathlib.Path(f"/proc/{process}/task").glob("*/status"):
        cores |= parse_list(re.search(r"Cpus_allowed_list:\s*(\S+)", status.read_text())[1])
    return cores


def available():
    return os.sched_getaffinity(0)
