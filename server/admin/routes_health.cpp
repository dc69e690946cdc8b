// SPDX-License-Identifier: BSD-3-Clause
#include <boost/json/object.hpp>
#include <utility>

#include "server/admin/asked.hpp"
#include "server/admin/openapi.hpp"
#include "server/admin/reply.hpp"
#include "server/admin/routes.hpp"
#include "server/telemetry/exposition.hpp"

namespace turnpike::admin {
namespace {

using Responding = boost::asio::awaitable<Answer>;

// This thread answers; that is all that is asked.
Responding live(Desk& /*desk*/, const Visit& /*visit*/) {
    co_return text_answer("alive\n");
}

[[nodiscard]] Answer readiness_answer(const Readiness& readiness) {
    boost::json::object body;
    body["ready"] = readiness.ready;
    body["reason"] = readiness.reason;
    body["took_microseconds"] = readiness.took.count();
    return json_answer(body, readiness.ready ? 200 : 503);
}

Responding ready(Desk& desk, const Visit& visit) {
    const auto status = co_await asked<DrainStatus>(
        [&desk](Handler<DrainStatus> handler) { desk.backend.drain_status(std::move(handler)); });
    if (!status) co_return readiness_answer({.reason = "the server does not answer"});
    if (status->phase != Phase::serving) {
        co_return readiness_answer({.reason = status->phase == Phase::draining
                                                  ? "draining: no new allocations are taken"
                                                  : "ended"});
    }
    co_return readiness_answer(co_await desk.probe.ask(visit.now.steady));
}

// What only this interface knows, in the format of the rest.
[[nodiscard]] std::string own_metrics(const Desk& desk) {
    telemetry::Exposition out;
    out.begin({"turnpike_admin_requests_refused_total", telemetry::MetricType::counter,
               "Requests to the admin interface that were refused, by reason: no good token or "
               "mint key, or too many of them"});
    out.sample(telemetry::labels({{"reason", "unauthorized"}}), desk.unauthorized);
    out.sample(telemetry::labels({{"reason", "too_many"}}), desk.too_many);
    return std::move(out).take();
}

Responding metrics(Desk& desk, const Visit& /*visit*/) {
    auto text = co_await asked<std::string>(
        [&desk](Handler<std::string> handler) { desk.backend.metrics(std::move(handler)); });
    if (!text) co_return no_answer();
    text->append(own_metrics(desk));
    co_return text_answer(*std::move(text), std::string{telemetry::exposition_content_type});
}

Responding describe(Desk& /*desk*/, const Visit& /*visit*/) {
    co_return text_answer(std::string{openapi()}, "application/json");
}

}  // namespace

std::vector<Route> health_routes() {
    return {{"GET", "/livez", Access::anybody, live},
            {"GET", "/readyz", Access::anybody, ready},
            {"GET", "/metrics", Access::anybody, metrics},
            {"GET", "/v1/openapi.json", Access::token, describe}};
}

}  // namespace turnpike::admin
