# SPDX-License-Identifier: BSD-3-Clause
import unittest

import sample  # noqa: F401
from compare import micro


def entry(name, cpu_time, **more):
    return {"name": name, "run_type": "iteration", "cpu_time": cpu_time, "time_unit": "ns", **more}


class Reports(unittest.TestCase):
    def test_times_are_nanoseconds(self):
        self.assertEqual(micro.times({"benchmarks": [entry("a", 5.5), entry("b", 2, time_unit="us")]}),
                         {"a": 5.5, "b": 2000})

    def test_what_failed_or_is_a_mean_does_not_count(self):
        self.assertEqual(micro.times({"benchmarks": [entry("a", 1, error_occurred=True),
                                                     entry("a_mean", 1, run_type="aggregate")]}), {})


class Changes(unittest.TestCase):
    def verdict(self, base, head):
        found, = micro.changes([{"a": time} for time in base], [{"a": time} for time in head])
        return found.verdict

    def test_a_difference_is_one_where_all_pairs_agree(self):
        self.assertEqual(self.verdict([100, 200], [80, 150]), "faster")
        self.assertEqual(self.verdict([100, 200], [120, 250]), "SLOWER")
        self.assertEqual(self.verdict([100, 200], [80, 210]), "")
        self.assertEqual(self.verdict([100, 100], [101, 101]), "")

    def test_what_only_one_side_has_is_new_or_gone(self):
        found = micro.changes([{"kept": 1, "old": 2}], [{"kept": 1, "young": 3}])
        self.assertEqual([(each.name, each.verdict) for each in found], [("kept", ""), ("young", "new"), ("old", "gone")])

    def test_the_table_has_a_line_for_each(self):
        text = micro.text(micro.changes([{"decode": 100}], [{"decode": 50, "encode": 7}]))
        self.assertRegex(text, r"decode +100 +50 +0.50 +0.50 – 0.50 +faster")
        self.assertRegex(text, r"encode +– +7 +– +– +new")
