// SPDX-License-Identifier: BSD-3-Clause
//
// The measurements of turnpike-bench, each from making its sockets to its results. BadStart where
// one cannot be made.
#pragma once

#include "bench/load/publisher.hpp"
#include "bench/load/settings.hpp"

namespace turnpike::bench {

// Of relay and symmetric: at a rate, as fast as it goes, or searching.
void measure_relay(const Settings& settings, Publisher& publisher);
// Allocations that are made and given back.
void measure_allocate(const Settings& settings, Publisher& publisher);
void measure_binding(const Settings& settings, Publisher& publisher);
// What the server's memory grows by.
void measure_hold(const Settings& settings, Publisher& publisher);
// Traffic that is shaped like calls.
void measure_calls(const Settings& settings, Publisher& publisher);
// How many such calls this machine carries.
void measure_plan(const Settings& settings, Publisher& publisher);

}  // namespace turnpike::bench
