# SPDX-License-Identifier: BSD-3-Clause
import pathlib
import sys
import tempfile
import unittest

import sample  # noqa: F401
import tree as trees

sys.path.insert(0, str(trees.ROOT / "tests" / "spec"))
import rows  # noqa: E402

CHECKLIST = "# head\nD1\tM\tin\tAuthenticated first\nD2\tM\tin\tOne allocation\nJ1\tM\tlater: not built\tOver TCP only\n"


class Rows(unittest.TestCase):
    def test_reads_tags_of_a_case_whose_name_is_in_pieces(self):
        text = 'TEST_CASE("an allocation "\n          "is one", "[D2][rfc8656-7]"\n          "[D1]") {}\n'
        self.assertEqual(list(rows.mentions("tests/unit/a_test.cpp", text)),
                         [("D2", "tests/unit/a_test.cpp: an allocation is one"), ("D1", "tests/unit/a_test.cpp: an allocation is one")])

    def test_reads_docstrings_and_comments(self):
        self.assertEqual(list(rows.mentions("tests/e2e/t.py", '    """Relays both ways [D1, D2]"""\n')),
                         [("D1", "tests/e2e/t.py: Relays both ways"), ("D2", "tests/e2e/t.py: Relays both ways")])
        self.assertEqual(list(rows.mentions("tests/unit/a_test.cpp", "    // [D1]: only once\n")),
                         [("D1", "tests/unit/a_test.cpp: only once")])

    def test_takes_no_index_for_a_row(self):
        self.assertEqual(list(rows.mentions("tests/unit/a_test.cpp", "int x = table[D1];\n")), [])

    def test_loses_no_row(self):
        known = rows.read_checklist(CHECKLIST)
        text = rows.report(known, {"D1": ["a: b"]})
        self.assertIn("covered 1 of 2 in scope, 3 rows in all", text)
        self.assertIn("| D2 | must | One allocation | no test names it yet |", text)
        self.assertIn("| J1 | must | Over TCP only | later: not built |", text)

    def test_looks_into_every_test_but_its_own(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path in ("tests/e2e/a.py", "tests/spec/b.py", "tests/e2e/node_modules/c.js"):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text("# [Z9]\n")
            self.assertEqual(list(rows.tests_of(root)), ["Z9"])
            self.assertEqual(len(rows.tests_of(root)["Z9"]), 1)

    def test_the_real_checklist_is_whole(self):
        known = rows.read_checklist((trees.ROOT / "tests" / "spec" / "checklist.tsv").read_text())
        self.assertGreater(len(known), 330)
        for row in known.values():
            self.assertTrue(row.in_scope or ": " in row.scope, row)
