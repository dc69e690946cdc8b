// SPDX-License-Identifier: BSD-3-Clause
//
// A result as one line that programs read and people can: numbers as one would write them, not
// with the exponents that Boost.JSON gives every fraction.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace turnpike::bench {

// Without the end of the line. A fraction keeps six digits; what is no number at all (a division
// by nothing) is null.
[[nodiscard]] std::string json_line(const boost::json::value& value);

}  // namespace turnpike::bench
