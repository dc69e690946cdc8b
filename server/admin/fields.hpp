// SPDX-License-Identifier: BSD-3-Clause
//
// The fields of a request's JSON object. Fails for good: read all of them, then ask ok() once; the
// first thing that was wrong is kept. A field that is null reads as none.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/admin/exchange.hpp"
#include "storage/value.hpp"

namespace turnpike::admin {

struct Bounds {
    std::int64_t min = 1;
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

class Fields {
public:
    // An empty body is an object without fields. Others than `known` are refused.
    Fields(std::string_view body, const std::vector<std::string_view>& known);

    [[nodiscard]] bool has(std::string_view name) const { return object_.contains(name); }
    // One that is missing is a problem.
    [[nodiscard]] std::string required_text(std::string_view name);
    // At least one character, at most 512 octets, no control characters.
    [[nodiscard]] std::optional<std::string> text(std::string_view name);
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, Bounds bounds = {});
    [[nodiscard]] std::optional<bool> boolean(std::string_view name);
    // {"name": "text", ...}
    [[nodiscard]] std::map<std::string, std::string> texts(std::string_view name);
    // "2026-11-23T18:00:00Z"
    [[nodiscard]] std::optional<storage::Time> time(std::string_view name);

    [[nodiscard]] bool ok() const noexcept { return !problem_; }
    [[nodiscard]] const Problem& problem() const { return *problem_; }
    void refuse(std::string message, std::string advice);

private:
    [[nodiscard]] const boost::json::value* find(std::string_view name) const;

    boost::json::object object_;
    std::optional<Problem> problem_;
};

}  // namespace turnpike::admin
