// SPDX-License-Identifier: BSD-3-Clause
//
// What becomes of ICMP errors: server/relay/forwarder.hpp, report_to_client().
#include <set>

#include "protocol/attributes.hpp"
#include "protocol/message.hpp"
#include "server/relay/forwarder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/relay_scenario.hpp"
#include "tests/support/result.hpp"

namespace turnpike::relay {
namespace {

using namespace std::chrono_literals;
using protocol::AttributeType;
using protocol::Icmp;
using protocol::Message;
using protocol::Transport;
using test::endpoint;
using test::RelayScenario;

constexpr auto alice = "198.51.100.1:1111";
constexpr auto alice6 = "[2001:db8::9]:1111";
constexpr Icmp port_unreachable{.type = 3, .code = 3};
constexpr Icmp port_unreachable6{.type = 1, .code = 4};

TEST_CASE("an ICMP error becomes a Data indication with peer and ICMP, and no DATA",
          "[M4][M6][X15][X16][rfc8656-11.5]") {
    const auto transport = GENERATE(Transport::udp, Transport::tcp, Transport::tls);
    RelayScenario s{RelayScenario::client_over(transport)};
    const bool v6 = GENERATE(false, true);
    const auto* peer = v6 ? alice6 : alice;
    const Icmp icmp = v6 ? port_unreachable6 : port_unreachable;
    s.permit(peer);
    const auto told = s.icmp_comes(peer, icmp);
    REQUIRE(told);
    const auto message = Message::decode(*told);
    REQUIRE(message);
    CHECK(message->method() == protocol::Method::data);
    CHECK(message->message_class() == protocol::MessageClass::indication);
    CHECK(*protocol::xor_peer_address(*message) == endpoint(peer));
    CHECK(*protocol::icmp(*message) == icmp);
    CHECK(message->find(AttributeType::icmp)->value.size() == 8);
    CHECK_FALSE(message->has(AttributeType::data));
}

TEST_CASE("errors of a bound peer come as indications too", "[M5][G19][rfc8656-12.5]") {
    RelayScenario s;
    s.bind(0x4000, alice);
    const auto told = s.icmp_comes(alice, port_unreachable);
    REQUIRE(told);
    CHECK(*protocol::icmp(*Message::decode(*told)) == port_unreachable);
}

TEST_CASE("clients are told of types 3 and 11, and of ICMPv6 of 1, 2 and 3", "[M1]") {
    const bool v6 = GENERATE(false, true);
    const auto* peer = v6 ? alice6 : alice;
    const std::set<unsigned> passed = v6 ? std::set<unsigned>{1, 2, 3} : std::set<unsigned>{3, 11};
    for (unsigned type = 0; type < 256; ++type) {
        RelayScenario s;
        s.permit(peer);
        const auto told = s.icmp_comes(peer, {.type = static_cast<std::uint8_t>(type)});
        if (passed.contains(type)) {
            CHECK(told);
        } else {
            CHECK(told.error() == Drop::icmp_type);
        }
    }
}

TEST_CASE("only where a packet was too big the error carries the next MTU", "[M6]") {
    const auto data_of = [](const char* peer, Icmp icmp) {
        RelayScenario s;
        s.permit(peer);
        return protocol::icmp(*Message::decode(*s.icmp_comes(peer, icmp)))->data;
    };
    CHECK(data_of(alice, {.type = 3, .code = 4, .data = 1300}) == 1300);
    CHECK(data_of(alice6, {.type = 2, .code = 0, .data = 1280}) == 1280);
    CHECK(data_of(alice, {.type = 3, .code = 3, .data = 1300}) == 0);
    CHECK(data_of(alice, {.type = 11, .code = 4, .data = 1300}) == 0);
    CHECK(data_of(alice6, {.type = 1, .code = 4, .data = 1300}) == 0);
    CHECK(data_of(alice6, {.type = 3, .code = 0, .data = 1300}) == 0);
}

TEST_CASE("without a permission for the peer that it is about, no error passes", "[M3]") {
    RelayScenario s;
    CHECK(s.icmp_comes(alice, port_unreachable).error() == Drop::no_permission);
    s.permit("198.51.100.2:1111");
    CHECK(s.icmp_comes(alice, port_unreachable).error() == Drop::no_permission);
    s.permit("198.51.100.1:2222");  // of another port: a permission is for the address
    CHECK(s.icmp_comes(alice, port_unreachable));
    s.time_passes(300s);
    CHECK(s.icmp_comes(alice, port_unreachable).error() == Drop::no_permission);
}

TEST_CASE("errors of a family that the allocation has not, or after its end, go nowhere",
          "[M2][M3]") {
    RelayScenario only4{RelayScenario::ipv4_only()};
    only4.permit(alice6);
    CHECK(only4.icmp_comes(alice6, port_unreachable6).error() == Drop::wrong_family);
    auto seed = RelayScenario::udp_client();
    seed.limits.deadline = protocol::TimePoint{1h + 10s};
    RelayScenario ends{seed};
    ends.permit(alice);
    ends.time_passes(10s);
    CHECK(ends.icmp_comes(alice, port_unreachable).error() == Drop::deadline);
}

TEST_CASE("a flood of errors reaches a client as a trickle, and takes nothing from its media",
          "[M7][P7]") {
    RelayScenario s;
    s.permit(alice);
    int told = 0;
    for (int millisecond = 0; millisecond < 10'000; ++millisecond) {
        for (int error = 0; error < 10; ++error) {
            told += s.icmp_comes(alice, port_unreachable) ? 1 : 0;
        }
        s.time_passes(1ms);
    }
    CHECK(told > 100);
    CHECK(told < 2000);
    CHECK(s.session.traffic_from_peer().packets == 0);
    CHECK(s.peer_sends(alice, protocol::as_octets("media")));
}

TEST_CASE("errors count against the grant's bytes and rate", "[M7][H13]") {
    auto seed = RelayScenario::udp_client();
    seed.limits.bytes = 100;
    RelayScenario poor{seed};
    poor.permit(alice);
    CHECK(poor.icmp_comes(alice, port_unreachable));  // 44 octets
    CHECK(poor.icmp_comes(alice, port_unreachable));
    CHECK(poor.icmp_comes(alice, port_unreachable).error() == Drop::bytes);
    seed.limits.bytes = 0;
    seed.limits.bits_per_second = 1000;
    RelayScenario slow{seed};
    slow.permit(alice);
    CHECK(slow.peer_sends(alice, test::Octets(100)));
    CHECK(slow.icmp_comes(alice, port_unreachable).error() == Drop::bandwidth);
}

}  // namespace
}  // namespace turnpike::relay
