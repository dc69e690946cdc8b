# SPDX-License-Identifier: BSD-3-Clause
"""What a result needs beside its numbers to mean anything later: commit, machine, kernel, flags, settings."""
import datetime
import hashlib
import json
import os
import pathlib
import platform
import re
import subprocess

from compare import cores

ROOT = pathlib.Path(__file__).resolve().parents[2]


def git(*words, folder=ROOT):
    try:
        done = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(folder), *words], capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def commit(folder=ROOT):
    """Of the tree that a folder lies in: programs are taken for what that tree says now."""
    head = git("rev-parse", "--short=12", "HEAD", folder=folder)
    if not head:
        return "unknown"
    return head + ("-changed" if git("status", "--porcelain", "--untracked-files=no", folder=folder) else "")


def first(pattern, text, otherwise="unknown"):
    found = re.search(pattern, text, re.M)
    return found[1].strip() if found else otherwise


def machine():
    memory = int(first(r"^MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text(), "0"))
    release = pathlib.Path("/etc/os-release")
    return {"processor": first(r"^model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text()),
            "cores": os.cpu_count(), "memory_mb": memory // 1024,
            "system": first(r'^PRETTY_NAME="?([^"\n]*)', release.read_text() if release.exists() else "")}


def compile_flags(folder):
    """How the programs in a folder were compiled, if it is that of a build."""
    cache = pathlib.Path(folder).resolve().parent / "CMakeCache.txt"
    if not cache.exists():
        return "unknown"
    text = cache.read_text(errors="replace")
    kind = first(r"^CMAKE_BUILD_TYPE:\w+=(.*)", text, "")
    found = [first(rf"^{name}:\w+=(.*)", text, "") for name in
             ("CMAKE_CXX_COMPILER", "CMAKE_CXX_FLAGS", f"CMAKE_CXX_FLAGS_{kind.upper()}")]
    return " ".join(filter(None, [pathlib.Path(found[0]).name, kind, *found[1:]]))


def version(program):
    """What a program says of itself: its first number with points in it."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True)
    numbers = re.search(r"\d+(?:\.\d+)+\S*", done.stdout + done.stderr)
    return numbers[0] if numbers else pathlib.Path(program).name


def identity(program):
    """Which program this was: its version, and, since a version is many commits, the commit and a digest of the file."""
    path = pathlib.Path(program)
    if not path.is_file():  # one of the system's
        return {"version": version(program)}
    return {"version": version(program), "commit": commit(path.parent),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest()[:12]}


def conditions(options, entrants, server_core, load):
    """What holds for all measurements of a run; takes a second, in which it sees what others do on this machine."""
    return {
        "others_busy": cores.busy_now(),
        "commit": commit(options.bin), "machine": machine(), "kernel": platform.release(), "flags": compile_flags(options.bin),
        "servers": {entrant.name: entrant.identity() for entrant in entrants}, "reference": options.reference,
        "seconds": options.seconds, "repeats": options.repeats, "cables": options.cables,
        "family": "IPv6" if options.ipv6 else "IPv4", "server_core": server_core, "load_cores": sorted(load),
        "by_the_wire": any(row.is_wire for row in options.rows),
    }


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


class Writer:
    """Appends records to a file as they are made, so that a run that is broken off leaves what it had."""

    def __init__(self, path, shared):
        self.path, self.shared, self.records = path, shared, []
        path.parent.mkdir(parents=True, exist_ok=True)

    def add(self, step, fields):
        record = {"time": now().isoformat(), "row": step.row.name, "repeat": step.repeat, "server": step.server,
                  "direction": step.direction, **self.shared, **fields}
        self.records.append(record)
        with open(self.path, "a") as file:
            file.write(json.dumps(record) + "\n")
        return record


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line]
