// SPDX-License-Identifier: BSD-3-Clause
//
// The least that any relay could do: between two interfaces an XDP program writes other MACs and
// sends on, until it is told to end. What bench/compare measures relays against.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace turnpike::bench {

class ForwardCommand {
public:
    explicit ForwardCommand(CLI::App& program);

    [[nodiscard]] bool is_asked() const;
    // Returns when SIGTERM or SIGINT has come.
    [[nodiscard]] int run() const;

private:
    CLI::App* command_;
    std::vector<std::string> neighbours_;
};

}  // namespace turnpike::bench
