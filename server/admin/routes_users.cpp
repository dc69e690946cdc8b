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
using storage::Account;
using storage::Registry;

[[nodiscard]] Problem no_user(const std::string& name) {
    return not_found("no user " + name + " in turnpike.account",
                     "GET /v1/users lists them; those of a site's own tables are changed there");
}

Registrar::Awaited<std::optional<Account>> find(Registrar& registrar, std::string name) {
    co_return co_await registrar.ask<std::optional<Account>>([&](Registry& registry, auto handler) {
        registry.find_account(registrar.realm(), name, std::move(handler));
    });
}

Responding list(Desk& desk, const Visit& visit) {
    auto registrar = desk.registrar();
    if (!registrar) co_return no_database();
    const auto page = page_of(visit.target);
    if (!page) co_return answer_of(page.error());
    auto users =
        co_await registrar->ask<std::vector<Account>>([&](Registry& registry, auto handler) {
            // One more, to know whether there are more.
            registry.list_accounts(registrar->realm(), {page->after, page->limit + 1},
                                   std::move(handler));
        });
    if (!users) co_return answer_of(users.error());
    boost::json::object body;
    body["next"] = cut_page(*users, *page, visit.target, &Account::username);
    boost::json::array rows;
    for (const Account& each : *users) rows.emplace_back(to_json(each));
    body["users"] = std::move(rows);
    co_return json_answer(body);
}

Responding show(Desk& desk, const Visit& visit) {
    auto registrar = desk.registrar();
    if (!registrar) co_return no_database();
    const auto user = co_await find(*registrar, visit.arguments.front());
    if (!user) co_return answer_of(user.error());
    if (!*user) co_return answer_of(no_user(visit.arguments.front()));
    co_return json_answer(to_json(**user));
}

// Makes it or changes all of it.
Responding put(Registrar registrar, UserDraft draft, unsigned status) {
    const auto account = account_of(draft, registrar.realm());
    if (!account) {
        co_return answer_of({422, "unusable_name_or_password",
                             "this name or this password is none that clients can send",
                             "see RFC 8265 section 4.2"});
    }
    const auto done = co_await registrar.ask<void>([&](Registry& registry, auto handler) {
        registry.put_account(*account, std::move(handler));
    });
    if (!done) co_return answer_of(done.error());
    co_return json_answer(to_json(*account), status);
}

Responding create(Desk& desk, const Visit& visit) {
    const auto registrar = desk.registrar();
    if (!registrar) co_return no_database();
    auto draft = read_user(visit.request.body, std::nullopt);
    if (!draft) co_return answer_of(draft.error());
    Registrar asked = *registrar;
    const auto known = co_await find(asked, draft->name);
    if (!known) co_return answer_of(known.error());
    if (*known) {
        co_return answer_of({409, "conflict", "there is a user " + draft->name,
                             "PATCH or PUT /v1/users/{name} changes one"});
    }
    co_return co_await put(asked, *std::move(draft), 201);
}

Responding replace(Desk& desk, const Visit& visit) {
    const auto registrar = desk.registrar();
    if (!registrar) co_return no_database();
    auto draft = read_user(visit.request.body, visit.arguments.front());
    if (!draft) co_return answer_of(draft.error());
    co_return co_await put(*registrar, *std::move(draft), 200);
}

[[nodiscard]] Answer revoked(const storage::Result<Revoked>& result, const std::string& name) {
    if (!result) return answer_of(result.error());
    if (!result->found) return answer_of(no_user(name));
    return json_answer({{"name", name}, {"ended", result->ended}, {"pending", result->pending}});
}

// Who is disabled is so first, and then all else is changed: nobody gets in between.
Responding amend(Desk& desk, const Visit& visit) {
    auto registrar = desk.registrar();
    if (!registrar) co_return no_database();
    const std::string& name = visit.arguments.front();
    const auto amendment = read_user_amendment(visit.request.body);
    if (!amendment) co_return answer_of(amendment.error());
    storage::Result<Revoked> ended = Revoked{.found = true};
    if (amendment->enabled == false) {
        ended = co_await registrar->disable_user(name);
        if (!ended || !ended->found) co_return revoked(ended, name);
    }
    const auto found = co_await registrar->ask<bool>([&](Registry& registry, auto handler) {
        registry.amend_account(registrar->realm(), name, *amendment, std::move(handler));
    });
    if (!found) co_return answer_of(found.error());
    if (!*found) co_return answer_of(no_user(name));
    co_return revoked(ended, name);
}

Responding remove(Desk& desk, const Visit& visit) {
    auto registrar = desk.registrar();
    if (!registrar) co_return no_database();
    const std::string& name = visit.arguments.front();
    co_return revoked(co_await registrar->remove_user(name), name);
}

}  // namespace

std::vector<Route> user_routes() {
    return {{"GET", "/v1/users", Access::token, list},
            {"POST", "/v1/users", Access::token, create},
            {"GET", "/v1/users/{name}", Access::token, show},
            {"PUT", "/v1/users/{name}", Access::token, replace},
            {"PATCH", "/v1/users/{name}", Access::token, amend},
            {"DELETE", "/v1/users/{name}", Access::token, remove}};
}

}  // namespace turnpike::admin
