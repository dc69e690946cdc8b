# SPDX-License-Identifier: BSD-3-Clause
"""Runs one command for each of many files, side by side, and not again for a file that was clean and is unchanged."""
import concurrent.futures
import hashlib
import os
import subprocess

import layers
import tree as trees

STAMPS = trees.ROOT / "build" / "tidy-stamps"


def closure(tree, path):
    """The file, and whatever of ours it includes."""
    known, waiting, seen = set(tree.paths), [path], set()
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting += [other for other in layers.includes(tree, each) if other in known]
    return seen


def fingerprint(tree, path, command):
    """Changes with the file, with whatever of ours it includes, and with the command."""
    digest = hashlib.sha256(repr(command).encode())
    for each in sorted(closure(tree, path)):
        digest.update(f"{each}\0{tree.text(each)}\0".encode())
    return digest.hexdigest()


def run_each(tree, commands, salt=""):
    """`commands`: path -> (arguments, standard input). Yields path and output of those that fail."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    marks = {path: STAMPS / fingerprint(tree, path, (salt, *command)) for path, command in commands.items()}
    due = {path: command for path, command in commands.items() if not marks[path].exists()}

    def one(path):
        arguments, given = due[path]
        done = subprocess.run(arguments, input=given, cwd=trees.ROOT, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode == 0:
            marks[path].touch()
        return path, done

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, done in pool.map(one, sorted(due)):
            if done.returncode != 0:
                yield path, done.stdout
