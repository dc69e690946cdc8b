# SPDX-License-Identifier: BSD-3-Clause
import unittest

import sample  # noqa: F401
import exceptions


class Exceptions(unittest.TestCase):
    def test_wants_a_reason_for_each(self):
        with self.assertRaisesRegex(ValueError, "needs a reason"):
            exceptions.load('[file_lines]\n"a.cpp" = { is = 500 }\n')

    def test_reads_the_rows_of_a_section(self):
        self.assertEqual(exceptions.load('[no_test]\n"a.cpp" = { why = "runs no code" }\n')["no_test"],
                         {"a.cpp": {"why": "runs no code"}})
