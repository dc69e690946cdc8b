// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/forwarder.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "protocol/attributes.hpp"
#include "protocol/message.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/relay_scenario.hpp"
#include "tests/support/result.hpp"

namespace turnpike::relay {
namespace {

using namespace std::chrono_literals;
using protocol::as_octets;
using protocol::as_text;
using protocol::AttributeType;
using protocol::Message;
using protocol::Transport;
using test::endpoint;
using test::hex;
using test::Octets;
using test::RelayScenario;
using test::to_hex;

const protocol::Bytes hello = as_octets("hello");
constexpr auto alice = "198.51.100.1:1111";
constexpr auto alice6 = "[2001:db8::9]:1111";

TEST_CASE("a payload leaves from the relayed address of its peer's family", "[H6][G20][K2]") {
    RelayScenario s;
    s.bind(0x4000, alice);
    s.permit(alice6);
    const auto channel = s.client_sends_on(0x4000, hello);
    REQUIRE(channel);
    CHECK(channel->source == endpoint("192.0.2.1:50000"));
    CHECK(channel->peer == endpoint(alice));
    CHECK(channel->payload.data() == hello.data());
    CHECK(channel->payload.size() == hello.size());
    const auto send = s.client_sends(alice6, hello);
    REQUIRE(send);
    CHECK(send->source == endpoint("[2001:db8::1]:50000"));
    CHECK(send->peer == endpoint(alice6));
    CHECK(s.client_sends("198.51.100.1:9", hello)->peer == endpoint("198.51.100.1:9"));
    CHECK(s.session.traffic_to_peer().packets == 3);
    CHECK(s.session.traffic_to_peer().bytes == 15);
}

TEST_CASE("an empty payload is relayed both ways", "[G18][H2]") {
    RelayScenario s;
    s.bind(0x4000, alice);
    CHECK(s.client_sends_on(0x4000, {})->payload.empty());
    CHECK(s.client_sends(alice, {})->payload.empty());
    CHECK(to_hex(*s.peer_sends(alice, {})) == "40000000");
    const auto indication = s.peer_sends("198.51.100.1:2222", {});
    const auto message = Message::decode(*indication);
    REQUIRE(message);
    REQUIRE(message->find(AttributeType::data));
    CHECK(message->find(AttributeType::data)->value.empty());
}

TEST_CASE("without a permission nothing passes, either way", "[F9][F10][H3][H7]") {
    RelayScenario s;
    CHECK(s.client_sends(alice, hello).error() == Drop::no_permission);
    CHECK(s.peer_sends(alice, hello).error() == Drop::no_permission);
    s.permit("198.51.100.2:0");
    CHECK(s.client_sends(alice, hello).error() == Drop::no_permission);
    CHECK(s.peer_sends(alice, hello).error() == Drop::no_permission);
    s.permit(alice);
    CHECK(s.client_sends(alice, hello));
    CHECK(s.peer_sends(alice, hello));
}

TEST_CASE("no packet renews a permission or a channel", "[G12][H3][F2]") {
    RelayScenario s;
    s.bind(0x4000, alice);
    for (int second = 0; second < 300; ++second) {
        REQUIRE(s.client_sends_on(0x4000, hello));
        REQUIRE(s.client_sends(alice, hello));
        REQUIRE(s.peer_sends(alice, hello));
        s.time_passes(1s);
    }
    CHECK(s.client_sends_on(0x4000, hello).error() == Drop::no_permission);
    CHECK(s.client_sends(alice, hello).error() == Drop::no_permission);
    s.time_passes(300s);
    CHECK(s.client_sends_on(0x4000, hello).error() == Drop::no_channel);
}

TEST_CASE("an expired permission closes a bound channel both ways", "[F13][X21]") {
    RelayScenario s;
    s.bind(0x4000, alice);
    s.time_passes(300s - 1ns);
    CHECK(s.client_sends_on(0x4000, hello));
    CHECK(s.peer_sends(alice, hello));
    s.time_passes(1ns);
    CHECK(s.client_sends_on(0x4000, hello).error() == Drop::no_permission);
    CHECK(s.peer_sends(alice, hello).error() == Drop::no_permission);
    s.permit(alice);
    CHECK(s.client_sends_on(0x4000, hello));
    CHECK(to_hex(*s.peer_sends(alice, hello)).starts_with("40000005"));
}

TEST_CASE("permissions and channels of two allocations are separate", "[F12][G14]") {
    RelayScenario one;
    RelayScenario other;
    one.bind(0x4000, alice);
    CHECK(other.client_sends_on(0x4000, hello).error() == Drop::no_channel);
    CHECK(other.client_sends(alice, hello).error() == Drop::no_permission);
    CHECK(other.peer_sends(alice, hello).error() == Drop::no_permission);
}

TEST_CASE("numbers that are not bound go nowhere", "[G15]") {
    RelayScenario s;
    s.bind(0x4000, alice);
    constexpr std::array<std::uint16_t, 7> numbers{0, 1, 0x3FFF, 0x4001, 0x5000, 0x7FFF, 0xFFFF};
    for (const std::uint16_t number : numbers) {
        CHECK(s.client_sends_on(number, hello).error() == Drop::no_channel);
    }
    CHECK(s.session.traffic_to_peer().packets == 0);
}

TEST_CASE("what stands behind the length of ChannelData is not relayed", "[G16][G17]") {
    RelayScenario s;
    s.bind(0x4000, alice);
    const Octets padded = hex("40000005 68656c6c6f 000000");
    const auto data = protocol::ChannelData::decode(padded);
    REQUIRE(data);
    CHECK(as_text(forward_channel(s.session, *data, s.now)->payload) == "hello");
    CHECK_FALSE(protocol::ChannelData::decode(hex("40000006 68656c6c6f")));
}

TEST_CASE("a bound peer's payload becomes ChannelData, padded on streams alone", "[G19][G21][I3]") {
    struct Row {
        Transport transport;
        std::string framed;
    };
    const Row row = GENERATE(Row{Transport::udp, "4000000568656c6c6f"},
                             Row{Transport::dtls, "4000000568656c6c6f"},
                             Row{Transport::tcp, "4000000568656c6c6f000000"},
                             Row{Transport::tls, "4000000568656c6c6f000000"});
    RelayScenario s{RelayScenario::client_over(row.transport)};
    s.bind(0x4000, alice);
    CHECK(to_hex(*s.peer_sends(alice, hello)) == row.framed);
    CHECK(s.session.traffic_from_peer().bytes == 5);
}

TEST_CASE("ports that are not bound, and expired channels, come as Data indications", "[G10][H7]") {
    RelayScenario s;
    s.bind(0x4000, alice);
    CHECK(to_hex(*s.peer_sends("198.51.100.1:1112", hello)).starts_with("0017"));
    s.time_passes(299s);
    s.permit(alice);
    s.time_passes(299s);
    s.permit(alice);
    CHECK(to_hex(*s.peer_sends(alice, hello)).starts_with("4000"));
    s.time_passes(2s);
    CHECK(to_hex(*s.peer_sends(alice, hello)).starts_with("0017"));
}

TEST_CASE("a Data indication says who sent what, padded with zeros on every transport", "[H7]") {
    const auto transport =
        GENERATE(Transport::udp, Transport::tcp, Transport::tls, Transport::dtls);
    const std::string peer = GENERATE(as<std::string>{}, alice, alice6);
    const std::string text = GENERATE(as<std::string>{}, "", "a", "ab", "abc", "abcd", "hello");
    RelayScenario s{RelayScenario::client_over(transport)};
    s.permit(peer);
    const auto indication = s.peer_sends(peer, as_octets(text));
    REQUIRE(indication);
    const auto message = Message::decode(*indication);
    REQUIRE(message);
    CHECK(message->message_class() == protocol::MessageClass::indication);
    CHECK(message->method() == protocol::Method::data);
    CHECK(as_text(message->find(AttributeType::data)->value) == text);
    const std::size_t address = peer == alice ? 8 : 20;
    CHECK(indication->size() == 20 + 4 + address + 4 + protocol::padded(text.size()));
    for (std::size_t index = text.size(); index < protocol::padded(text.size()); ++index) {
        CHECK((*indication)[20 + 4 + address + 4 + index] == std::byte{});
    }
    CHECK(*protocol::xor_peer_address(*message) == endpoint(peer));
}

TEST_CASE("no two indications share a transaction id, and no allocation continues another's",
          "[A38]") {
    std::set<protocol::TransactionId> seen;
    for (const std::uint64_t seed : {0U, 1U, 2U}) {
        auto settings = RelayScenario::client_over(Transport::udp);
        settings.random = seed;
        RelayScenario s{settings};
        s.permit(alice);
        for (int round = 0; round < 100; ++round) {
            const auto indication = s.peer_sends(alice, hello);
            REQUIRE(indication);
            const auto message = Message::decode(*indication);
            REQUIRE(message);
            CHECK(seen.insert(message->transaction_id()).second);
        }
    }
}

TEST_CASE("peers of a family without a relayed address are refused", "[H8][K2]") {
    RelayScenario s{RelayScenario::ipv4_only()};
    s.permit(alice6);
    s.permit("[::ffff:198.51.100.1]:0");
    s.permit(alice);
    CHECK(s.client_sends(alice6, hello).error() == Drop::wrong_family);
    CHECK(s.peer_sends(alice6, hello).error() == Drop::wrong_family);
    CHECK(s.client_sends("[::ffff:198.51.100.1]:1111", hello).error() == Drop::wrong_family);
    CHECK(s.client_sends(alice, hello));
    RelayScenario dual;
    dual.permit(alice);
    CHECK(dual.client_sends("[::ffff:198.51.100.1]:1111", hello).error() == Drop::no_permission);
}

TEST_CASE("the deadline ends everything on its nanosecond", "[P3]") {
    auto seed = RelayScenario::udp_client();
    RelayScenario unlimited{seed};
    seed.limits.deadline = unlimited.now + 60s;
    RelayScenario s{seed};
    s.bind(0x4000, alice);
    s.time_passes(60s - 1ns);
    CHECK(s.client_sends_on(0x4000, hello));
    CHECK(s.client_sends(alice, hello));
    CHECK(s.peer_sends(alice, hello));
    s.time_passes(1ns);
    CHECK(s.client_sends_on(0x4000, hello).error() == Drop::deadline);
    CHECK(s.client_sends(alice, hello).error() == Drop::deadline);
    CHECK(s.peer_sends(alice, hello).error() == Drop::deadline);
}

TEST_CASE("over the rate or the budget data is dropped, whole, both ways", "[H13][P3]") {
    auto seed = RelayScenario::udp_client();
    seed.limits.bits_per_second = 8'000;
    seed.limits.bytes = 800;
    RelayScenario s{seed};
    s.bind(0x4000, alice);
    const Octets large(250);
    CHECK(s.client_sends_on(0x4000, large));
    CHECK(s.client_sends_on(0x4000, large).error() == Drop::bandwidth);
    CHECK(s.peer_sends(alice, large));
    CHECK(s.peer_sends(alice, large).error() == Drop::bandwidth);
    s.time_passes(1s);
    CHECK(s.client_sends(alice, Octets(301)).error() == Drop::bytes);
    CHECK(s.peer_sends(alice, Octets(301)).error() == Drop::bytes);
    CHECK(s.peer_sends(alice, Octets(300)));
    CHECK(s.client_sends(alice, Octets(1)).error() == Drop::bytes);
}

TEST_CASE("a datagram is relayed whole or dropped whole at every edge", "[H11]") {
    struct Row {
        Transport transport;
        std::string peer;
        std::size_t octets;
        bool passes;
    };
    // The first peers are bound to a channel: 4 octets more. The others get Data indications: 36
    // octets more with an IPv4 peer, 48 with an IPv6 peer, before padding.
    const Row row = GENERATE(
        Row{Transport::udp, alice, 65503, true}, Row{Transport::udp, alice, 65504, false},
        Row{Transport::dtls, alice, 65503, true}, Row{Transport::dtls, alice, 65504, false},
        Row{Transport::tcp, alice, 65507, true}, Row{Transport::tls, alice6, 65527, true},
        Row{Transport::tcp, alice6, 65535, true}, Row{Transport::tcp, alice6, 65536, false},
        Row{Transport::udp, "198.51.100.1:9", 65468, true},
        Row{Transport::udp, "198.51.100.1:9", 65469, false},
        Row{Transport::udp, "[2001:db8::9]:9", 65456, true},
        Row{Transport::udp, "[2001:db8::9]:9", 65457, false},
        Row{Transport::tcp, "198.51.100.1:9", 65516, true},
        Row{Transport::tcp, "198.51.100.1:9", 65517, false},
        Row{Transport::tls, "[2001:db8::9]:9", 65504, true},
        Row{Transport::tls, "[2001:db8::9]:9", 65505, false});
    RelayScenario s{RelayScenario::client_over(row.transport)};
    s.bind(0x4000, alice);
    s.bind(0x4001, alice6);
    const Octets payload(row.octets, std::byte{0x5A});
    const auto delivered = s.peer_sends(row.peer, payload);
    CAPTURE(row.octets);
    REQUIRE(delivered.has_value() == row.passes);
    if (!row.passes) {
        CHECK(delivered.error() == Drop::too_big);
        CHECK(s.session.traffic_from_peer().packets == 0);
    } else if (std::to_integer<unsigned>(delivered->front()) >= 0x40) {
        CHECK(std::ranges::equal(protocol::ChannelData::decode(*delivered)->payload, payload));
    } else {
        const auto message = Message::decode(*delivered);
        REQUIRE(message);
        CHECK(std::ranges::equal(message->find(AttributeType::data)->value, payload));
    }
}

TEST_CASE("what no datagram to the peer can hold is dropped", "[H11]") {
    RelayScenario s{RelayScenario::client_over(Transport::tcp)};
    s.bind(0x4000, alice);
    s.bind(0x4001, alice6);
    const Octets payload(65'535);
    const protocol::Bytes all{payload};
    CHECK(s.client_sends_on(0x4000, all.first(65'507)));
    CHECK(s.client_sends_on(0x4000, all.first(65'508)).error() == Drop::too_big);
    CHECK(s.client_sends_on(0x4001, all.first(65'527)));
    CHECK(s.client_sends_on(0x4001, all.first(65'528)).error() == Drop::too_big);
    CHECK(s.client_sends(alice, all).error() == Drop::too_big);
    CHECK(s.session.traffic_to_peer().packets == 2);
}

TEST_CASE("relay to relay, both sides' permissions count and both sides pay", "[H12]") {
    RelayScenario ann;
    auto seed = RelayScenario::udp_client();
    seed.relayed[0] = endpoint("192.0.2.1:50002");
    RelayScenario ben{seed};
    ann.permit("192.0.2.1:50002");
    const auto sent = ann.client_sends("192.0.2.1:50002", hello);
    REQUIRE(sent);
    CHECK(ben.peer_sends(sent->source.to_string(), sent->payload).error() == Drop::no_permission);
    ben.bind(0x4009, "192.0.2.1:50000");
    CHECK(to_hex(*ben.peer_sends(sent->source.to_string(), sent->payload)) == "4009000568656c6c6f");
    CHECK(ann.session.traffic_to_peer().bytes == 5);
    CHECK(ben.session.traffic_from_peer().bytes == 5);
}

TEST_CASE("what is for a client whose connection is gone is dropped and costs nothing",
          "[I18][N12]") {
    RelayScenario s;
    s.bind(0x4000, "198.51.100.1:1111");
    s.session.move(std::nullopt);
    const auto dropped = s.peer_sends("198.51.100.1:1111", hex("01020304"));
    REQUIRE(dropped.has_error());
    CHECK(dropped.error() == Drop::client_away);
    CHECK(s.session.traffic_from_peer().packets == 0);
    // Back over TCP, what it gets is padded.
    s.session.move(RelayScenario::client_over(protocol::Transport::tcp).five_tuple);
    CHECK(*s.peer_sends("198.51.100.1:1111", hex("01")) == hex("4000 0001 01000000"));
}

}  // namespace
}  // namespace turnpike::relay
