// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/account_fields.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

TEST_CASE("a user is read with all that bears on it") {
    const auto user = read_user(
        R"({"name": "anna", "password": "sesame", "call": "c-1", "bytes": 5, "allocations": 2})",
        std::nullopt);
    REQUIRE(user.has_value());
    CHECK(user->name == "anna");
    CHECK(user->enabled);
    CHECK(user->call == "c-1");
    CHECK(user->limits == storage::Limits{.bytes = 5, .allocations = 2});
    CHECK(read_user(R"({"password": "x"})", "bob")->name == "bob");
    CHECK_FALSE(read_user(R"({"password": "x"})", std::nullopt).has_value());
    CHECK_FALSE(read_user(R"({"name": "a", "password": "x"})", "bob").has_value());
    CHECK_FALSE(read_user(R"({})", "bob").has_value());
}

TEST_CASE("what is left out of an amendment stays, and null sets free") {
    const auto amendment = read_user_amendment(R"({"enabled": false, "bytes": null, "call": "c"})");
    REQUIRE(amendment.has_value());
    CHECK(amendment->enabled == false);
    REQUIRE(amendment->bytes.has_value());
    CHECK_FALSE(amendment->bytes->has_value());
    CHECK(amendment->call == std::optional<std::string>{"c"});
    CHECK_FALSE(amendment->deadline.has_value());
    for (const char* const bad : {R"({"name": "b"})", R"({"bytes": 0})",
                                  R"({"allocations": 2147483648})", R"({"deadline": "soon"})"}) {
        CHECK_FALSE(read_user_amendment(bad).has_value());
    }
}

TEST_CASE("a call is read, and changes of one") {
    const auto call = read_call(R"({"id": "c-1", "seconds": 60, "participants": 2})");
    REQUIRE(call.has_value());
    CHECK(call->seconds == 60);
    CHECK_FALSE(read_call("{}").has_value());
    const auto changes = read_call_changes(R"({"extend_seconds": -5, "participants": null})");
    REQUIRE(changes.has_value());
    CHECK(changes->extend_seconds == -5);
    CHECK_FALSE(changes->end);
    CHECK(changes->amendment.participants.has_value());
    CHECK_FALSE(changes->amendment.bytes.has_value());
    CHECK(read_call_changes(R"({"end": true})")->end);
    CHECK_FALSE(read_call_changes(R"({"extend_seconds": 4294967296})").has_value());
}

TEST_CASE("a call that ends now is not changed in other ways") {
    for (const char* const both :
         {R"({"end": true, "bytes": 5})", R"({"extend_seconds": 60, "end": true})",
          R"({"end": true, "ends_at": null})"}) {
        const auto changes = read_call_changes(both);
        REQUIRE_FALSE(changes.has_value());
        CHECK(changes.error().status == 400);
        CHECK(changes.error().advice.find("end") != std::string::npos);
    }
    CHECK(read_call_changes(R"({"end": false, "bytes": 5})")->amendment.bytes.has_value());
}

TEST_CASE("pages are asked for by the name before them, and cut where they end") {
    const auto target = Target::parse("/v1/calls?limit=2&after=b");
    const auto page = page_of(*target);
    REQUIRE(page.has_value());
    CHECK(page->after == "b");
    std::vector<storage::Call> rows{{.id = "c"}, {.id = "d e"}, {.id = "f"}};
    CHECK(cut_page(rows, *page, *target, &storage::Call::id) == "/v1/calls?limit=2&after=d%20e");
    CHECK(rows.size() == 2);
    CHECK(cut_page(rows, *page, *target, &storage::Call::id).is_null());
    for (const char* const bad : {"/?limit=0", "/?limit=1001", "/?limit=x", "/?user=a"}) {
        CHECK_FALSE(page_of(*Target::parse(bad)).has_value());
    }
}

}  // namespace
}  // namespace turnpike::admin
