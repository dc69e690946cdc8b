# SPDX-License-Identifier: BSD-3-Clause
import unittest

import sample
from compare import plan

SERVERS = ["turnpike", "coturn"]


def planned(row, repeats=2, servers=SERVERS):
    return [(step.repeat, step.server, step.direction) for step in plan.steps([row], servers, repeats, "coturn")]


class Steps(unittest.TestCase):
    def test_servers_take_turns(self):
        self.assertEqual(planned(sample.BINDING), [(1, "turnpike", None), (1, "coturn", None),
                                                   (2, "turnpike", None), (2, "coturn", None)])

    def test_each_turn_has_all_directions(self):
        self.assertEqual(planned(sample.RELAY, 1), [(1, "turnpike", "up"), (1, "turnpike", "down"),
                                                    (1, "coturn", "up"), (1, "coturn", "down")])

    def test_finds_out_first_what_the_reference_can(self):
        self.assertEqual(planned(sample.DELAY, 1), [(0, "coturn", "up"), (1, "turnpike", "up"), (1, "coturn", "up")])

    def test_finds_out_first_what_the_best_can(self):
        self.assertEqual(planned(sample.FLOOD, 1)[:2], [(0, "turnpike", "up"), (0, "coturn", "up")])


    def test_leaves_out_who_does_not_take_part(self):
        self.assertEqual(planned(sample.WIRE, 1, ["turnpike", "turnpike-xdp", "coturn"]),
                         [(1, "turnpike-xdp", "up"), (1, "coturn", "up")])
        self.assertEqual(planned(sample.BINDING, 1, ["turnpike", "bare"]), [(1, "turnpike", None)])

    def test_leaves_out_a_row_in_which_nobody_is_compared(self):
        self.assertEqual(planned(sample.WIRE), [])
        self.assertEqual(planned(sample.WIRE, 1, ["coturn"]), [(1, "coturn", "up")])


class Times(unittest.TestCase):
    def test_a_search_takes_longer_and_all_of_it_has_an_end(self):
        relay, binding = (plan.Step(row, 1, "coturn", None) for row in (sample.RELAY, sample.BINDING))
        self.assertGreater(relay.seconds(3), 3 * binding.seconds(3))
        self.assertGreater(relay.seconds_at_most(3), 2 * relay.seconds(3))

    def test_the_rest_is_by_as_much_off_as_what_is_done(self):
        steps = plan.steps([sample.BINDING], SERVERS, 2, "coturn")
        self.assertEqual(plan.rest(steps, 0, 3, 0), plan.total(steps, 3))
        self.assertEqual(plan.rest(steps, 2, 3, plan.total(steps[:2], 3) * 2), plan.total(steps[2:], 3) * 2)
        self.assertEqual(plan.rest(steps, 4, 3, 1), 0)

    def test_says_durations_as_people_do(self):
        self.assertEqual([plan.duration(seconds) for seconds in (0, 29, 60, 7199, 9000)],
                         ["1 s", "29 s", "1 min", "2 h 0 min", "2 h 30 min"])


class Rates(unittest.TestCase):
    def setUp(self):
        self.capacities = plan.Capacities()

    def knows(self, row, **rates):
        for server, rate in rates.items():
            self.capacities.add(plan.Step(row, 0, server, "up"), rate)

    def rate(self, row, repeat=1):
        return self.capacities.rate(plan.Step(row, repeat, "turnpike", "up"), "coturn")

    def test_ten_times_what_the_best_carries(self):
        self.knows(sample.FLOOD, turnpike=700, coturn=150)
        self.assertEqual(self.rate(sample.FLOOD), 7000)

    def test_half_of_what_the_reference_carries(self):
        self.knows(sample.DELAY, coturn=150)
        self.assertEqual(self.rate(sample.DELAY), 75)

    def test_none_where_the_row_has_no_load_or_the_step_looks_for_one(self):
        self.assertIsNone(self.rate(sample.RELAY))
        self.assertIsNone(self.rate(sample.FLOOD, repeat=0))

    def test_does_not_guess(self):
        self.knows(sample.DELAY, turnpike=700)
        for row in (sample.DELAY, sample.FLOOD):
            with self.assertRaisesRegex(LookupError, "nobody knows"):
                self.rate(row)
