// SPDX-License-Identifier: BSD-3-Clause
//
// Allocate with REQUESTED-TRANSPORT TCP (RFC 6062 section 5.1).
#include "server/turn/allocate.hpp"
#include "tests/support/connection_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

TEST_CASE("over TCP and TLS a client may ask for TCP to its peers", "[J1][D4][rfc6062-5.1]") {
    ConnectionScenario s;
    s.alice.five_tuple.transport = GENERATE(protocol::Transport::tcp, protocol::Transport::tls);
    const Answer answer = s.alice.allocates_tcp();
    REQUIRE(answer.success());
    CHECK(answer.relayed());
    CHECK_FALSE(answer.token());
    CHECK(answer.lifetime() == 600s);
    CHECK(s.allocation_of(s.alice)->relays_tcp());
}

TEST_CASE("over datagrams it may not", "[J1][rfc6062-5.1]") {
    ScenarioOptions options;
    options.settings.relays_tcp = GENERATE(true, false);
    ConnectionScenario s{options};
    s.alice.five_tuple.transport = GENERATE(protocol::Transport::udp, protocol::Transport::dtls);
    CHECK(s.alice.allocates_tcp().code() == 400);
    CHECK(s.alice.allocates().success());
}

TEST_CASE("what speaks of datagrams or of a neighbouring port does not go with TCP",
          "[J2][rfc6062-5.1]") {
    ConnectionScenario s;
    const Write extra = GENERATE(
        Write{[](MessageBuilder& request) { request.flag(AttributeType::dont_fragment); }},
        attribute(AttributeType::even_port, {0x00}), attribute(AttributeType::even_port, {0x80}),
        attribute(AttributeType::reservation_token, {1, 2, 3, 4, 5, 6, 7, 8}));
    CHECK(s.alice.allocates_tcp(extra).code() == 400);
    CHECK_FALSE(s.allocation_of(s.alice));
}

TEST_CASE("a site that relays no TCP says so", "[J3][rfc6062-5.1]") {
    ScenarioOptions options;
    options.settings.relays_tcp = false;
    ConnectionScenario s{options};
    CHECK(s.alice.allocates_tcp().code() == 403);
    CHECK(s.alice
              .asks(Method::allocate, attribute(AttributeType::requested_transport, {132, 0, 0, 0}))
              .code() == 442);
    CHECK(s.alice.allocates().success());
}

TEST_CASE("families are asked for as with UDP", "[J1][D11][D16]") {
    ConnectionScenario s;
    const auto family = [](AttributeType type, Family wanted) {
        return [=](MessageBuilder& request) { request.family(type, wanted); };
    };
    CHECK(s.alice.allocates_tcp(family(AttributeType::requested_address_family, Family::ipv6))
              .relayed(Family::ipv6));
    const Answer both =
        s.bob.allocates_tcp(family(AttributeType::additional_address_family, Family::ipv6));
    CHECK(both.relayed(Family::ipv4));
    CHECK(both.relayed(Family::ipv6));
}

TEST_CASE("the same Allocate again gets the same answer, another one a mismatch", "[J1][D29][D2]") {
    ConnectionScenario s;
    const auto relayed = s.alice.allocates_tcp().relayed();
    CHECK(s.alice.repeats().relayed() == relayed);
    CHECK(s.alice.allocates_tcp().code() == 437);
    CHECK(s.alice.allocates().code() == 437);
}

}  // namespace
}  // namespace turnpike::turn
