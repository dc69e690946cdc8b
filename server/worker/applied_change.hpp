// SPDX-License-Identifier: BSD-3-Clause
//
// What a change of a running server brought beside what the configuration says, for the operator.
#pragma once

namespace turnpike::worker {

struct AppliedChange {
    bool has_other_certificates = false;  // in the same files
};

}  // namespace turnpike::worker
