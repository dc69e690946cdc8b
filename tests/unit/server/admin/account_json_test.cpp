// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/account_json.hpp"

#include <boost/json/serialize.hpp>

#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

TEST_CASE("a user is written with its limits, and without what proves it") {
    const storage::Account account{
        .username = "anna",
        .credential = {.key_md5 = std::string{"secret"},
                       .enabled = false,
                       .call = "c-1",
                       .limits = {.bytes = 5, .bits_per_second = std::nullopt, .allocations = 2}}};
    CHECK(boost::json::serialize(to_json(account)) ==
          R"({"name":"anna","enabled":false,"call":"c-1","deadline":null,"bytes":5,)"
          R"("bits_per_second":null,"allocations":2})");
}

TEST_CASE("a call is written with its end, and what its participants used") {
    const storage::Call call{.id = "c-1", .seconds = 600, .participants = 2};
    const auto body = to_json(call, {{.username = "anna", .media_seconds = 7, .sent_bytes = 8}});
    CHECK(body.at("id") == "c-1");
    CHECK(body.at("seconds") == 600);
    CHECK(body.at("ends").is_null());  // nothing was relayed yet
    REQUIRE(body.at("usage").as_array().size() == 1);
    CHECK(body.at("usage").at(0).at("username") == "anna");
    CHECK(body.at("usage").at(0).at("media_seconds") == 7);
    CHECK(body.at("usage").at(0).at("sent_bytes") == 8);
    CHECK(to_json(call).contains("usage") == false);
}

}  // namespace
}  // namespace turnpike::admin
