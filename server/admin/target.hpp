// SPDX-License-Identifier: BSD-3-Clause
//
// The target of a request: the segments of its path and its parameters, decoded. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace turnpike::admin {

struct Target {
    std::vector<std::string> segments;
    std::vector<std::pair<std::string, std::string>> parameters;

    // None where it is no absolute path with an optional query (RFC 3986), holds a NUL, or a
    // parameter twice: which of both would be meant?
    [[nodiscard]] static std::optional<Target> parse(std::string_view text);

    [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
    // Whether there are others than these.
    [[nodiscard]] std::optional<std::string> parameter_besides(
        const std::vector<std::string_view>& known) const;
};

// "/v1/sessions?call=c%201&after=5"
[[nodiscard]] std::string to_text(const Target& target);

}  // namespace turnpike::admin
