// SPDX-License-Identifier: BSD-3-Clause
//
// What is wrong with a configuration, said so that the operator can act on it. All problems of a
// configuration are found before any is reported.
#pragma once

#include <string>
#include <vector>

namespace turnpike::config {

struct Problem {
    std::string where;  // "turnpike.toml:12", "--set", "TURNPIKE_REALM"; empty: nowhere special
    std::string what;   // names the option, and says what to write instead

    [[nodiscard]] std::string to_string() const {
        return where.empty() ? what : where + ": " + what;
    }
    bool operator==(const Problem&) const = default;
};

using Problems = std::vector<Problem>;

}  // namespace turnpike::config
