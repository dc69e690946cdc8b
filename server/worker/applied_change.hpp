// SPDX-License-Identifier: BSD-3-Clause
//
// What a change of a running server brought beside what the configuration says, for the operator.
#pragma once

#include <cstddef>

namespace turnpike::worker {

struct AppliedChange {
    std::size_t workers_unheard = 0;      // took no order, and go on by the rules of before
    bool has_other_certificates = false;  // in the same files
};

}  // namespace turnpike::worker
