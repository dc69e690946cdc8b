# SPDX-License-Identifier: BSD-3-Clause
"""lint over what the last commits touched and what is not committed yet: all of it takes too long for each change."""
import subprocess

import cache
import layers
import lint

COMMITS = 60


def violations(tree):
    changed = touched(tree)
    if changed is None or ".clang-tidy" in changed:
        return lint.violations(tree)
    return lint.violations(tree, due(tree, lint.sources(tree), changed).__contains__)


def due(tree, sources, changed):
    """Of the sources those that changed, those that include what changed by themselves, and for each header that none
    of them includes at all another one that does."""
    chosen = {path for path in sources if path in changed or not changed.isdisjoint(layers.includes(tree, path))}
    missing = {path for path in changed if path.endswith(".hpp")}
    for path in (*sorted(chosen), *sources):
        if missing and not missing.isdisjoint(reached := cache.closure(tree, path)):
            chosen.add(path)
            missing -= reached
    return chosen


def touched(tree):
    """None where there is no history that could tell."""
    if not (tree.root / ".git").exists():  # an unpacked release
        return None
    lines = [git(tree, "log", f"--max-count={COMMITS}", "--name-only", "--format="),
             git(tree, "status", "--porcelain", "--no-renames", "--untracked-files=all")]
    if None in lines:
        return None
    committed, pending = lines
    return {*committed, *(line[3:] for line in pending)} - {""}


def git(tree, *words):
    done = subprocess.run(["git", "-c", f"safe.directory={tree.root}", "-C", str(tree.root), *words], text=True,
                          capture_output=True)
    return done.stdout.splitlines() if done.returncode == 0 else None
