// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/router.hpp"

namespace turnpike::admin {
namespace {

// None where the path is another one.
[[nodiscard]] std::optional<std::vector<std::string>> match(
    std::string_view path, const std::vector<std::string>& segments) {
    std::vector<std::string> arguments;
    for (const std::string& segment : segments) {
        if (!path.starts_with('/')) return std::nullopt;
        path.remove_prefix(1);
        const std::string_view part = path.substr(0, path.find('/'));
        path.remove_prefix(part.size());
        if (part.starts_with('{')) {
            if (segment.empty()) return std::nullopt;
            arguments.push_back(segment);
        } else if (part != segment) {
            return std::nullopt;
        }
    }
    if (!path.empty()) return std::nullopt;
    return arguments;
}

}  // namespace

Router::Found Router::find(std::string_view method,
                           const std::vector<std::string>& segments) const {
    Found found;
    const std::string_view wanted = method == "HEAD" ? "GET" : method;
    for (const Route& route : routes_) {
        auto arguments = match(route.path, segments);
        if (!arguments) continue;
        found.methods.append(found.methods.empty() ? "" : ", ").append(route.method);
        found.is_for_pages |= route.access == Access::mint_key;
        if (route.method != wanted) continue;
        found.route = &route;
        found.arguments = *std::move(arguments);
    }
    return found;
}

}  // namespace turnpike::admin
