// SPDX-License-Identifier: BSD-3-Clause
//
// The line of the log that says that a server serves, and by what: which need not be what was
// configured.
#pragma once

#include "server/worker/commons.hpp"

namespace turnpike::worker {

void log_ready(const Commons& commons);

}  // namespace turnpike::worker
