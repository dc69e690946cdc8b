// SPDX-License-Identifier: BSD-3-Clause
//
// Where to connect to: a URL as libpq takes it, with one or several hosts. When libpq does not
// block it waits for a silent host without end, and the next attempt would begin with the same: so
// each attempt begins with another one.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace turnpike::storage::postgres {

class Target {
public:
    using Parameters = std::vector<std::pair<std::string, std::string>>;  // keyword, value

    // Throws std::runtime_error with libpq's own words where it is none, but for those it quotes.
    explicit Target(const std::string& url);

    // libpq's keywords with their values. Hosts in another order from attempt to attempt.
    [[nodiscard]] Parameters parameters(unsigned attempt) const;

    // For the log: no password.
    [[nodiscard]] std::string to_string() const;

private:
    Parameters parameters_;
};

}  // namespace turnpike::storage::postgres
