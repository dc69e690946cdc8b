// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/usage_reporter.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/server_with_database.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using test::ServerWithDatabase;

TEST_CASE("a text that is UTF-8 stays, and what is none becomes readable") {
    for (const std::string_view good : {""sv, "alice"sv, "Zo\xC3\xAB"sv, "\xE2\x82\xAC"sv,
                                        "\xF0\x9F\x98\x80"sv, "\xED\x9F\xBF"sv}) {
        CHECK(to_valid_utf8(good) == good);
    }
    constexpr std::string_view sign = "\xEF\xBF\xBD";
    CHECK(to_valid_utf8("a\0b"sv) == "a" + std::string{sign} + "b");
    for (const std::string_view bad : {"\xFF"sv, "\xC3"sv, "\xC0"sv}) {
        CHECK(to_valid_utf8(bad) == sign);
    }
    // An overlong slash, a surrogate, beyond the last plane: each octet by itself.
    CHECK(to_valid_utf8("\xC0\xAF"sv) == std::string{sign} + std::string{sign});
    CHECK(to_valid_utf8("\xED\xA0\x80"sv).size() == 3 * sign.size());
    CHECK(to_valid_utf8("\xF4\x90\x80\x80"sv).size() == 4 * sign.size());
}

TEST_CASE("an allocation is written down when it begins and when it ends, for fixed users too") {
    ServerWithDatabase s;
    auto client = s.server.udp_client();
    REQUIRE(client.allocate()->success());
    CHECK(
        s.reaches("SELECT count(*) FROM usage WHERE username = 'alice' AND ended_at IS NULL"
                  " AND node = 'relay-1' AND transport = 'udp'",
                  1));
    REQUIRE(client.refresh(0s));
    CHECK(s.reaches("SELECT count(*) FROM usage WHERE reason = 'deleted'", 1));
    CHECK(s.number("SELECT count(*) FROM usage") == 1);
}

TEST_CASE("an allocation whose Allocate failed is no usage") {
    ServerWithDatabase s{[](config::Config& config) { config.limits.allocations_per_user = 1; }};
    auto first = s.server.udp_client();
    auto second = s.server.udp_client();
    REQUIRE(first.allocate()->success());
    CHECK(second.allocate()->error() == 486);
    s.server.stop();
    CHECK(s.number("SELECT count(*) FROM usage") == 1);
    CHECK(s.number("SELECT count(*) FROM usage WHERE reason = 'shutdown'") == 1);
}

}  // namespace
}  // namespace turnpike::worker
