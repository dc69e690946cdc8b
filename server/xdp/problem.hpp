// SPDX-License-Identifier: BSD-3-Clause
//
// Why the kernel did not take something, in words for the log.
#pragma once

#include <string>

#include <boost/system/error_code.hpp>

#include "protocol/result.hpp"

namespace turnpike::xdp {

struct Problem {
    boost::system::error_code error;
    std::string text;
};

template <typename T>
using Outcome = protocol::Result<T, Problem>;

// From an errno value, of either sign.
[[nodiscard]] inline Problem problem(int number, std::string what) {
    const boost::system::error_code error{number < 0 ? -number : number,
                                          boost::system::system_category()};
    return {error, std::move(what) + ": " + error.message()};
}

}  // namespace turnpike::xdp
