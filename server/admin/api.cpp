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

[[nodiscard]] VisitorLimits requests_of(const Settings& settings) {
    return {settings.requests_per_second, 1'000'000'000ns / settings.requests_per_second};
}

[[nodiscard]] VisitorLimits mints_of(const Settings& settings) {
    return {settings.mints_per_minute, 60'000'000'000ns / settings.mints_per_minute};
}

[[nodiscard]] Answer too_often(std::chrono::seconds wait, std::string_view option) {
    Answer answer =
        answer_of({429, "too_many_requests", "too many requests from this address",
                   fmt::format("wait {} s; {} says how many are allowed", wait.count(), option)});
    answer.headers.push_back({"Retry-After", std::to_string(wait.count())});
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
            .requests = requests_of(settings),
            .mints = mints_of(settings)},
      router_{all_routes()} {}

void Api::apply(Settings settings) {
    const Settings& before = desk_.settings;
    if (before.requests_per_second != settings.requests_per_second) {
        desk_.requests = requests_of(settings);
    }
    if (before.mints_per_minute != settings.mints_per_minute) desk_.mints = mints_of(settings);
    desk_.settings = std::move(settings);
}

boost::asio::awaitable<Answer> Api::handle(const Request& request, protocol::Moment now) {
    Answer answer = co_await find_answer(request, now);
    harden(answer);
    co_return answer;
}

boost::asio::awaitable<Answer> Api::find_answer(const Request& request, protocol::Moment now) {
    if (const auto wait = desk_.requests.take(request.client, now.steady)) {
        co_return too_often(*wait, "admin.requests_per_second");
    }
    auto target = Target::parse(request.target);
    if (!target) {
        co_return answer_of(bad_request("this is no target of a request",
                                        "write /v1/..., with each parameter once"));
    }
    const Router::Found found = router_.find(request.method, target->segments);
    if (found.methods.empty()) {
        co_return answer_of(
            not_found("nothing is here", "GET /v1/openapi.json says what is where"));
    }
    if (request.method == "OPTIONS" && found.is_for_pages) {
        co_return preflight(request, found.methods, desk_.settings);
    }
    if (found.route == nullptr) {
        Answer answer = answer_of({405, "method_not_allowed", "this method does nothing here",
                                   "methods here: " + found.methods});
        answer.headers.push_back({"Allow", found.methods});
        co_return answer;
    }
    // g++ 12 destroys an aggregate twice that is made within the expression that waits.
    Visit visit{.request = request,
                .target = *std::move(target),
                .arguments = found.arguments,
                .key = {},
                .now = now};
    Answer answer = co_await follow(found, std::move(visit));
    if (found.is_for_pages) share(answer, request, desk_.settings);
    co_return answer;
}

boost::asio::awaitable<Answer> Api::follow(const Router::Found& found, Visit visit) {
    Admission admission = admit(found.route->access, visit.request, desk_.settings, visit.now.wall);
    if (admission.refusal) co_return *std::move(admission.refusal);
    if (admission.key) {
        if (const auto wait = desk_.mints.take(visit.request.client, visit.now.steady)) {
            co_return too_often(*wait, "admin.mints_per_minute");
        }
    }
    visit.key = std::move(admission.key);
    co_return co_await found.route->respond(desk_, visit);
}

}  // namespace turnpike::admin
