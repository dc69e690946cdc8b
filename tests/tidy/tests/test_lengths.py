# SPDX-License-Identifier: BSD-3-Clause
import unittest

import lengths
from sample import Tree, nothing, only


def function(lines):
    return "void f() {\n" + "g();\n" * (lines - 2) + "}\n"


class Lengths(unittest.TestCase):
    def found(self, texts, grants=nothing):
        return list(lengths.violations(Tree(texts), grants))

    def test_lets_what_is_short_pass(self):
        self.assertEqual(self.found({"auth/a.cpp": function(70) + "void h(int a, int b, int c, int d) {}\n"}), [])

    def test_stops_a_long_file(self):
        self.assertEqual(self.found({"auth/a.cpp": "\n" * 401}), ["auth/a.cpp: 401 lines, at most 400"])

    def test_stops_a_long_function_and_a_long_test(self):
        self.assertEqual(self.found({"auth/a.cpp": function(71)}), ["auth/a.cpp:f: 71 lines in a function, at most 70"])
        self.assertEqual(len(self.found({"tests/unit/a_test.cpp": 'TEST_CASE("a", "[b]") {\n' + "x();\n" * 80 + "}\n"})), 1)

    def test_stops_five_parameters(self):
        self.assertEqual(self.found({"auth/a.cpp": "void f(int a, int b, int c, int d, int e) {}\n"}),
                         ["auth/a.cpp:f: 5 parameters, at most 4"])

    def test_measures_python_by_the_same_rules(self):
        text = "def f(a, b, c, d, e):\n" + "    pass\n" * 80
        self.assertEqual(len(self.found({"tests/tidy/a.py": text})), 2)
        self.assertEqual(self.found({"tests/tidy/a.py": "def f(self, a, b, c, d, e=1): pass\n"}), [])

    def test_grants_an_exception_that_may_only_shrink(self):
        grant = only("file_lines", {"auth/a.cpp": {"is": 500, "why": "a table"}})
        self.assertEqual(self.found({"auth/a.cpp": "\n" * 500}, grant), [])
        self.assertIn("more than", self.found({"auth/a.cpp": "\n" * 501}, grant)[0])
        self.assertIn("write 450 instead of 500", self.found({"auth/a.cpp": "\n" * 450}, grant)[0])
        self.assertIn("remove its exception", self.found({"auth/a.cpp": "\n" * 400}, grant)[0])
        self.assertIn("what is not there", self.found({}, grant)[0])
