// SPDX-License-Identifier: BSD-3-Clause
//
// Result<T>: a value or the reason why there is none. g++ 12 lacks std::expected; this alias is the
// only place that knows what stands in for it.
#pragma once

#include <boost/system/result.hpp>

namespace turnpike::protocol {

template <typename T, typename Error = boost::system::error_code>
using Result = boost::system::result<T, Error>;

}  // namespace turnpike::protocol
