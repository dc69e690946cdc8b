# SPDX-License-Identifier: BSD-3-Clause
"""Which rows of the specification's checklist the tests name, as `[D12]` in a test's tags, name or comment.

A row that no test names is listed, with the reason where it is out of scope so far: none is lost. Fails when a test
names a row that does not exist.
"""
import collections
import dataclasses
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REPORT = ROOT / "build" / "spec-coverage.md"
SUFFIXES = (".cpp", ".hpp", ".py", ".js", ".mjs")
NOT_TESTS = ("tests/tidy/", "tests/spec/")
NAMED = re.compile(r"\[([A-Z]\d{1,2}(?:[, ]+[A-Z]\d{1,2})*)\]")
CASE = re.compile(r'\b(?:TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE)\s*\(\s*((?:"(?:\\.|[^"\\])*"\s*)+),\s*((?:"(?:\\.|[^"\\])*"\s*)+)')
WORDS = {"M": "must", "S": "should", "O": "may", "M/S": "must", "O/M": "may", "X": "ours", "-": "fact"}


@dataclasses.dataclass(frozen=True)
class Row:
    id: str
    level: str
    scope: str
    title: str

    @property
    def in_scope(self):
        return self.scope == "in"


def read_checklist(text):
    rows = [Row(*line.split("\t")) for line in text.splitlines() if line and not line.startswith("#")]
    assert len({row.id for row in rows}) == len(rows), "a row's id stands twice in the checklist"
    return {row.id: row for row in rows}


def mentions(path, text):
    """Pairs of row id and the test that names it."""
    cases = [(found.start(), found.end(), "".join(re.findall(r'"((?:\\.|[^"\\])*)"', found[1])))
             for found in CASE.finditer(text)]
    for found in NAMED.finditer(text):
        name = next((name for start, end, name in cases if start <= found.start() < end), None)
        if name is None:
            line = text[text.rfind("\n", 0, found.start()) + 1:].split("\n", 1)[0]
            if path.endswith((".cpp", ".hpp")) and not re.search(r'//|"', line):
                continue  # an index, not a name
            name = NAMED.sub("", line).strip(" :/#\"'*;,()")
        for row in re.split(r"[, ]+", found[1]):
            yield row, f"{path}: {name}"


def tests_of(root):
    found = collections.defaultdict(list)
    for path in sorted((root / "tests").rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix in SUFFIXES and path.is_file() and "node_modules" not in name and not name.startswith(NOT_TESTS):
            for row, test in mentions(name, path.read_text()):
                if test not in found[row]:
                    found[row].append(test)
    return found


def totals(rows, found):
    wanted = [row for row in rows.values() if row.in_scope]
    covered = [row for row in wanted if found.get(row.id)]
    return f"covered {len(covered)} of {len(wanted)} in scope, {len(rows)} rows in all"


def report(rows, found):
    def line(row, last):
        return f"| {row.id} | {WORDS.get(row.level, row.level)} | {row.title} | {last} |".replace("\n", " ")

    def table(head, chosen):
        return [f"## {head[0]} ({len(chosen)})", "", f"| row | level | rule | {head[1]} |", "|---|---|---|---|",
                *chosen, ""]

    named = [line(row, "<br>".join(test.replace("|", "\\|") for test in found[row.id])) for row in rows.values()
             if found.get(row.id)]
    missing = [line(row, "no test names it yet") for row in rows.values() if row.in_scope and not found.get(row.id)]
    later = [line(row, row.scope) for row in rows.values() if not row.in_scope and not found.get(row.id)]
    return "\n".join(["# The specification's checklist and the tests that name its rows", "",
                      f"Made by `tests/spec-coverage`: {totals(rows, found)}.", "",
                      *table(("In scope, without a test", "why"), missing),
                      *table(("Out of scope so far", "why"), later),
                      *table(("Named by tests", "tests"), named)]) + "\n"


def main():
    rows = read_checklist((HERE / "checklist.tsv").read_text())
    found = tests_of(ROOT)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(report(rows, found))
    missing = [row.id for row in rows.values() if row.in_scope and not found.get(row.id)]
    if missing:
        print(f"in scope, without a test: {' '.join(missing)}")
    print(f"{REPORT.relative_to(ROOT)}: {totals(rows, found)}")
    unknown = {row: tests for row, tests in found.items() if row not in rows}
    for row, tests in sorted(unknown.items()):
        print(f"{row} is no row of tests/spec/checklist.tsv, but is named by {'; '.join(tests)}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
