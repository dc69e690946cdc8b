// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/registrar.hpp"

#include "tests/support/admin_scenario.hpp"
#include "tests/support/database_scenario.hpp"

namespace turnpike::admin {
namespace {

using test::DatabaseScenario;
using test::Kind;

struct Office : DatabaseScenario {
    Office() : DatabaseScenario{Kind::sqlite} {
        REQUIRE(until([&] { return restored == 1; }));
    }

    template <typename T>
    storage::Result<T> wait(Registrar::Awaited<T> operation) {
        return ask<T>([&](auto handler) {
            boost::asio::co_spawn(
                io, std::move(operation),
                [handler](const std::exception_ptr& failure, storage::Result<T> result) {
                    if (failure) std::rethrow_exception(failure);
                    handler(std::move(result));
                });
        });
    }
    void add_user(const std::string& name) const {
        empty.site(
            "INSERT INTO turnpike.account (realm, username, key_md5) VALUES"
            " ('example.org', '" +
            name + "', zeroblob(16))");
    }
    // An allocation that a server has reported.
    void add_usage(const std::string& id, const std::string& user, const std::string& call) const {
        empty.site(
            "INSERT INTO turnpike.usage (id, node, run, realm, username, call, transport, client,"
            " client_port, relayed, started_at, media_seconds, updated_at, sent_bytes,"
            " sent_packets, received_bytes, received_packets) VALUES ('" +
            id + "', 'n', 'r', 'example.org', '" + user + "', '" + call +
            "', 'udp', '192.0.2.1', 1, '192.0.2.2:2', 1, 0, 1, 0, 0, 0, 0)");
    }

    Registrar registrar{*database, "example.org"};
};

TEST_CASE("an account has keys in place of a password") {
    const auto account = account_of({.name = "anna", .password = "sesame"}, "example.org");
    REQUIRE(account.has_value());
    CHECK(account->credential.key_md5->size() == 16);
    CHECK(account->credential.key_sha256->size() == 32);
    CHECK_FALSE(account->credential.password.has_value());
    CHECK_FALSE(account_of({.name = "anna", .password = ""}, "example.org").has_value());
    CHECK_FALSE(account_of({.name = "", .password = "x"}, "example.org").has_value());
    CHECK_FALSE(account_of({.name = "an\x01na", .password = "x"}, "example.org").has_value());
}

TEST_CASE("who has nothing running ends nothing, and who is not there is not found") {
    Office office;
    office.add_user("anna");
    const auto disabled = office.wait(office.registrar.disable_user("anna"));
    CHECK(disabled->found);
    CHECK(disabled->ended == 0);
    CHECK(disabled->pending == 0);
    CHECK_FALSE(office.wait(office.registrar.disable_user("bob"))->found);
    CHECK(office.wait(office.registrar.remove_user("anna"))->found);
    CHECK_FALSE(office.wait(office.registrar.remove_user("anna"))->found);
    CHECK_FALSE(office.wait(office.registrar.end_call("c-1", storage::Time{}))->found);
}

TEST_CASE("it is counted what the servers end, and what they do not report is pending") {
    Office office;
    office.add_user("anna");
    office.add_usage("1", "anna", "c-1");
    office.add_usage("2", "anna", "c-1");
    std::optional<storage::Result<Revoked>> result;
    boost::asio::co_spawn(
        office.io, office.registrar.remove_user("anna"),
        [&](const std::exception_ptr&, storage::Result<Revoked> it) { result = std::move(it); });
    // The account goes first; then a server ends one of the two.
    const auto gone = [&] {
        const auto user = office.user("anna");
        return user && !*user;
    };
    while (!gone()) REQUIRE_FALSE(result.has_value());
    office.empty.site("UPDATE turnpike.usage SET ended_at = 2, reason = 'account' WHERE id = '1'");
    REQUIRE(office.until([&] { return result.has_value(); }));
    CHECK((*result)->found);
    CHECK((*result)->ended == 1);
    CHECK((*result)->pending == 1);
}

}  // namespace
}  // namespace turnpike::admin
