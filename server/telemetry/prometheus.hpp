// SPDX-License-Identifier: BSD-3-Clause
//
// The metrics as Prometheus scrapes them. Pure: the same value gives the same text, families and
// samples in the same order, and as many of them however busy the server is.
#pragma once

#include <string>

#include "server/telemetry/metrics.hpp"

namespace turnpike::telemetry {

[[nodiscard]] std::string to_prometheus(const Metrics& metrics);

}  // namespace turnpike::telemetry
