// SPDX-License-Identifier: BSD-3-Clause
//
// The allocations of one worker as an operator sees and names them. For the worker's own thread.
#pragma once

#include <vector>

#include "protocol/time.hpp"
#include "server/turn/allocation_table.hpp"
#include "server/worker/context.hpp"
#include "server/worker/session_info.hpp"

namespace turnpike::worker {

[[nodiscard]] bool matches(const SessionFilter& filter, const Holding& holding);

// In the order of their ids. What is being opened is none yet.
[[nodiscard]] std::vector<protocol::AllocationId> find_sessions(const Context& context,
                                                                const SessionFilter& filter);

[[nodiscard]] SessionPage list_sessions(const Context& context,
                                        const turn::AllocationTable& allocations,
                                        const SessionQuery& query, protocol::TimePoint now);

// One page of those of all workers.
[[nodiscard]] SessionPage merged(std::vector<SessionPage> pages, std::size_t limit);

}  // namespace turnpike::worker
