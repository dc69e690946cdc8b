// SPDX-License-Identifier: BSD-3-Clause
#include "client/resolve.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::client {
namespace {

TEST_CASE("an address resolves to itself, once", "[client]") {
    const std::string host = GENERATE("192.0.2.1", "2001:db8::1");
    const auto found = resolve(host, 3478);
    REQUIRE(found.has_value());
    REQUIRE(found->size() == 1);
    CHECK(found->front().address.to_string() == host);
    CHECK(found->front().port == 3478);
}

TEST_CASE("a name that nobody has is a failure that names it", "[client]") {
    const auto found = resolve("no-such-host.invalid", 3478);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().text.find("no-such-host.invalid") != std::string::npos);
    CHECK_FALSE(found.error().cause.empty());
}

}  // namespace
}  // namespace turnpike::client
