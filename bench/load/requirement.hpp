// SPDX-License-Identifier: BSD-3-Clause
//
// What --require demands of a result: "lost<=0.1%", "latency_us.p99<=2000". The field is a path
// into the line of JSON; a percentage is of what was sent.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace turnpike::bench {

class Requirement {
public:
    // None where the text is no such expression.
    [[nodiscard]] static std::optional<Requirement> parse(std::string_view text);

    // Empty where it is met; else why not, a sentence for a person. A result without the field does
    // not meet it.
    [[nodiscard]] std::string complaint(const boost::json::object& result) const;

private:
    enum class Comparison : std::uint8_t { less, at_most, more, at_least, equal, unequal };

    Requirement() = default;
    [[nodiscard]] bool holds(double found, double wanted) const noexcept;

    std::string text_;
    std::string field_;
    Comparison comparison_ = Comparison::equal;
    double wanted_ = 0;
    bool is_share_ = false;
};

// The number at the end of a path; keys may hold dots themselves ("latency_us.p99.9").
[[nodiscard]] std::optional<double> find_number(const boost::json::object& object,
                                                std::string_view path);

}  // namespace turnpike::bench
