// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>
#include <utility>

namespace turnpike::doctor {
namespace {

std::string_view mark_of(Grade grade) noexcept {
    switch (grade) {
        case Grade::ok:
            return "ok";
        case Grade::warning:
            return "warn";
        case Grade::problem:
            return "FAIL";
    }
    return "";
}

std::string counted(std::ptrdiff_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace

std::string_view to_string(Grade grade) noexcept {
    switch (grade) {
        case Grade::ok:
            return "ok";
        case Grade::warning:
            return "warning";
        case Grade::problem:
            return "problem";
    }
    return "";
}

bool has_problem(std::span<const Finding> findings) noexcept {
    return std::ranges::count(findings, Grade::problem, &Finding::grade) != 0;
}

void print(std::span<const Finding> findings, std::ostream& out) {
    for (const Finding& each : findings) {
        out << fmt::format("  {:<5} {:<17} {}\n", mark_of(each.grade), each.check, each.seen);
        if (!each.advice.empty()) out << "        what to do: " << each.advice << '\n';
    }
    out << '\n'
        << counted(std::ranges::count(findings, Grade::problem, &Finding::grade), "problem") << ", "
        << counted(std::ranges::count(findings, Grade::warning, &Finding::grade), "warning")
        << '\n';
}

std::string json(std::span<const Finding> findings) {
    boost::json::array list;
    for (const Finding& each : findings) {
        boost::json::object object{{"check", boost::json::string{each.check}},
                                   {"grade", boost::json::string{to_string(each.grade)}},
                                   {"seen", each.seen}};
        if (!each.advice.empty()) object["advice"] = each.advice;
        list.push_back(std::move(object));
    }
    return boost::json::serialize(
        boost::json::object{{"works", !has_problem(findings)}, {"findings", std::move(list)}});
}

}  // namespace turnpike::doctor
