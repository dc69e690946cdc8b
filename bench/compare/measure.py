# SPDX-License-Identifier: BSD-3-Clause
"""One measurement: a fresh server, turnpike-bench against it, and what came of it as a record."""
import json
import pathlib
import shlex
import subprocess

import topology
from compare import contenders, cores, network, rows

SCHEMES = {"udp": ("turn", "udp"), "tcp": ("turn", "tcp"), "tls": ("turns", "tcp"), "dtls": ("turns", "udp")}
ERROR_BYTES = 600


def uri(transport, ipv6=False):
    scheme, below = SCHEMES[transport]
    host = f"[{network.LISTENER_6}]" if ipv6 else network.LISTENER
    return f"{scheme}:{host}:{contenders.PORTS[transport]}?transport={below}"


def bench_words(program, step, *, seconds, rate=None, ipv6=False):
    """turnpike-bench with what does not depend on this run's processes and files."""
    row = step.row
    words = [str(program), row.test, uri(row.transport, ipv6), "--user", contenders.USER, "--password",
             contenders.PASSWORD, "--seconds", f"{seconds:g}"]
    if step.finds_capacity:
        words += [*row.words(step.direction), "--rate", "search"]
    else:
        words += row.words(step.direction, rate)
    if step.server in rows.RELAYLESS:
        words.append("--direct")
    if row.transport in ("tls", "dtls"):
        words.append("--insecure")
    if row.test in ("relay", "hold"):
        words += ["--peer-address", network.PEER_6 if ipv6 else network.PEER]
    for name, value in (("row", row.name), ("server", step.server), ("repeat", step.repeat)):
        words += ["--label", f"{name}={value}"]
    return words


class Bench:
    """turnpike-bench in a network, on the cores of the load."""

    def __init__(self, program, options):
        self.program, self.options = program, options
        self.folder = topology.scratch_folder()

    def close(self):
        topology.forget(self.folder)

    def words(self, step, place, server, rate):
        words = ["taskset", "-c", cores.listed(place.load)]
        words += bench_words(self.program, step, seconds=self.options.seconds, rate=rate, ipv6=self.options.ipv6)
        words += ["--client-netns", place["client"].name, "--server-pid", str(server.process.pid),
                  "--server-core", str(place.server_core), "--json", str(self.folder / "result")]
        return words + (["--peer-netns", place["peer"].name] if step.row.test in ("relay", "hold") else [])

    def measure(self, step, place, server, rate=None):
        """The fields that this measurement adds to a record: `result`, or `error` where there is none."""
        result = self.folder / "result"
        result.unlink(missing_ok=True)
        words = self.words(step, place, server, rate)
        before = cores.stat()
        error = run(words, step.seconds_at_most(self.options.seconds))
        record = {"command": relative(words), "server_command": relative(server.process.args),
                  "cores": cores.shares(before, cores.stat())}
        if rate is not None:
            record["offered_pps"] = round(rate)
        line = last_line(result)
        if line is None or error or server.process.poll() is not None:
            gone = "the server ended; " if server.process.poll() is not None else ""
            return record | {"error": gone + (error or "turnpike-bench wrote no result")}
        return record | {"result": line}


def run(words, seconds_at_most):
    """Why it failed, or nothing."""
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True) as process:
        try:
            said, _ = process.communicate(timeout=seconds_at_most)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
            return f"broken off after {seconds_at_most:.0f} s: {said[-ERROR_BYTES:].strip()}"
        except BaseException:
            process.kill()
            raise
    return "" if process.returncode == 0 else f"exit code {process.returncode}: {said[-ERROR_BYTES:].strip()}"


def last_line(path):
    lines = path.read_text().splitlines() if path.exists() else []
    return json.loads(lines[-1]) if lines else None


def relative(words, root=pathlib.Path(__file__).resolve().parents[2]):
    """A command as a shell takes it, without where on this machine the tree lies."""
    return shlex.join(str(word).replace(f"{root}/", "") for word in words)
