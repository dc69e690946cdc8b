// SPDX-License-Identifier: BSD-3-Clause
//
// What keeps a measurement from being made at all: a server that cannot be reached, a namespace
// that is not there. Caught in main, which says it and ends.
#pragma once

#include <stdexcept>

namespace turnpike::bench {

class BadStart : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace turnpike::bench
