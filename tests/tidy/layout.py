# SPDX-License-Identifier: BSD-3-Clause
"""clang-format decides how C++ is laid out."""
import re
import shutil
import subprocess

FORMAT = "clang-format-19"


def violations(tree):
    if not shutil.which(FORMAT):
        yield f"{FORMAT} is missing: the layout is not checked"
        return
    if not tree.cpp():
        return
    done = subprocess.run([FORMAT, "--dry-run", "-Werror", "--ferror-limit=1", *tree.cpp()], cwd=tree.root, text=True,
                          capture_output=True)
    places = re.findall(r"^(\S+?):(\d+):\d+: error: ", done.stderr, re.M)
    yield from (f"{path}:{line}: not laid out by {FORMAT}" for path, line in places)
    if done.returncode != 0 and not places:
        yield f"{FORMAT}: {done.stderr.strip()}"
