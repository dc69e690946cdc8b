// SPDX-License-Identifier: BSD-3-Clause
//
// Why a change of a running server was refused, for the operator.
#pragma once

#include <string>

namespace turnpike::worker {

struct ChangeProblem {
    std::string what;  // and what to do
};

}  // namespace turnpike::worker
