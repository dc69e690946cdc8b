# SPDX-License-Identifier: BSD-3-Clause
"""`area: do one thing`, in at most 72 columns."""
import re
import subprocess

SUBJECT = re.compile(r"^[a-z0-9][\w./+-]*(?:, [\w./+-]+)*: \S.*[^\s.]$")
COLUMNS = 72


def judge(subject):
    if len(subject) > COLUMNS:
        return f"{len(subject)} columns in a commit's first line, at most {COLUMNS}: {subject}"
    if not SUBJECT.match(subject):
        return f"not of the form `area: do one thing`: {subject}"
    return None


def violations(tree):
    if not (tree.root / ".git").exists():  # an unpacked release has no history to judge
        return
    log = subprocess.run(["git", "-c", f"safe.directory={tree.root}", "-C", str(tree.root), "log", "--no-merges",
                          "--max-count=300", "--format=%s"], text=True, capture_output=True)
    if log.returncode != 0:
        yield f"git log fails: {log.stderr.strip()}"
    yield from filter(None, map(judge, log.stdout.splitlines()))
