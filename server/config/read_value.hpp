// SPDX-License-Identifier: BSD-3-Clause
//
// From a TOML node to the checked value of an option: type, bounds, and the form of addresses,
// CIDR blocks and port ranges.
#pragma once

#include <optional>
#include <string>

#include "server/config/option.hpp"
#include "server/config/problem.hpp"
#include "server/config/toml.hpp"
#include "server/config/value.hpp"

namespace turnpike::config {

// Where the problems of a source go, each with the place of the node that has it.
class Complaints {
public:
    // `source`: a file name, to which the line is added, or what else gave the value.
    Complaints(std::string source, bool has_lines, Problems& problems)
        : source_{std::move(source)}, has_lines_{has_lines}, problems_{problems} {}

    void add(const toml::source_region& region, std::string what) {
        problems_.push_back({place(region), std::move(what)});
    }
    void add(const toml::node& node, std::string what) { add(node.source(), std::move(what)); }

    [[nodiscard]] std::string place(const toml::source_region& region) const;

private:
    std::string source_;
    bool has_lines_;
    Problems& problems_;
};

// None where the node does not fit the option; then at least one problem was added.
[[nodiscard]] std::optional<Value> read_value(const Option& option, const toml::node& node,
                                              Complaints& complaints);

}  // namespace turnpike::config
