// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/binding.hpp"

#include "tests/support/hex.hpp"
#include "tests/support/turn_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

TEST_CASE("a client learns its address without credentials", "[C1][C2][B39][rfc8489-12]") {
    Scenario s;
    const auto client = GENERATE("192.0.2.10:50000", "[2001:db8:1::10]:50000");
    s.alice.five_tuple.client = at(client);
    s.alice.five_tuple.transport = GENERATE(protocol::Transport::udp, protocol::Transport::tcp,
                                            protocol::Transport::tls, protocol::Transport::dtls);
    const Answer answer = s.alice.asks_plainly(Method::binding);
    CHECK(answer.success());
    CHECK(*protocol::xor_mapped_address(answer.message()) == at(client));
}

TEST_CASE("the answer holds the mapped address and nothing else", "[C5][C6][P1]") {
    Scenario s;
    const Answer answer = s.alice.asks_plainly(Method::binding);
    CHECK(answer.octets().size() == 32);
    CHECK_FALSE(answer.has(AttributeType::mapped_address));
    CHECK_FALSE(answer.has(AttributeType::alternate_server));
    CHECK_FALSE(answer.has(AttributeType::software));
}

TEST_CASE("a Binding indication keeps the NAT open and is not answered", "[C3][S5]") {
    Scenario s;
    CHECK(s.alice.indicates(Method::binding).silent());
    CHECK(s.alice
              .indicates(Method::binding,
                         [](MessageBuilder& message) { message.flag(AttributeType{0x7FFF}); })
              .silent());
}

TEST_CASE("Binding works on the five-tuple of an allocation", "[C4]") {
    Scenario s;
    CHECK(s.alice.allocates().success());
    CHECK(s.alice.asks_plainly(Method::binding).success());
    CHECK(s.allocation_of(s.alice) != nullptr);
}

TEST_CASE("ICE attributes do not disturb a Binding", "[C9]") {
    Scenario s;
    CHECK(s.alice
              .asks_plainly(Method::binding,
                            [](MessageBuilder& request) {
                                request.u32(AttributeType::priority, 1);
                                request.flag(AttributeType::use_candidate);
                                request.u64(AttributeType::ice_controlling, 2);
                            })
              .success());
}

TEST_CASE("a Binding with unknown attributes learns which", "[A14][A15]") {
    Scenario s;
    const Answer answer = s.alice.asks_plainly(Method::binding, [](MessageBuilder& request) {
        request.u32(AttributeType{0x7001}, 1);
        request.u32(AttributeType{0x9001}, 1);
        request.u32(AttributeType{0x7002}, 1);
        request.u32(AttributeType{0x7003}, 1);
    });
    CHECK(answer.code() == 420);
    CHECK(answer.value(AttributeType::unknown_attributes) ==
          std::vector<int>{0x70, 0x01, 0x70, 0x02, 0x70, 0x03});
    CHECK_FALSE(answer.authenticated());
}

TEST_CASE("NAT behaviour discovery is not served: no reflector, no amplifier", "[O1][O4][O5][O8]") {
    Scenario s;
    const auto type = GENERATE(AttributeType::change_request, AttributeType::response_port,
                               AttributeType::padding);
    const Answer answer = s.alice.asks_plainly(
        Method::binding, [type](MessageBuilder& request) { request.u32(type, 0); });
    CHECK(answer.code() == 420);
    CHECK(answer.value(AttributeType::unknown_attributes) ==
          std::vector<int>{0, static_cast<int>(type)});
}

TEST_CASE("a Binding of RFC 3489, without the cookie, is dropped", "[A8][X17][A7]") {
    Scenario s;
    Octets old(20);
    old[1] = std::byte{1};
    CHECK(s.deliver(s.alice.five_tuple, old).silent());
}

// Deliver as the worker does where server.rfc3489 is on.
Octets classic(Scenario& s, std::string_view octets) {
    const Octets request = test::hex(octets);
    const auto message = protocol::Message::decode_classic(request);
    REQUIRE(message.has_value());
    Octets room(1500);
    turn::Effects effects;
    const auto outcome = s.dispatcher.handle({*message, s.alice.five_tuple, s.now, room}, effects);
    CHECK(effects.empty());
    const auto& reply = std::get<turn::Reply>(outcome);
    return {reply.octets.begin(), reply.octets.end()};
}

TEST_CASE("RFC 3489 is answered in kind: the whole id and a plain MAPPED-ADDRESS",
          "[A8][X17][C5]") {
    Scenario s;
    constexpr auto expected = "0101000c 00112233445566778899aabbccddeeff 000100080001c350c000020a";
    CHECK(classic(s, "00010000 00112233445566778899aabbccddeeff") == test::hex(expected));
    // Its clients send CHANGE-REQUEST even where nothing is to change.
    CHECK(classic(s, "00010008 00112233445566778899aabbccddeeff 0003000400000000") ==
          test::hex(expected));
    CHECK(classic(s, "00010008 00112233445566778899aabbccddeeff 0003000400000006") ==
          test::hex("01110010 00112233445566778899aabbccddeeff"
                    "0009000400000414 000a000200030000"));
    CHECK(classic(s,
                  "00010010 00112233445566778899aabbccddeeff 00020008 0001c350c000020a"
                  "7f010000") == test::hex("01110010 00112233445566778899aabbccddeeff"
                                           "0009000400000414 000a00040002"
                                           "7f01"));
}

const Endpoint primary = at("203.0.113.5:3478");
const Endpoint alternate = at("203.0.113.6:3479");

ScenarioOptions discovering(bool padding = false, bool response_port = false) {
    ScenarioOptions options;
    options.settings.discovery = Discovery{.addresses = {primary.address, alternate.address},
                                           .ports = {primary.port, alternate.port},
                                           .padding = padding,
                                           .response_port = response_port};
    return options;
}

Write change(std::uint32_t flags) {
    return [flags](MessageBuilder& request) { request.u32(AttributeType::change_request, flags); };
}

Endpoint plain_address(const Answer& answer, AttributeType type) {
    return *protocol::decode_address(answer.message().find(type)->value);
}

TEST_CASE("a Binding on a discovery endpoint tells where the answer and another one come from",
          "[O2][O7][C5][rfc5780-6.1]") {
    Scenario s{discovering()};
    for (const auto& [server, other] : {std::pair{"203.0.113.5:3478", "203.0.113.6:3479"},
                                        {"203.0.113.5:3479", "203.0.113.6:3478"},
                                        {"203.0.113.6:3478", "203.0.113.5:3479"},
                                        {"203.0.113.6:3479", "203.0.113.5:3478"}}) {
        s.alice.five_tuple.server = at(server);
        const Answer answer = s.alice.asks_plainly(Method::binding);
        CHECK(answer.success());
        CHECK(*protocol::xor_mapped_address(answer.message()) == s.alice.five_tuple.client);
        CHECK(plain_address(answer, AttributeType::mapped_address) == s.alice.five_tuple.client);
        CHECK(plain_address(answer, AttributeType::response_origin) == at(server));
        CHECK(plain_address(answer, AttributeType::other_address) == at(other));
        CHECK_FALSE(answer.has(AttributeType::alternate_server));
        CHECK_FALSE(answer.reply().from);
    }
}

TEST_CASE("CHANGE-REQUEST chooses among the four endpoints", "[O3][rfc5780-6.1]") {
    Scenario s{discovering()};
    for (const auto& [flags, from] : {std::pair{0U, "203.0.113.5:3478"},
                                      {2U, "203.0.113.5:3479"},
                                      {4U, "203.0.113.6:3478"},
                                      {6U, "203.0.113.6:3479"}}) {
        const Answer answer = s.alice.asks_plainly(Method::binding, change(flags));
        CHECK(answer.success());
        CHECK(plain_address(answer, AttributeType::response_origin) == at(from));
        CHECK(plain_address(answer, AttributeType::other_address) == alternate);
        CHECK(answer.reply().from == at(from));
        CHECK_FALSE(answer.authenticated());  // it needs its budget
    }
    CHECK(s.alice
              .asks_plainly(Method::binding,
                            attribute(AttributeType::change_request, {0, 0, 0, 0, 0, 0, 0, 0}))
              .code() == 400);
}

TEST_CASE("elsewhere, on other transports and in other methods there is no discovery",
          "[O1][C5][rfc5780-6]") {
    Scenario s{discovering(true, true)};
    SECTION("another address or port of this server") {
        s.alice.five_tuple.server = at(GENERATE("203.0.113.7:3478", "203.0.113.5:3480"));
    }
    SECTION("a connection, or DTLS") {
        s.alice.five_tuple.transport =
            GENERATE(protocol::Transport::tcp, protocol::Transport::tls, protocol::Transport::dtls);
    }
    const Answer plain = s.alice.asks_plainly(Method::binding);
    CHECK(plain.octets().size() == 32);
    const Answer refused = s.alice.asks_plainly(Method::binding, change(0));
    CHECK(refused.code() == 420);
    CHECK(refused.value(AttributeType::unknown_attributes) == std::vector<int>{0, 3});
    s.alice.five_tuple.server = primary;
    CHECK(s.alice.allocates(change(0)).code() == 420);
}

TEST_CASE("PADDING and RESPONSE-PORT have an option each, off by default", "[O4][O5][O8]") {
    Scenario off{discovering()};
    CHECK(off.alice.asks_plainly(Method::binding, attribute(AttributeType::padding, {0, 0, 0, 0}))
              .value(AttributeType::unknown_attributes) == std::vector<int>{0, 0x26});
    CHECK(
        off.alice
            .asks_plainly(Method::binding, attribute(AttributeType::response_port, {31, 144, 0, 0}))
            .value(AttributeType::unknown_attributes) == std::vector<int>{0, 0x27});
}

TEST_CASE("where allowed, PADDING comes back as long as it was sent, to a bound", "[O5]") {
    Scenario s{discovering(true)};
    for (const std::size_t size : {0U, 1U, 400U, 1500U, 1501U, 2900U}) {
        s.fault.reply_octets = 2048;
        const Answer answer = s.alice.asks_plainly(
            Method::binding, attribute(AttributeType::padding, std::vector<unsigned char>(size)));
        CHECK(answer.success());
        CHECK(answer.value(AttributeType::padding).size() == std::min<std::size_t>(size, 1500));
    }
}

TEST_CASE("where allowed, RESPONSE-PORT names the port, but not together with PADDING",
          "[O4][O6][rfc5780-6.1]") {
    Scenario s{discovering(true, true)};
    const Write port = attribute(AttributeType::response_port, {0x1F, 0x90, 0, 0});
    const Answer answer = s.alice.asks_plainly(Method::binding, all({port, change(2)}));
    CHECK(answer.success());
    CHECK(answer.reply().to_port == 8080);
    CHECK(answer.reply().from == at("203.0.113.5:3479"));
    const Write padding = attribute(AttributeType::padding, {0, 0, 0, 0});
    CHECK(s.alice.asks_plainly(Method::binding, all({port, padding})).code() == 400);
    CHECK(
        s.alice.asks_plainly(Method::binding, attribute(AttributeType::response_port, {0, 0, 0, 0}))
            .code() == 400);
}

TEST_CASE("Binding keeps no state: a repeated request is answered anew", "[A36][P2]") {
    Scenario s;
    const Answer first = s.alice.asks_plainly(Method::binding);
    CHECK(s.alice.repeats().octets() == first.octets());
    CHECK(s.last_effects.empty());
    CHECK(s.dispatcher.allocations().size() == 0);
}

}  // namespace
}  // namespace turnpike::turn
