# SPDX-License-Identifier: BSD-3-Clause
"""What exceptions.toml grants: each with a reason, each used, numbers only ever smaller."""
import tomllib

import tree

FILE = "tests/tidy/exceptions.toml"


def load(text):
    """Sections of `"path" = { ..., why = "..." }`."""
    sections = tomllib.loads(text)
    for section, rows in sections.items():
        for key, row in rows.items():
            if not row.get("why", "").strip():
                raise ValueError(f"{FILE}: [{section}] {key}: an exception needs a reason")
    return sections


def granted(section):
    path = tree.ROOT / FILE
    return load(path.read_text()).get(section, {}) if path.exists() else {}


class Ratchet:
    """Judges measured numbers by a limit and by the larger numbers that a few places are granted."""

    def __init__(self, limit, rows):
        self.limit, self.rows, self.seen = limit, rows, set()

    def judge(self, key, number, what):
        """A sentence where `number` is too large, or smaller than what it was granted; else None."""
        row = self.rows.get(key)
        if row is None:
            return f"{key}: {number} {what}, at most {self.limit}" if number > self.limit else None
        self.seen.add(key)
        if number > row["is"]:
            return f"{key}: {number} {what}, more than the {row['is']} that it was granted"
        if number <= self.limit:
            return f"{key}: {number} {what}: it keeps the rule now, remove its exception"
        if number < row["is"]:
            return f"{key}: {number} {what}: smaller than granted, write {number} instead of {row['is']}"
        return None

    def unused(self):
        return [f"{key}: an exception for what is not there, remove it" for key in self.rows if key not in self.seen]
