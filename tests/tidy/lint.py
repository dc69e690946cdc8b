# SPDX-License-Identifier: BSD-3-Clause
"""clang-tidy: the names, and the few checks that are errors (.clang-tidy), over every source of the programs."""
import os
import re
import shutil
import subprocess

import cache

TIDY = "clang-tidy-19"
FOLDERS = ("protocol/", "auth/", "storage/", "client/", "server/", "bench/")
BUILD = "build/tidy"


def violations(tree, is_due=lambda source: True):
    if not shutil.which(TIDY):
        yield f"{TIDY} is missing: the names are not checked"
        return
    configured = subprocess.run(["cmake", "--preset", "tidy"], cwd=tree.root, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
    if configured.returncode != 0:
        yield f"cmake --preset tidy fails:\n{configured.stdout}"
        return
    ours = "^" + re.escape(str(tree.root) + os.sep) + "(" + "|".join(FOLDERS) + ")"
    yield from judge(tree, filter(is_due, sources(tree)), ["-p", BUILD], ours)


def sources(tree):
    return [path for path in tree.cpp() if path.startswith(FOLDERS) and path.endswith(".cpp")]


def judge(tree, sources, options, header_filter):
    """One sentence for each thing that clang-tidy has against the sources and the headers that they include."""
    commands = {path: ([TIDY, "--quiet", f"--header-filter={header_filter}", *options, path], "") for path in sources}
    seen = set()
    for path, output in cache.run_each(tree, commands, salt=tree.text(".clang-tidy")):
        found = [line for line in output.splitlines() if re.search(r": (?:error|warning): ", line)]
        for line in found or [f"{path}: {output.strip()}"]:
            line = line.replace(f"{tree.root}{os.sep}", "")
            if line not in seen:
                seen.add(line)
                yield line
