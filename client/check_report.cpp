// SPDX-License-Identifier: BSD-3-Clause
#include "client/check_report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace turnpike::client {
namespace {

double milliseconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

boost::json::object json_of(const CheckReport::Step& step) {
    boost::json::object object{{"step", step.name}, {"ok", step.passed}, {"detail", step.detail}};
    if (step.took) object["milliseconds"] = milliseconds(*step.took);
    if (!step.cause.empty()) object["cause"] = step.cause;
    return object;
}

boost::json::object json_of(const CheckReport::Way& way) {
    boost::json::array steps;
    for (const auto& step : way.steps) steps.push_back(json_of(step));
    return {{"uri", way.uri},
            {"server", way.server},
            {"works", way.works()},
            {"steps", std::move(steps)}};
}

}  // namespace

bool CheckReport::Way::works() const noexcept {
    return !steps.empty() && std::ranges::all_of(steps, &Step::passed);
}

void CheckReport::begin(std::string uri, std::string server) {
    if (out_ != nullptr) *out_ << fmt::format("{}  at {}\n", uri, server) << std::flush;
    ways_.push_back({.uri = std::move(uri), .server = std::move(server)});
}

void CheckReport::passed(std::string_view step, std::chrono::nanoseconds took, std::string detail) {
    if (out_ != nullptr) {
        *out_ << fmt::format("  ok    {:<16} {:>9.2f} ms  {}\n", step, milliseconds(took), detail)
              << std::flush;
    }
    ways_.back().steps.push_back(
        {.name = std::string{step}, .passed = true, .took = took, .detail = std::move(detail)});
}

bool CheckReport::failed(std::string_view step, const Failure& failure, std::string cause) {
    if (out_ != nullptr) {
        *out_ << fmt::format("  FAIL  {:<16} {}\n", step, failure.text);
        if (!cause.empty()) *out_ << "        likely cause: " << cause << '\n';
        *out_ << std::flush;
    }
    ways_.back().steps.push_back(
        {.name = std::string{step}, .detail = failure.text, .cause = std::move(cause)});
    return false;
}

void CheckReport::print_summary() const {
    if (out_ == nullptr || ways_.size() < 2) return;
    *out_ << '\n';
    for (const Way& way : ways_) {
        *out_ << fmt::format("{:<6}{}  at {}\n", way.works() ? "ok" : "FAIL", way.uri, way.server);
    }
}

bool CheckReport::all_work() const noexcept {
    return !ways_.empty() && std::ranges::all_of(ways_, &Way::works);
}

std::string CheckReport::json() const {
    boost::json::array ways;
    for (const Way& way : ways_) ways.push_back(json_of(way));
    return boost::json::serialize(
        boost::json::object{{"works", all_work()}, {"ways", std::move(ways)}});
}

}  // namespace turnpike::client
