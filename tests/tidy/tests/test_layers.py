# SPDX-License-Identifier: BSD-3-Clause
import unittest

import layers
from sample import Tree


class Layers(unittest.TestCase):
    def test_lets_arrows_pass(self):
        tree = Tree({"protocol/a.hpp": "", "auth/b.hpp": '#include "protocol/a.hpp"\n', "tests/unit/t.cpp": '#include "auth/b.hpp"'})
        self.assertEqual(list(layers.violations(tree)), [])

    def test_stops_an_include_against_the_arrows(self):
        tree = Tree({"protocol/a.hpp": '#include "auth/b.hpp"\n', "auth/b.hpp": ""})
        self.assertEqual(list(layers.violations(tree)), ["protocol/a.hpp: protocol may not include auth/b.hpp"])

    def test_ignores_an_include_in_a_comment(self):
        self.assertEqual(list(layers.violations(Tree({"protocol/a.hpp": '// #include "auth/b.hpp"\n/*\n#include "auth/b.hpp"\n*/'}))), [])

    def test_finds_a_circle_and_says_which(self):
        tree = Tree({"auth/a.hpp": '#include "auth/b.hpp"', "auth/b.hpp": '#include "auth/c.hpp"', "auth/c.hpp": '#include "auth/a.hpp"'})
        self.assertEqual(list(layers.violations(tree)), ["a circle of includes: auth/a.hpp > auth/b.hpp > auth/c.hpp > auth/a.hpp"])

    def test_every_folder_in_the_table_names_folders_of_the_table(self):
        for folder, others in layers.MAY_INCLUDE.items():
            self.assertLessEqual(others - {None}, set(layers.MAY_INCLUDE), folder)
