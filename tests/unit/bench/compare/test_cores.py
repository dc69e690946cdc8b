# SPDX-License-Identifier: BSD-3-Clause
import unittest

import sample  # noqa: F401
from compare import cores

STAT = """cpu  30 0 40 50 0 0 9 0 0 0
cpu0 10 0 20 30 0 0 4 0 0 0
cpu1 20 0 20 20 0 0 5 0 0 0
intr 1
"""


class Sets(unittest.TestCase):
    def test_writes_masks_as_the_kernel_reads_them(self):
        for numbers, text in (((0,), "1"), ((1,), "2"), ((0, 2, 3), "d"), ((), "0"), ((32,), "1,00000000"),
                              ((0, 31), "80000001"), ((0, 40), "100,00000001")):
            self.assertEqual(cores.mask(numbers), text)

    def test_reads_lists_as_the_kernel_writes_them(self):
        self.assertEqual(cores.parse_list("0,2-4,7\n"), {0, 2, 3, 4, 7})
        self.assertEqual(cores.listed({3, 1}), "1,3")

    def test_gives_the_load_what_the_server_does_not_have(self):
        self.assertEqual(cores.split(1, {0, 1, 2}), {0, 2})
        with self.assertRaisesRegex(ValueError, "no core 4"):
            cores.split(4, {0, 1})
        with self.assertRaisesRegex(ValueError, "two are needed"):
            cores.split(0, {0})


class Readings(unittest.TestCase):
    def test_tells_how_each_core_spent_its_time(self):
        before = cores.parse_stat(STAT)
        after = cores.parse_stat(STAT.replace("cpu1 20 0 20 20 0 0 5", "cpu1 50 0 20 30 0 0 65"))
        self.assertEqual(cores.shares(before, after), {0: {}, 1: {"user": 0.3, "idle": 0.1, "softirq": 0.6}})

    def test_tells_how_busy_all_cores_were_together(self):
        before = cores.parse_stat(STAT)
        after = cores.parse_stat(STAT.replace("cpu0 10 0 20 30", "cpu0 10 0 20 90").replace("cpu1 20", "cpu1 60"))
        self.assertAlmostEqual(cores.busy(before, after), 0.4)
        self.assertEqual(cores.busy(before, before), 0)

    def test_counts_packets_by_core_with_and_without_its_number(self):
        long = "0000000a" + " 00000000" * 11 + " 00000003 00000000\n"
        self.assertEqual(cores.parse_softnet(long), {3: 10})
        self.assertEqual(cores.parse_softnet("00000001 00000000\n0000000f 00000000\n"), {0: 1, 1: 15})
