// SPDX-License-Identifier: BSD-3-Clause
//
// Lets CHECK(result) show a Result whose value or reason cannot be printed.
#pragma once

#include <string>

#include "protocol/result.hpp"
#include "tests/support/catch.hpp"

namespace Catch {

template <typename T, typename Error>
struct StringMaker<boost::system::result<T, Error>> {
    static std::string convert(const boost::system::result<T, Error>& result) {
        return result.has_value() ? "a value" : "error " + Detail::stringify(result.error());
    }
};

}  // namespace Catch
