// SPDX-License-Identifier: BSD-3-Clause
#include "storage/store.hpp"

#include <utility>

#include "storage/converted.hpp"
#include "storage/rows.hpp"
#include "storage/statements.hpp"

namespace turnpike::storage {

void Store::find_user(const std::string& realm, const std::string& username,
                      Handler<std::optional<User>> handler) {
    database_.execute({{&statements::find_user, {realm, username}}},
                      converted(std::move(handler), [realm](const std::vector<Rows>& rows) {
                          return rows[0].empty() ? std::optional<User>{}
                                                 : std::optional{to_user(rows[0][0], realm)};
                      }));
}

void Store::find_call(const std::string& realm, const std::string& id,
                      Handler<CallAndRealm> handler) {
    database_.execute({{&statements::find_call, {realm, id}}},
                      converted(std::move(handler), [realm](const std::vector<Rows>& rows) {
                          if (rows[0].empty()) return CallAndRealm{};
                          return CallAndRealm{to_call(rows[0][0], 0, realm),
                                              to_realm(rows[0][0], 10)};
                      }));
}

void Store::load_secrets(const std::string& realm, Handler<std::vector<Secret>> handler) {
    database_.execute({{&statements::load_secrets, {realm}}},
                      converted(std::move(handler), [](const std::vector<Rows>& rows) {
                          std::vector<Secret> secrets;
                          for (const Row& row : rows[0]) secrets.push_back(to_secret(row));
                          return secrets;
                      }));
}

void Store::used_bytes(const std::string& realm, const std::string& call, const std::string& run,
                       Handler<std::int64_t> handler) {
    database_.execute({{&statements::used_bytes, {realm, call, run}}},
                      converted(std::move(handler), [](const std::vector<Rows>& rows) {
                          return first_integer(rows[0]);
                      }));
}

void Store::write_usage(std::span<const Usage> rows, Handler<void> handler) {
    std::vector<Query> batch;
    for (const Usage& usage : rows)
        batch.push_back({&statements::write_usage, to_parameters(usage)});
    database_.execute(std::move(batch), done(std::move(handler)));
}

void Store::close_left_open(const std::string& node, const std::string& run,
                            Handler<void> handler) {
    database_.execute({{&statements::close_left_open, {node, run}}}, done(std::move(handler)));
}

void Store::begin_media(const std::string& realm, const std::string& call, Time at,
                        Handler<void> handler) {
    database_.execute({{&statements::begin_media, {realm, call, at}}}, done(std::move(handler)));
}

void Store::put_event(const Event& event, Handler<void> handler) {
    database_.execute({{&statements::put_event, to_parameters(event)}}, done(std::move(handler)));
}

void Store::tell_holdings(const Holdings& holdings, Handler<void> handler) {
    std::vector<Query> batch{{&statements::see_node, {holdings.node, holdings.run, holdings.now}}};
    for (const Lease& lease : holdings.leases) {
        if (lease.allocations == 0) {
            batch.push_back({&statements::drop_lease,
                             {lease.realm, lease.username, lease.call, holdings.node}});
        } else {
            batch.push_back({&statements::put_lease,
                             {lease.realm, lease.username, lease.call, lease.allocations,
                              holdings.node, holdings.expires}});
        }
    }
    database_.execute(std::move(batch), done(std::move(handler)));
}

void Store::renew(const SignOfLife& sign, Handler<void> handler) {
    const auto& [node, run, now, expires] = sign;
    database_.execute(
        {{&statements::see_node, {node, run, now}}, {&statements::renew_leases, {node, expires}}},
        done(std::move(handler)));
}

void Store::drop_leases(const std::string& node, Handler<void> handler) {
    database_.execute({{&statements::drop_leases, {node}}}, done(std::move(handler)));
}

void Store::count_elsewhere(const Question& question, Handler<Elsewhere> handler) {
    const auto& [realm, username, call, node, now] = question;
    database_.execute({{&statements::count_elsewhere, {realm, username, node, now}},
                       {&statements::list_participants, {realm, call, node, now}}},
                      converted(std::move(handler), [](const std::vector<Rows>& rows) {
                          Elsewhere elsewhere{.allocations = first_integer(rows[0]),
                                              .participants = {}};
                          for (const Row& row : rows[1]) {
                              elsewhere.participants.push_back(row.text(0).value_or(""));
                          }
                          return elsewhere;
                      }));
}

void Store::forget_changes(Time before, Handler<void> handler) {
    database_.execute({{&statements::forget_changes, {before}}}, done(std::move(handler)));
}

}  // namespace turnpike::storage
