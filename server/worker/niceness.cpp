// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/niceness.hpp"

#include <sys/resource.h>

#include <cerrno>

namespace turnpike::worker {

// Of Linux PRIO_PROCESS and 0 mean the thread that asks.
Niceness::Niceness(int niceness) noexcept : before_{::getpriority(PRIO_PROCESS, 0)} {
    if (niceness == before_) return;
    if (::setpriority(PRIO_PROCESS, 0, niceness) != 0) error_ = {errno, std::system_category()};
}

Niceness::~Niceness() {
    (void)::setpriority(PRIO_PROCESS, 0, before_);
}

}  // namespace turnpike::worker
