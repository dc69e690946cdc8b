# SPDX-License-Identifier: BSD-3-Clause
"""Includes follow the arrows, and nothing includes in a circle."""
import re

import source

MAY_INCLUDE = {
    "manual": set(),
    "protocol": set(),
    "auth": {"protocol"},
    "storage": set(),
    "server/config": {"protocol", "manual"},
    "server/coturn": {"protocol", "server/config"},
    "server/telemetry": set(),
    "server/turn": {"protocol", "auth"},
    "server/relay": {"protocol"},
    "server/net": {"protocol", "server/telemetry"},
    "server/accounts": {"protocol", "auth", "storage", "server/relay", "server/telemetry"},
    "server/xdp": {"protocol", "server/relay", "server/net", "server/telemetry"},
    "server/worker": {"protocol", "auth", "storage", "server/turn", "server/relay", "server/net", "server/xdp",
                      "server/accounts", "server/config", "server/telemetry"},
    "server/doctor": {"protocol", "auth", "storage", "client", "server/config", "server/net", "server/telemetry",
                      "server/worker", "server/xdp"},
    "server/admin": {"protocol", "auth", "server/accounts", "server/worker", "server/config", "server/telemetry", "server/net", "storage"},
    "server": {"manual", "protocol", "auth", "storage", "server/accounts", "server/config", "server/coturn", "server/telemetry",
               "server/net", "server/worker", "server/admin", "server/doctor"},
    "client": {"protocol", "auth"},
    "bench": {"manual", "protocol", "auth", "client", "bench/wire"},
    "bench/wire": {"protocol", "bench", "server/net", "server/xdp"},
    # None: what tests have in common, here a whole server in the same process.
    "bench/accounts": {"protocol", "auth", "storage", "server/config", "server/telemetry", "server/worker", None},
    "bench/micro": {"protocol", "auth", "server/relay", "server/telemetry", "server/worker"},
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)


def folder_of(path):
    return next((f for f in sorted(MAY_INCLUDE, key=len, reverse=True) if path.startswith(f + "/")), None)


def includes(tree, path):
    return INCLUDE.findall(source.without_comments(tree.text(path)))


def violations(tree):
    for path in tree.cpp():
        home = folder_of(path)
        if home is None:  # tests may see everything
            continue
        for included in includes(tree, path):
            there = folder_of(included)
            if there not in MAY_INCLUDE[home] | {home}:
                yield f"{path}: {home} may not include {included}"
    yield from circles(tree)


def circles(tree):
    """Each circle once, found by a walk in depth over the headers."""
    known = set(tree.cpp())
    graph = {path: [each for each in includes(tree, path) if each in known] for path in known}
    state = {}

    def walk(path, trail):
        state[path] = "open"
        for each in graph[path]:
            if state.get(each) == "open":
                yield "a circle of includes: " + " > ".join(trail[trail.index(each):] + [each])
            elif each not in state:
                yield from walk(each, trail + [each])
        state[path] = "done"

    for path in sorted(graph):
        if path not in state:
            yield from walk(path, [path])
