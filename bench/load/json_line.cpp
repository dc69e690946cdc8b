// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/json_line.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

namespace turnpike::bench {
namespace {

std::string number(double value) {
    if (!std::isfinite(value)) return "null";
    // Whole from where six digits would end before the point.
    return std::abs(value) >= 1e5 ? fmt::format("{:.0f}", value) : fmt::format("{:.6g}", value);
}

std::string joined(const boost::json::array& array) {
    std::string text;
    for (const auto& each : array) text += (text.empty() ? "" : ",") + json_line(each);
    return text;
}

std::string joined(const boost::json::object& object) {
    std::string text;
    for (const auto& [key, value] : object) {
        if (!text.empty()) text += ',';
        text += boost::json::serialize(key) + ':' + json_line(value);
    }
    return text;
}

}  // namespace

std::string json_line(const boost::json::value& value) {
    if (value.is_double()) return number(value.get_double());
    if (value.is_array()) return '[' + joined(value.get_array()) + ']';
    if (value.is_object()) return '{' + joined(value.get_object()) + '}';
    return boost::json::serialize(value);
}

}  // namespace turnpike::bench
