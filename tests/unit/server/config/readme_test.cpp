// SPDX-License-Identifier: BSD-3-Clause
//
// The README's table of options against the table that the program obeys.
#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "server/config/option.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

struct Row {
    std::vector<std::string> keys;
    std::vector<std::string> defaults;  // as many, or none where the README says it in words
};

// What stands in backticks.
std::vector<std::string> quoted_in(std::string_view cell) {
    std::vector<std::string> parts;
    for (auto open = cell.find('`'); open != cell.npos; open = cell.find('`')) {
        const auto close = cell.find('`', open + 1);
        parts.emplace_back(cell.substr(open + 1, close - open - 1));
        cell.remove_prefix(close + 1);
    }
    return parts;
}

std::vector<Row> readme_table() {
    std::ifstream file{"README.md"};
    std::vector<Row> rows;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("| option |")) inside = true;
        if (!line.starts_with('|')) inside = false;
        if (!inside || !line.starts_with("| `")) continue;
        const auto second = line.find('|', 1);
        const auto third = line.find('|', second + 1);
        rows.push_back({quoted_in(std::string_view{line}.substr(0, second)),
                        quoted_in(std::string_view{line}.substr(second, third - second))});
    }
    return rows;
}

bool says_nothing(std::string_view fallback) {
    return fallback == R"("")" || fallback == "[]" || fallback == "{}";
}

TEST_CASE("every option in the README's table is one of this build") {
    const auto rows = readme_table();
    REQUIRE(rows.size() > 20);
    for (const Row& row : rows) {
        for (const std::string& key : row.keys) {
            INFO(key);
            const Option* option = find_option(key == "[users]" ? "users" : key);
            CHECK(option != nullptr);
        }
    }
}

// One default may stand for several keys; in words it may stand only where the table has none.
TEST_CASE("every default in the README's table is the one of the program") {
    for (const Row& row : readme_table()) {
        for (std::size_t index = 0; index < row.keys.size(); ++index) {
            const std::string& key = row.keys[index];
            INFO(key);
            const Option& option = *find_option(key == "[users]" ? "users" : key);
            if (row.defaults.empty()) {
                CHECK(says_nothing(option.fallback));
            } else {
                CHECK(row.defaults[std::min(index, row.defaults.size() - 1)] == option.fallback);
            }
        }
    }
}

}  // namespace
}  // namespace turnpike::config
