// SPDX-License-Identifier: BSD-3-Clause
//
// What a check saw, step by step: printed for a person as it happens, or kept for a program to
// read. A step that failed says what to look at first.
#pragma once

#include <chrono>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "client/failure.hpp"

namespace turnpike::client {

class CheckReport {
public:
    struct Step {
        std::string name;
        bool passed = false;
        std::optional<std::chrono::nanoseconds> took{};
        std::string detail;
        std::string cause{};
    };
    // One way to the server: a transport and an address.
    struct Way {
        std::string uri;
        std::string server;
        std::vector<Step> steps{};
        [[nodiscard]] bool works() const noexcept;
    };

    // Without a stream nothing is printed.
    explicit CheckReport(std::ostream* out) : out_{out} {}

    void begin(std::string uri, std::string server);
    void passed(std::string_view step, std::chrono::nanoseconds took, std::string detail);
    // Returns false, so that a step that fails can end with it.
    bool failed(std::string_view step, const Failure& failure, std::string cause);
    // At the end: each way and its fate in one line.
    void print_summary() const;

    [[nodiscard]] bool all_work() const noexcept;
    [[nodiscard]] const std::vector<Way>& ways() const noexcept { return ways_; }
    // {"works": ..., "ways": [{"uri", "server", "works", "steps": [{"step", "ok", "milliseconds",
    // "detail", "cause"}]}]}; a step that failed has no milliseconds.
    [[nodiscard]] std::string json() const;

private:
    std::ostream* out_;
    std::vector<Way> ways_;
};

}  // namespace turnpike::client
