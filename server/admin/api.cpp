// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/api.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "server/admin/cors.hpp"
#include "server/admin/gate.hpp"
#include "server/admin/routes.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;

[[nodiscard]] Rate requests_of(const Settings& settings) {
    return {.burst = settings.requests_per_second,
            .interval = 1'000'000'000ns / settings.requests_per_second};
}

[[nodiscard]] Rate mints_of(const Settings& settings) {
    return {.burst = settings.mints_per_minute,
            .interval = 60'000'000'000ns / settings.mints_per_minute};
}

[[nodiscard]] Answer too_often(std::chrono::seconds wait, std::string what,
                               std::string_view option) {
    Answer answer =
        answer_of({429, "too_many_requests", std::move(what),
                   fmt::format("wait {} s; {} says how many are allowed", wait.count(), option)});
    answer.headers.push_back({"Retry-After", std::to_string(wait.count())});
    return answer;
}

// What no route has to be asked for; none: there is one.
[[nodiscard]] std::optional<Answer> without_route(const std::optional<Target>& target,
                                                  const Router::Found& found) {
    if (!target) {
        return answer_of(bad_request("this is no target of a request",
                                     "write /v1/..., with each parameter once"));
    }
    if (found.methods.empty()) {
        return answer_of(not_found("nothing is here", "GET /v1/openapi.json says what is where"));
    }
    if (found.route != nullptr) return std::nullopt;
    Answer answer = answer_of({405, "method_not_allowed", "this method does nothing here",
                               "methods here: " + found.methods});
    answer.headers.push_back({"Allow", found.methods});
    return answer;
}

// OWASP's advice for interfaces that serve no pages.
void harden(Answer& answer) {
    answer.headers.push_back({"Cache-Control", "no-store"});
    answer.headers.push_back(
        {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"});
    answer.headers.push_back({"Referrer-Policy", "no-referrer"});
    answer.headers.push_back({"X-Content-Type-Options", "nosniff"});
}

}  // namespace

Api::Api(const Parts& parts, Settings settings)
    : desk_{.backend = parts.backend,
            .events = parts.events,
            .database = parts.database,
            .settings = settings,
            .probe = Probe{parts.backend},
            .strangers = VisitorLimits{requests_of(settings)},
            .operators = VisitorLimits{requests_of(settings)},
            .mints = RateBuckets<MintKey>{mints_of(settings)}},
      router_{all_routes()} {}

void Api::apply(Settings settings) {
    const Settings& before = desk_.settings;
    if (before.requests_per_second != settings.requests_per_second) {
        desk_.strangers = VisitorLimits{requests_of(settings)};
        desk_.operators = VisitorLimits{requests_of(settings)};
    }
    if (before.mints_per_minute != settings.mints_per_minute) {
        desk_.mints = RateBuckets<MintKey>{mints_of(settings)};
    }
    desk_.settings = std::move(settings);
}

boost::asio::awaitable<Answer> Api::handle(const Request& request, protocol::Moment now) {
    Answer answer = co_await find_answer(request, now);
    harden(answer);
    co_return answer;
}

boost::asio::awaitable<Answer> Api::find_answer(const Request& request, protocol::Moment now) {
    auto target = Target::parse(request.target);
    Router::Found found;
    if (target) found = router_.find(request.method, target->segments);
    if (request.method == "OPTIONS" && found.is_for_pages) {
        // It bears nothing that it could be counted by, and costs no more than a refusal.
        co_return preflight(request, found.methods, desk_.settings);
    }
    const Access access = found.route == nullptr ? Access::token : found.route->access;
    Admission admission = admit(access, request, desk_.settings, now.wall);
    std::optional<Answer> answer = count(request, admission, now.steady);
    if (answer) ++desk_.too_many;
    if (!answer) answer = without_route(target, found);
    if (!answer && admission.refusal) {
        ++desk_.unauthorized;
        answer = std::move(admission.refusal);
    }
    if (!answer) {
        // g++ 12 destroys an aggregate twice that is made within the expression that waits.
        const Visit visit{.request = request,
                          .target = *std::move(target),
                          .arguments = found.arguments,
                          .key = std::move(admission.key),
                          .now = now};
        answer = co_await found.route->respond(desk_, visit);
    }
    if (found.is_for_pages) share(*answer, request, desk_.settings);
    co_return *std::move(answer);
}

std::optional<Answer> Api::count(const Request& request, const Admission& admission,
                                 protocol::TimePoint now) {
    if (admission.key) {
        const auto wait = desk_.mints.take(*admission.key, now);
        if (!wait) return std::nullopt;
        return too_often(*wait, "too many requests with this mint key", "admin.mints_per_minute");
    }
    VisitorLimits& limits = admission.has_token ? desk_.operators : desk_.strangers;
    const auto wait = limits.take(request.client, now);
    if (!wait) return std::nullopt;
    return too_often(*wait, "too many requests from this address", "admin.requests_per_second");
}

}  // namespace turnpike::admin
