// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/routes.hpp"

#include <boost/json/parse.hpp>
#include <set>

#include "server/admin/openapi.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

std::string upper(std::string text) {
    for (char& each : text) {
        if (each >= 'a' && each <= 'z') each = static_cast<char>(each - 'a' + 'A');
    }
    return text;
}

TEST_CASE("the table of routes and the description of them have the same rows") {
    std::set<std::string> table;
    for (const Route& route : all_routes()) {
        CHECK(route.respond != nullptr);
        CHECK(table.insert(std::string{route.method}.append(" ").append(route.path)).second);
    }
    std::set<std::string> described;
    const boost::json::value description = boost::json::parse(openapi());
    for (const auto& [path, item] : description.at("paths").as_object()) {
        for (const auto& [method, operation] : item.as_object()) {
            if (method != "parameters") {
                described.insert(upper(std::string{method}) + ' ' + std::string{path});
            }
        }
    }
    CHECK(table == described);
}

TEST_CASE("what is said to be open to anybody is, and nothing else") {
    const boost::json::value description = boost::json::parse(openapi());
    for (const Route& route : all_routes()) {
        INFO(route.path);
        std::string method{route.method};
        for (char& each : method) each = static_cast<char>(each - 'A' + 'a');
        const auto& operation = description.at("paths").at(route.path).at(method).as_object();
        const auto* security = operation.if_contains("security");
        const std::size_t ways = security == nullptr ? 1 : security->as_array().size();
        CHECK(ways == (route.access == Access::anybody ? 0U
                       : route.access == Access::token ? 1U
                                                       : 2U));
    }
}

}  // namespace
}  // namespace turnpike::admin
