# SPDX-License-Identifier: BSD-3-Clause
import unittest

import beside
from sample import Tree, nothing, only

LOGIC = "inline int f(int x) { if (x) return 1; return 2; }\n"


class Beside(unittest.TestCase):
    def found(self, paths, grants=nothing):
        return list(beside.violations(Tree(paths), grants))

    def test_is_content_with_a_test_at_the_mirrored_path(self):
        self.assertEqual(self.found({"server/turn/refresh.cpp": "", "tests/unit/server/turn/refresh_test.cpp": ""}), [])

    def test_misses_the_test_of_a_source(self):
        self.assertEqual(self.found({"server/turn/refresh.cpp": ""}),
                         ["server/turn/refresh.cpp: no tests/unit/server/turn/refresh_test.cpp"])

    def test_misses_the_test_of_a_header_with_logic_only(self):
        self.assertEqual(len(self.found({"protocol/reader.hpp": LOGIC})), 1)
        self.assertEqual(self.found({"protocol/reader.hpp": "int f(int x);\nstruct A { int g() const { return 1; } };\n"}), [])
        self.assertEqual(self.found({"a.hpp": LOGIC}), [])

    def test_counts_a_header_and_its_source_once(self):
        self.assertEqual(len(self.found({"protocol/reader.hpp": LOGIC, "protocol/reader.cpp": ""})), 1)

    def test_grants_an_exception_while_it_is_needed(self):
        grant = only("no_test", {"server/main.cpp": {"why": "one call"}})
        self.assertEqual(self.found({"server/main.cpp": ""}, grant), [])
        self.assertEqual(len(self.found({"server/main.cpp": "", "tests/unit/server/main_test.cpp": ""}, grant)), 1)
        self.assertEqual(len(self.found({}, grant)), 1)
