// SPDX-License-Identifier: BSD-3-Clause
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "server/admin/account_fields.hpp"
#include "server/admin/account_json.hpp"
#include "server/admin/reply.hpp"
#include "server/admin/routes.hpp"

namespace turnpike::admin {
namespace {

using Responding = boost::asio::awaitable<Answer>;
using storage::Call;
using storage::Registry;

[[nodiscard]] Problem no_call(const std::string& id) {
    return not_found("no call " + id, "GET /v1/calls lists them");
}

Responding list(Desk& desk, const Visit& visit) {
    auto registrar = desk.registrar();
    if (!registrar) co_return no_database();
    const auto page = page_of(visit.target);
    if (!page) co_return answer_of(page.error());
    auto calls = co_await registrar->ask<std::vector<Call>>([&](Registry& registry, auto handler) {
        // One more, to know whether there are more.
        registry.list_calls(registrar->realm(), {page->after, page->limit + 1}, std::move(handler));
    });
    if (!calls) co_return answer_of(calls.error());
    boost::json::object body;
    body["next"] = cut_page(*calls, *page, visit.target, &Call::id);
    boost::json::array rows;
    for (const Call& each : *calls) rows.emplace_back(to_json(each));
    body["calls"] = std::move(rows);
    co_return json_answer(body);
}

// The call, and what its participants have used; usage may be there without a row of the call.
Responding answer_with(Registrar registrar, std::string id, unsigned status) {
    const auto call =
        co_await registrar.ask<std::optional<Call>>([&](Registry& registry, auto handler) {
            registry.find_call(registrar.realm(), id, std::move(handler));
        });
    if (!call) co_return answer_of(call.error());
    const auto usage = co_await registrar.ask<std::vector<storage::CallUsage>>(
        [&](Registry& registry, auto handler) {
            registry.call_usage(registrar.realm(), id, std::move(handler));
        });
    if (!usage) co_return answer_of(usage.error());
    if (!*call && usage->empty()) co_return answer_of(no_call(id));
    co_return json_answer(to_json(call->value_or(Call{.id = id}), *usage), status);
}

Responding show(Desk& desk, const Visit& visit) {
    const auto registrar = desk.registrar();
    if (!registrar) co_return no_database();
    co_return co_await answer_with(*registrar, visit.arguments.front(), 200);
}

Responding create(Desk& desk, const Visit& visit) {
    auto registrar = desk.registrar();
    if (!registrar) co_return no_database();
    auto call = read_call(visit.request.body);
    if (!call) co_return answer_of(call.error());
    call->realm = registrar->realm();
    const auto done = co_await registrar->ask<void>(
        [&](Registry& registry, auto handler) { registry.create_call(*call, std::move(handler)); });
    if (!done) co_return answer_of(done.error());
    co_return co_await answer_with(*registrar, call->id, 201);
}

[[nodiscard]] Answer revoked(const storage::Result<Revoked>& result, const std::string& id) {
    if (!result) return answer_of(result.error());
    if (!result->found) return answer_of(no_call(id));
    return json_answer({{"id", id}, {"ended", result->ended}, {"pending", result->pending}});
}

Responding end(Desk& desk, const Visit& visit) {
    auto registrar = desk.registrar();
    if (!registrar) co_return no_database();
    const std::string& id = visit.arguments.front();
    co_return revoked(co_await registrar->end_call(id, storage::to_time(visit.now.wall)), id);
}

Responding amend(Desk& desk, const Visit& visit) {
    auto registrar = desk.registrar();
    if (!registrar) co_return no_database();
    const std::string& id = visit.arguments.front();
    const auto changes = read_call_changes(visit.request.body);
    if (!changes) co_return answer_of(changes.error());
    if (changes->end) co_return co_await end(desk, visit);
    const auto amended = co_await registrar->ask<bool>([&](Registry& registry, auto handler) {
        registry.amend_call(registrar->realm(), id, changes->amendment, std::move(handler));
    });
    if (!amended) co_return answer_of(amended.error());
    if (!*amended) co_return answer_of(no_call(id));
    if (changes->extend_seconds != 0) {
        const auto extended = co_await registrar->ask<bool>([&](Registry& registry, auto handler) {
            registry.extend_call(registrar->realm(), id, changes->extend_seconds,
                                 std::move(handler));
        });
        if (!extended) co_return answer_of(extended.error());
    }
    co_return co_await answer_with(*registrar, id, 200);
}

}  // namespace

std::vector<Route> call_routes() {
    return {{"GET", "/v1/calls", Access::token, list},
            {"POST", "/v1/calls", Access::token, create},
            {"GET", "/v1/calls/{id}", Access::token, show},
            {"PATCH", "/v1/calls/{id}", Access::token, amend},
            {"DELETE", "/v1/calls/{id}", Access::token, end}};
}

}  // namespace turnpike::admin
