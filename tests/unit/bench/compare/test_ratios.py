# SPDX-License-Identifier: BSD-3-Clause
import unittest

import sample  # noqa: F401
from compare import ratios


class Ratios(unittest.TestCase):
    def test_pairs_what_was_measured_side_by_side(self):
        # The machine was half as fast in the second minute: the ratio did not change.
        self.assertEqual(ratios.ratio([200, 100, 210], [100, 50, 100]), ratios.Spread(2.0, 2.0, 2.1, 3))

    def test_leaves_out_a_pair_in_which_one_is_missing(self):
        self.assertEqual(ratios.paired([10, None, 30], [5, 5, 0]), [2.0])
        self.assertEqual(ratios.paired([10, 20], [5]), [2.0])

    def test_says_nothing_of_nothing(self):
        self.assertIsNone(ratios.ratio([None], [1]))
        self.assertIsNone(ratios.spread([]))

    def test_takes_the_middle_of_an_even_number(self):
        self.assertEqual(ratios.spread([1, 4, 2, 3]), ratios.Spread(2.5, 1, 4, 4))

    def test_half_of_a_measurement_is_none(self):
        self.assertEqual(ratios.mean([100, 300]), 200)
        self.assertIsNone(ratios.mean([100, None]))
        self.assertIsNone(ratios.mean([]))

    def test_writes_numbers_as_people_do(self):
        for value, text in ((123456.7, "123,457"), (99.44, "99.4"), (1.2345, "1.23"), (0.0999, "0.0999"), (100, "100"),
                            (0, "0"), (None, "–")):
            self.assertEqual(ratios.number(value), text)
        self.assertEqual([ratios.factor(value) for value in (1.2, 11, 0.0911, None)], ["1.20", "11.00", "0.091", "–"])
