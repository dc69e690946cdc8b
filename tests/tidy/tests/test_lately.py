# SPDX-License-Identifier: BSD-3-Clause
import pathlib
import subprocess
import tempfile
import unittest

import lately
import lint
from sample import Tree


class Lately(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.root / "auth").mkdir()
        self.write("auth/deep.hpp", "")
        self.write("auth/b.hpp", '#include "auth/deep.hpp"\n')
        self.write("auth/b.cpp", '#include "auth/b.hpp"\n')
        self.write("auth/c.cpp", '#include "auth/b.hpp"\n')

    def write(self, name, text):
        (self.root / name).write_text(text)

    def git(self, *words):
        subprocess.run(["git", "-C", self.root, "-c", "user.name=a", "-c", "user.email=a@b", *words], check=True,
                       stdout=subprocess.DEVNULL)

    def commit(self, *names):
        self.git("add", *names)
        self.git("commit", "--quiet", "--message", "auth: change")

    def concerned(self):
        tree = Tree.of(self.root)
        return sorted(lately.due(tree, lint.sources(tree), lately.touched(tree)))

    def test_without_history_nothing_is_known(self):
        self.assertIsNone(lately.touched(Tree.of(self.root)))

    def test_it_is_what_the_last_commits_touched_and_what_includes_it(self):
        self.git("init", "--quiet")
        self.write("auth/d.cpp", "")
        self.commit("auth")
        for number in range(lately.COMMITS):
            self.write("other", str(number))
            self.commit("other")
        self.assertEqual(self.concerned(), [])
        self.write("auth/a.cpp", "")
        self.write("auth/b.hpp", '#include "auth/deep.hpp"\nint f();\n')
        self.assertEqual(self.concerned(), ["auth/a.cpp", "auth/b.cpp", "auth/c.cpp"])
        self.commit("auth")
        self.assertEqual(self.concerned(), ["auth/a.cpp", "auth/b.cpp", "auth/c.cpp"])

    def test_a_header_that_no_source_includes_by_itself_is_judged_with_one_that_does(self):
        tree = Tree.of(self.root)
        self.assertEqual(lately.due(tree, lint.sources(tree), {"auth/deep.hpp"}), {"auth/b.cpp"})


if __name__ == "__main__":
    unittest.main()
