// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/discovery.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::turn {
namespace {

protocol::Endpoint at(const char* text) {
    return *protocol::Endpoint::parse(text);
}

const Discovery discovery{.addresses = {at("192.0.2.1:1").address, at("192.0.2.2:1").address},
                          .ports = {3478, 3479}};

TEST_CASE("two addresses and two ports make four endpoints", "[O1][rfc5780-6]") {
    for (const char* one :
         {"192.0.2.1:3478", "192.0.2.1:3479", "192.0.2.2:3478", "192.0.2.2:3479"}) {
        CHECK(discovery.takes_part(at(one)));
    }
    for (const char* none : {"192.0.2.3:3478", "192.0.2.1:3480", "[2001:db8::1]:3478"}) {
        CHECK_FALSE(discovery.takes_part(at(none)));
    }
}

TEST_CASE("address and port change one by one or together, and change back", "[O3]") {
    const auto here = at("192.0.2.2:3478");
    CHECK(discovery.changed(here, {}) == here);
    CHECK(discovery.changed(here, {.address = true}) == at("192.0.2.1:3478"));
    CHECK(discovery.changed(here, {.port = true}) == at("192.0.2.2:3479"));
    const auto both = discovery.changed(here, {.address = true, .port = true});
    CHECK(both == at("192.0.2.1:3479"));
    CHECK(discovery.changed(both, {.address = true, .port = true}) == here);
}

}  // namespace
}  // namespace turnpike::turn
