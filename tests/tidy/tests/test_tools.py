# SPDX-License-Identifier: BSD-3-Clause
"""The checks that run a compiler or a clang tool, each on one good and one bad file in a folder of its own."""
import pathlib
import shutil
import tempfile
import unittest
from unittest import mock

import cache
import headers
import layout
import lint
import tree as trees
from sample import TOP, Tree


class OnDisk(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in (".clang-format", ".clang-tidy"):
            shutil.copy(trees.ROOT / name, self.root / name)
        self.enterContext(mock.patch.object(cache, "STAMPS", self.root / "stamps"))
        self.enterContext(mock.patch.object(trees, "ROOT", self.root))

    def tree(self, texts):
        for path, text in texts.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)
        return Tree.of(self.root)

    def test_headers_must_compile_alone(self):
        good = TOP + "#pragma once\n#include <string>\nstd::string f();\n"
        self.assertEqual(list(headers.violations(self.tree({"auth/good.hpp": good}))), [])
        found = list(headers.violations(self.tree({"auth/bad.hpp": TOP + "#pragma once\nstd::string f();\n"})))
        self.assertEqual(len(found), 1)
        self.assertIn("auth/bad.hpp does not compile alone", found[0])

    def test_the_lint_compiles_headers_that_come_first_in_their_source(self):
        bad = TOP + "#pragma once\nstd::string f();\n"
        first = self.tree({"auth/a.hpp": bad, "auth/a.cpp": TOP + '#include "auth/a.hpp"\n'})
        self.assertEqual(list(headers.violations(first)), [])
        later = self.tree({"auth/a.cpp": TOP + '#include "auth/b.hpp"\n#include "auth/a.hpp"\n'})
        self.assertEqual(len(list(headers.violations(later))), 1)

    def test_headers_need_a_pragma(self):
        self.assertIn("no #pragma once", list(headers.violations(self.tree({"auth/a.hpp": TOP + "int f();\n"})))[0])

    def test_a_clean_file_is_not_run_again_until_it_changes(self):
        path, text = "auth/a.hpp", TOP + "#pragma once\n"
        commands = {path: (["false"], "")}
        mark = cache.fingerprint(self.tree({path: text}), path, ("", *commands[path]))
        self.assertEqual(len(list(cache.run_each(self.tree({path: text}), commands))), 1)
        (self.root / "stamps" / mark).touch()
        self.assertEqual(list(cache.run_each(self.tree({path: text}), commands)), [])
        self.assertEqual(len(list(cache.run_each(self.tree({path: text + "// more\n"}), commands))), 1)

    def test_layout_follows_clang_format(self):
        self.assertEqual(list(layout.violations(self.tree({"a.cpp": TOP + "int x = 1;\n"}))), [])
        self.assertIn("a.cpp:3", list(layout.violations(self.tree({"a.cpp": TOP + "int x  =1 ;\n"})))[0])

    def test_names_and_mistakes_follow_clang_tidy(self):
        good = TOP + ("namespace turnpike {\nclass Thing {\npublic:\n    int size() const { return size_; }\nprivate:\n"
                      "    int size_ = 0;\n};\nconstexpr int largest_size = 3;\n}  // namespace turnpike\n")
        bad = TOP + ("namespace Bad {\nclass thing {\npublic:\n    int Size() const { return m; }\nprivate:\n    int m = 0;\n};\n"
                     "int counter = 0;\n}  // namespace Bad\n")
        options = ["--config-file=.clang-tidy", "--extra-arg=-std=c++20"]
        self.assertEqual(list(lint.judge(self.tree({"auth/a.cpp": good}), ["auth/a.cpp"], options, ".*")), [])
        (self.root / "auth/a.cpp").unlink()
        found = "\n".join(lint.judge(self.tree({"auth/b.cpp": bad}), ["auth/b.cpp"], options, ".*"))
        for name in ("namespace 'Bad'", "class 'thing'", "'Size'", "private member 'm'", "non-const and globally"):
            self.assertIn(name, found)
