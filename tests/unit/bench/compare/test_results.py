# SPDX-License-Identifier: BSD-3-Clause
import unittest

from sample import BINDING, CONDITIONS, DELAY, FLOOD, RELAY, TABLE, record, requests
from compare import plot, ratios, results, table


def of(*records):
    return results.Results([each for some in records for each in some], TABLE)


class Values(unittest.TestCase):
    def test_a_row_with_two_directions_counts_their_mean(self):
        found = of([record("relay", "coturn", 1, {"pps": 100}, "up"), record("relay", "coturn", 1, {"pps": 300}, "down"),
                    record("relay", "coturn", 2, {"pps": 100}, "up")])
        self.assertEqual(found.values(RELAY, RELAY.figures[0], "coturn"), [200, None])

    def test_what_only_found_a_capacity_is_no_result(self):
        found = of([record("flood", "coturn", 0, {"pps": 900}, "up"), record("flood", "coturn", 1, {"pps": 20}, "up")])
        self.assertEqual(found.values(FLOOD, FLOOD.figures[0], "coturn"), [20])

    def test_knows_the_rows_that_were_measured_in_the_order_of_the_table(self):
        found = of(requests("coturn", 1), [record("relay", "coturn", 1, {})])
        self.assertEqual(found.rows, [RELAY, BINDING])


class Lines(unittest.TestCase):
    def test_the_median_of_the_pairs_decides(self):
        line, = of(requests("turnpike", 160, 140, 200), requests("coturn", 100, 100, 100)).lines("turnpike", "coturn")
        self.assertEqual((line.ratio, line.floor, line.met), (ratios.Spread(1.6, 1.4, 2.0, 3), 1.5, True))

    def test_a_floor_that_was_not_measured_is_missed(self):
        failed = [{"row": "binding", "server": "turnpike", "repeat": 1, "direction": None, "error": "it ended"}]
        found = of(failed, requests("coturn", 100))
        line, = found.missed()
        self.assertEqual((line.met, line.notes), (False, ("turnpike: 1 of 1 measurements failed",)))

    def test_a_run_in_which_all_failed_is_empty(self):
        failed = [{"row": "binding", "server": "turnpike", "repeat": 1, "direction": None, "error": "it ended"}]
        self.assertTrue(of(failed).is_empty())
        self.assertFalse(of(failed, requests("coturn", 100)).is_empty())

    def test_floors_are_those_against_coturn_alone(self):
        line, = of(requests("turnpike", 110), requests("before", 100)).lines("turnpike", "before")
        self.assertEqual((line.floor, line.met), (None, None))

    def test_less_is_better_for_latency(self):
        found = of([record("delay", "turnpike", 1, {"latency_us": {"p99": 70, "p50": 10}}, "up"),
                    record("delay", "coturn", 1, {"latency_us": {"p99": 100, "p50": 20}}, "up")])
        self.assertEqual([(line.title, line.met) for line in found.lines("turnpike", "coturn")],
                         [("latency: p99", True), ("latency: p50", None)])
        self.assertEqual(found.missed(), [])

    def test_says_where_the_generator_was_the_limit(self):
        found = of([record("binding", "turnpike", 1, {"requests_per_second": 9, "bottleneck": "bench"})],
                   requests("coturn", 100))
        self.assertEqual(found.lines("turnpike", "coturn")[0].notes,
                         ("turnpike: the generator was at its limit, the server may do more",))

    def test_says_where_no_rate_was_without_loss(self):
        found = of([record("relay", "turnpike", 1, {"pps": 9, "sent": 1000, "lost": lost}, direction)
                    for direction, lost in (("up", 3), ("down", 1))])
        self.assertEqual(list(found.notes(RELAY, "turnpike")),
                         ["turnpike: in 1 of 2 measurements every rate that was tried lost packets"])

    def test_says_where_less_than_the_flood_was_offered(self):
        found = of([record("flood", server, 1, {"pps": 9, "sent": 12000, "seconds": 2}, "up", offered_pps=offered)
                    for server, offered in (("turnpike", 10000), ("coturn", 6100))])
        self.assertEqual(found.lines("turnpike", "coturn")[0].notes,
                         ("turnpike: 6.0 times the capacity was offered, not 10",))

    def test_compares_all_with_the_reference_and_turnpike_with_its_baselines(self):
        found = of(requests("turnpike", 1), requests("before", 1), requests("coturn", 1))
        self.assertEqual(found.pairs("coturn"), [("turnpike", "coturn"), ("before", "coturn"), ("turnpike", "before")])
        self.assertEqual(found.pairs("before"), [("turnpike", "before"), ("coturn", "before")])
        self.assertEqual(of(requests("turnpike", 1)).pairs("turnpike"), [])


class Wire(unittest.TestCase):
    def setUp(self):
        self.found = of([record("wire", server, 1, {"pps": pps, "cpu": cpu}, "up") for server, pps, cpu in
                         (("turnpike-xdp", 900, 0.01), ("bare", 1300, 0), ("coturn", 80, 1))])

    def test_compares_whom_a_floor_names(self):
        self.assertEqual(self.found.pairs("coturn"), [("turnpike-xdp", "coturn"), ("bare", "coturn"),
                                                      ("turnpike-xdp", "bare")])

    def test_a_floor_may_be_of_a_ratio_or_of_the_figure_itself(self):
        pps, process = self.found.lines("turnpike-xdp", "coturn")
        self.assertEqual((pps.floor, pps.limit, pps.met), (10, None, True))
        self.assertEqual((process.floor, process.limit, process.met), (None, 0.02, True))
        self.assertEqual([(line.row.name, line.floor) for line in self.found.missed()], [("wire", 0.75)])

    def test_the_table_says_both(self):
        text = table.markdown(self.found, CONDITIONS | {"by_the_wire": True})
        self.assertIn("| by the wire | 900 packets/s | 1,300 packets/s | 0.69 × | 0.69 – 0.69 | ≥ 0.75 × | **missed** |", text)
        self.assertIn("| ≤ 0.02 cores | met |", text)
        self.assertIn("client – server – peer", text)

    def test_leaves_out_rows_in_which_one_of_both_takes_no_part(self):
        found = of(self.found.records, requests("coturn", 5))
        self.assertEqual([line.row.name for line in found.lines("bare", "coturn")], ["wire", "wire"])


class Reports(unittest.TestCase):
    def setUp(self):
        self.found = of(requests("turnpike", 160, 140, 200), requests("coturn", 100, 100, 100),
                        [record("delay", "turnpike", 1, {"latency_us": {"p99": 90, "p50": 10}}, "up")])

    def test_the_table_has_a_line_for_each_figure_and_the_conditions(self):
        text = table.markdown(self.found, CONDITIONS)
        self.assertIn("| Binding requests | 160 1/s | 100 1/s | 1.60 × | 1.40 – 2.00 | ≥ 1.5 × | met |", text)
        self.assertIn("| latency: p99 | 90 µs | – | – | – | ≤ 0.8 × | **missed** |", text)
        self.assertIn("Commit 0123456789ab (-O2); turnpike 1.0, coturn 4.6.1. 2 cores of a processor", text)

    def test_says_where_the_machine_was_not_quiet(self):
        self.assertNotIn("not quiet", table.markdown(self.found, CONDITIONS))
        self.assertIn("kept its cores 45% busy", table.markdown(self.found, CONDITIONS | {"others_busy": 0.45}))

    def test_one_server_alone_has_a_table_too(self):
        text = table.markdown(of(requests("coturn", 100, 300, 200)), CONDITIONS)
        self.assertIn("| Binding requests | coturn | 200 1/s | 100 – 300 |", text)

    def test_notes_are_numbered(self):
        failed = {"row": "delay", "server": "coturn", "repeat": 1, "direction": "up", "error": "it ended"}
        text = table.markdown(of(self.found.records, [failed]), CONDITIONS)
        self.assertIn("| latency: p99 [1] |", text)
        self.assertIn("\n[1] coturn: 1 of 1 measurements failed.", text)

    def test_the_page_fetches_nothing(self):
        page = plot.page(self.found, CONDITIONS)
        self.assertIn('<circle class="met"', page)
        self.assertIn("1.60 × met", page)
        for word in ("http:", "https:", "<script", "<link", "@import"):
            self.assertNotIn(word, page)

    def test_what_is_larger_stands_further_to_the_right(self):
        scale = plot.Scale([0.1, 10])
        places = [scale.x(ratio) for ratio in (0.1, 1, 10)]
        self.assertEqual(places, sorted(places))
        self.assertAlmostEqual(places[1] - places[0], places[2] - places[1], delta=0.2)
        self.assertTrue(plot.LABELS <= places[0] and places[2] <= plot.WIDTH - plot.RIGHT)
        self.assertEqual(scale.ticks(), [0.1, 0.2, 0.5, 1, 2, 5, 10])
