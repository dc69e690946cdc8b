// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/send.hpp"

#include "tests/support/turn_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

Write data(std::string_view text) {
    return [text](MessageBuilder& message) { message.text(AttributeType::data, text); };
}
Write peer(const Endpoint& endpoint) {
    return [endpoint](MessageBuilder& message) {
        message.xor_address(AttributeType::xor_peer_address, endpoint);
    };
}

TEST_CASE("a Send indication goes to its peer without padding", "[H1][H6]") {
    Scenario s;
    s.alice.allocates();
    CHECK(s.alice.sends(peer_v4, "hello").relayed_to_peer() == Relayed{peer_v4, "hello", false});
    CHECK(s.alice.indicates(Method::send, all({data("first"), peer(peer_v4)})).relayed_to_peer() ==
          Relayed{peer_v4, "first", false});
    CHECK(s.last_effects.empty());
}

TEST_CASE("an empty DATA is an empty datagram", "[H2][S5]") {
    Scenario s;
    s.alice.allocates();
    CHECK(s.alice.sends(peer_v4, "").relayed_to_peer() == Relayed{peer_v4, "", false});
}

TEST_CASE("DONT-FRAGMENT is passed on", "[H4]") {
    Scenario s;
    s.alice.allocates();
    const Answer answer = s.alice.sends(
        peer_v4, "x", [](MessageBuilder& message) { message.flag(AttributeType::dont_fragment); });
    CHECK(answer.relayed_to_peer() == Relayed{peer_v4, "x", true});
}

TEST_CASE("what breaks a rule is dropped without a word", "[H1][H5][H8][A13][A16]") {
    Scenario s;
    s.alice.allocates();
    const Write broken =
        GENERATE(Write{}, data("no peer"), peer(peer_v4),
                 all({attribute(AttributeType::xor_peer_address, {0, 1}), data("short")}),
                 all({peer(at("198.51.100.7:0")), data("no port")}),
                 all({peer(private_peer), data("in")}), all({peer(peer_v6), data("other family")}),
                 all({peer(at("[::ffff:198.51.100.7]:4000")), data("disguise")}),
                 all({peer(peer_v4), data("x"), attribute(AttributeType{0x7FFF}, {})}));
    const Answer answer = s.alice.indicates(Method::send, broken);
    CHECK(answer.silent());
    CHECK_FALSE(answer.relayed_to_peer());
}

TEST_CASE("without an allocation a Send is dropped", "[H9]") {
    Scenario s;
    const Answer answer = s.alice.sends(peer_v4, "x");
    CHECK(answer.silent());
    CHECK_FALSE(answer.relayed_to_peer());
}

TEST_CASE("indications are neither authenticated nor challenged", "[B32][A13]") {
    Scenario s;
    s.alice.allocates();
    const Answer answer = s.alice.indicates(
        Method::send, all({peer(peer_v4), data("x"), [](MessageBuilder& message) {
                               message.integrity(protocol::Integrity::sha1,
                                                 protocol::as_octets("a key that nobody has"));
                           }}));
    CHECK(answer.silent());
    CHECK(answer.relayed_to_peer() == Relayed{peer_v4, "x", false});
}

TEST_CASE("an IPv6 relay sends to IPv6 peers only", "[K1][K2][H8]") {
    Scenario s;
    s.alice.allocates([](MessageBuilder& request) {
        request.family(AttributeType::requested_address_family, Family::ipv6);
    });
    CHECK(s.alice.sends(peer_v6, "x").relayed_to_peer());
    CHECK_FALSE(s.alice.sends(peer_v4, "x").relayed_to_peer());
}

}  // namespace
}  // namespace turnpike::turn
