// SPDX-License-Identifier: BSD-3-Clause
//
// What a process that ends leaves to the one that comes next, so that calls go on: who it was, its
// secrets, and the allocations that hang on no connection. Times are of std::chrono::steady_clock,
// which both processes share as long as the machine is up. Values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/accounts/attendance.hpp"
#include "server/relay/account.hpp"
#include "server/turn/allocation.hpp"
#include "server/worker/assemble.hpp"
#include "storage/value.hpp"

namespace turnpike::worker {

struct HandedAllocation {
    turn::AllocationState rules;
    std::array<std::optional<protocol::Endpoint>, 2> bound;  // by family: what its sockets bind
    // What was used of its grant: all, and of that what the kernel has not counted.
    relay::Account::Numbers all;
    relay::Account::Numbers own;
    std::optional<std::uint32_t> slot;  // of the kernel's, where that relays for it too
    protocol::TimePoint heard;          // from its client
    storage::Time since_wall;
};

// By the worker that it names.
struct HandedWorker {
    std::uint64_t opened = 0;  // no allocation is named twice
    std::vector<HandedAllocation> allocations;
};

// What a user or a call shares.
struct HandedLimits {
    accounts::Attendance::Share share;
    std::optional<std::uint32_t> pool;  // of the kernel's, where those are the numbers
};

struct Handover {
    std::string boot;  // of the machine: times mean nothing in another one
    std::string node;
    std::string run;
    protocol::TimePoint until;  // nobody waits longer
    RunKeys keys;
    std::uint64_t kernel = 0;  // the name of the kernel's maps; 0: it relayed nothing
    std::vector<HandedWorker> workers;
    std::vector<HandedLimits> limits;
};

}  // namespace turnpike::worker
