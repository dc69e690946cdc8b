# SPDX-License-Identifier: BSD-3-Clause
"""What the checks' tests share: trees made of text, and exceptions made of nothing."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from tree import Tree  # noqa: E402,F401

TOP = "// SPDX-License-Identifier: BSD-3-Clause\n// A sample.\n"


def nothing(_section):
    return {}


def only(section, rows):
    return lambda asked: rows if asked == section else {}
