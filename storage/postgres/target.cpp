// SPDX-License-Identifier: BSD-3-Clause
#include "storage/postgres/target.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "storage/postgres/handle.hpp"

namespace turnpike::storage::postgres {

namespace {

// "a,b,c" becomes "b,c,a".
std::string rotated(std::string_view list, unsigned times) {
    std::vector<std::string> parts{""};
    for (const char character : list) {
        if (character == ',') {
            parts.emplace_back();
        } else {
            parts.back() += character;
        }
    }
    std::ranges::rotate(parts, parts.begin() + static_cast<std::ptrdiff_t>(times % parts.size()));
    std::string text;
    for (const std::string& part : parts) {
        if (&part != &parts.front()) text += ',';
        text += part;
    }
    return text;
}

bool is_list(std::string_view keyword) {
    return keyword == "host" || keyword == "hostaddr" || keyword == "port";
}

// What libpq quotes of a URL that it does not understand may be a password, or a piece of one. A
// single character is the one that it looked for.
std::string without_quotes(std::string_view problem) {
    std::string text;
    while (!problem.empty()) {
        const auto from = std::min(problem.find('"'), problem.size());
        text += problem.substr(0, from);
        problem.remove_prefix(from);
        if (problem.empty()) break;
        const bool is_character = problem.size() > 2 && problem[2] == '"';
        text += is_character ? problem.substr(0, 3) : "\"...\"";
        // What is quoted may hold quotes itself; then all to the last is hidden.
        const auto to = is_character ? 2 : problem.rfind('"');
        problem.remove_prefix(to + 1);
    }
    return text;
}

struct Free {
    void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

}  // namespace

Target::Target(const std::string& url) {
    char* problem = nullptr;
    const std::unique_ptr<PQconninfoOption, Free> options{PQconninfoParse(url.c_str(), &problem)};
    if (!options) {
        std::string what = problem != nullptr ? problem : "not enough memory";
        PQfreemem(problem);
        while (what.ends_with('\n')) what.pop_back();
        throw std::runtime_error{without_quotes(what) + " (see storage.url)"};
    }
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) parameters_.emplace_back(option->keyword, option->val);
    }
}

Target::Parameters Target::parameters(unsigned attempt) const {
    auto parameters = parameters_;
    for (auto& [keyword, value] : parameters) {
        if (is_list(keyword)) value = rotated(value, attempt);
    }
    return parameters;
}

std::string Target::to_string() const {
    std::string text;
    for (const auto& [keyword, value] : parameters_) {
        if (!is_list(keyword) && keyword != "dbname" && keyword != "user") continue;
        if (!text.empty()) text += ' ';
        text += keyword;
        text += '=';
        text += value;
    }
    return text;
}

}  // namespace turnpike::storage::postgres
