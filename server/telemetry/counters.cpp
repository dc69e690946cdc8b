// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/counters.hpp"

#include "server/telemetry/counter_rows.hpp"

namespace turnpike::telemetry {

CounterValues sum(std::span<const Counters* const> workers) noexcept {
    CounterValues total{};
    for (const Counters* worker : workers) {
        for (const CounterRow& row : counter_rows) {
            total[static_cast<std::size_t>(row.counter)] += worker->read(row.counter);
        }
    }
    return total;
}

}  // namespace turnpike::telemetry
