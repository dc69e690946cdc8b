// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/target.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include "server/telemetry/utf8.hpp"

namespace turnpike::admin {

std::optional<Target> Target::parse(std::string_view text) {
    const auto url = boost::urls::parse_origin_form(text);
    if (!url) return std::nullopt;
    Target target;
    // Names and values are quoted in answers, and compared with what is UTF-8 everywhere.
    const auto is_no_text = [](const std::string& each) {
        return each.find('\0') != std::string::npos || !telemetry::is_utf8(each);
    };
    for (const auto& segment : url->segments()) target.segments.emplace_back(segment);
    for (const auto& each : url->params()) {
        if (each.key.empty() && each.value.empty()) continue;  // "/v1/sessions?", "?a=b&"
        if (target.parameter(each.key)) return std::nullopt;
        if (is_no_text(each.key) || is_no_text(each.value)) return std::nullopt;
        target.parameters.emplace_back(each.key, each.value);
    }
    if (std::ranges::any_of(target.segments, is_no_text)) return std::nullopt;
    return target;
}

std::optional<std::string> Target::parameter(std::string_view name) const {
    const auto found =
        std::ranges::find(parameters, name, &decltype(parameters)::value_type::first);
    return found == parameters.end() ? std::nullopt : std::optional{found->second};
}

std::optional<std::string> Target::parameter_besides(
    const std::vector<std::string_view>& known) const {
    for (const auto& [name, value] : parameters) {
        if (std::ranges::find(known, name) == known.end()) return name;
    }
    return std::nullopt;
}

std::string to_text(const Target& target) {
    boost::urls::url url;
    url.set_path_absolute(true);
    for (const std::string& each : target.segments) url.segments().push_back(each);
    for (const auto& [name, value] : target.parameters) url.params().append({name, value});
    std::string text{url.buffer().begin(), url.buffer().end()};
    // A plus in a query is read as a blank.
    for (auto plus = text.find('+', std::min(text.find('?'), text.size()));
         plus != std::string::npos; plus = text.find('+', plus)) {
        text.replace(plus, 1, "%2B");
    }
    return text;
}

}  // namespace turnpike::admin
