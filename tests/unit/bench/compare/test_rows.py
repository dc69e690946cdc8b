# SPDX-License-Identifier: BSD-3-Clause
import unittest

import sample
from compare import rows


class Selection(unittest.TestCase):
    def test_takes_all_rows_where_none_is_named(self):
        self.assertEqual(rows.selected([]), list(rows.ROWS))

    def test_keeps_the_order_of_the_table(self):
        self.assertEqual([row.name for row in rows.selected(["binding", "relay"])], ["relay", "binding"])

    def test_names_what_there_is_where_a_name_is_wrong(self):
        with self.assertRaisesRegex(ValueError, "no row named bindings; there are: relay, .*binding"):
            rows.selected(["bindings"])


class Table(unittest.TestCase):
    def test_names_are_unique_and_every_row_has_a_figure(self):
        names = [row.name for row in rows.ROWS]
        self.assertEqual(len(names), len(set(names)))
        for row in rows.ROWS:
            self.assertTrue(row.figures and row.directions, row.name)
            self.assertFalse(row.searches and row.load, row.name)

    def test_one_figure_of_each_row_has_a_floor_but_where_the_generator_is_the_limit(self):
        floors = {row.name: sum(figure.floor is not None for figure in row.figures) for row in rows.ROWS if not row.is_wire}
        self.assertEqual({name for name, count in floors.items() if count != 1}, {"tcp-single", "tls-single"})


    def test_rows_by_the_wire_have_floors_of_servers_that_take_part(self):
        for row in filter(lambda row: row.is_wire, rows.ROWS):
            floors = [floor for figure in row.figures for floor in figure.floors]
            self.assertTrue(floors, row.name)
            for floor in floors:
                self.assertTrue(row.takes(floor.server) and (floor.to is None or row.takes(floor.to)), (row.name, floor))


class Words(unittest.TestCase):
    def test_asks_for_a_search_where_the_largest_rate_counts(self):
        self.assertEqual(sample.RELAY.words("up"), ["--flows", "10", "--direction", "up", "--rate", "search"])

    def test_says_the_rate_where_there_is_one(self):
        self.assertEqual(sample.FLOOD.words("up", 1234567.8), ["--direction", "up", "--rate", "1234568"])

    def test_asks_the_kernel_to_send_by_the_wire(self):
        self.assertEqual(sample.WIRE.words("up"), ["--direction", "up", "--wire"])

    def test_says_nothing_of_rates_where_there_are_none(self):
        self.assertEqual(sample.BINDING.words(None), [])


class Values(unittest.TestCase):
    def test_finds_a_number_within_fields(self):
        result = {"pps": 5, "latency_us": {"p99": 1.5, "p50": None}, "direction": "up", "is_new": True}
        self.assertEqual([rows.value(result, path) for path in
                          ("pps", "latency_us.p99", "latency_us.p50", "latency_us.p9", "direction.up", "direction", "is_new")],
                         [5, 1.5, None, None, None, None, None])
        self.assertIsNone(rows.value(None, "pps"))

    def test_divides_one_number_by_another(self):
        self.assertEqual(rows.value({"delivered": 3, "sent": 4}, "delivered/sent"), 0.75)
        self.assertIsNone(rows.value({"delivered": 3, "sent": 0}, "delivered/sent"))
        self.assertIsNone(rows.value({"sent": 4}, "delivered/sent"))


class Floors(unittest.TestCase):
    def test_at_least_where_more_is_better(self):
        figure = sample.BINDING.figures[0]
        self.assertEqual([rows.met(figure, ratio, 1.5) for ratio in (1.49, 1.5, 2)], [False, True, True])

    def test_at_most_where_less_is_better(self):
        p99, p50 = sample.DELAY.figures
        self.assertEqual([rows.met(p99, ratio, 0.8) for ratio in (0.7, 0.8, 0.81)], [True, True, False])
        self.assertIsNone(rows.met(p50, 0.1, None))

    def test_are_against_coturn_unless_they_name_servers(self):
        self.assertEqual([sample.BINDING.figures[0].floor_of("turnpike", theirs) for theirs in ("coturn", "before")],
                         [1.5, None])
        pps, process = sample.WIRE.figures
        self.assertEqual([pps.floor_of(*pair) for pair in (("turnpike-xdp", "coturn"), ("turnpike-xdp", "bare"),
                                                           ("turnpike-tc", "bare"))], [10, 0.75, None])
        self.assertEqual(pps.wanted(), "turnpike-xdp 10 × coturn, turnpike-xdp 0.75 × bare")
        self.assertEqual(process.wanted(), "turnpike-xdp 0.02 cores")
        self.assertEqual([figure.wanted() for figure in sample.DELAY.figures], ["0.8 × coturn", "none"])
        self.assertEqual([process.limit_of(server) for server in ("turnpike-xdp", "bare")], [0.02, None])
