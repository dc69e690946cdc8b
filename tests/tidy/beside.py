# SPDX-License-Identifier: BSD-3-Clause
"""A test beside each source: server/turn/refresh.cpp is tested in tests/unit/server/turn/refresh_test.cpp."""
import re

import exceptions
import source

FOLDERS = ("manual/", "protocol/", "auth/", "storage/", "client/", "server/", "bench/")
LOGIC = re.compile(r"\b(?:if|for|while|switch|do)\b|\?")


def test_of(path):
    return f"tests/unit/{path.rsplit('.', 1)[0]}_test.cpp"


def has_logic(text):
    """A header that only declares, or whose functions only hand out what they hold, needs no test of its own."""
    return any(LOGIC.search(function.body) or function.body.count(";") > 2 for function in source.functions(text))


def violations(tree, grants=exceptions.granted):
    rows, present = grants("no_test"), set(tree.paths)
    for path in tree.cpp():
        if not path.startswith(FOLDERS) or test_of(path) in present:
            continue
        if path.endswith(".hpp") and (path[:-4] + ".cpp" in present or not has_logic(tree.text(path))):
            continue
        if path not in rows:
            yield f"{path}: no {test_of(path)}"
    for path in rows:
        if path not in present:
            yield f"{path}: an exception for what is not there, remove it"
        elif test_of(path) in present:
            yield f"{path}: it has a test now, remove its exception"
