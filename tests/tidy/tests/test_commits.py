# SPDX-License-Identifier: BSD-3-Clause
import unittest

import sample  # noqa: F401
import commits


class Commits(unittest.TestCase):
    def test_lets_good_subjects_pass(self):
        for subject in ("turn: keep a permission for five minutes", "tests/e2e: relay for aiortc", "net: frame; worker: limit",
                        "config, server: read one table"):
            with self.subTest(subject):
                self.assertIsNone(commits.judge(subject))

    def test_stops_bad_ones(self):
        for subject in ("Fix stuff", "turn:no space", "turn: ends in a stop.", "turn: " + "x" * 70):
            with self.subTest(subject):
                self.assertIsNotNone(commits.judge(subject))
