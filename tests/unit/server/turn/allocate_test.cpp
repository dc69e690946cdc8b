// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/allocate.hpp"

#include "tests/support/turn_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

Write requested(Family family) {
    return [family](MessageBuilder& request) {
        request.family(AttributeType::requested_address_family, family);
    };
}
Write additional(Family family) {
    return [family](MessageBuilder& request) {
        request.family(AttributeType::additional_address_family, family);
    };
}
Write even(bool reserve_next) {
    return [reserve_next](MessageBuilder& request) { request.even_port({reserve_next}); };
}
Write token(std::uint64_t value) {
    return
        [value](MessageBuilder& request) { request.u64(AttributeType::reservation_token, value); };
}
Write lifetime(seconds asked) {
    return [asked](MessageBuilder& request) { request.lifetime(asked); };
}

TEST_CASE("an Allocate without credentials is challenged and leaves nothing", "[D1][B2][P2]") {
    Scenario s;
    const Answer answer = s.alice.asks_plainly(Method::allocate, [](MessageBuilder& request) {
        request.requested_transport(protocol::protocol_udp);
    });
    CHECK(answer.code() == 401);
    CHECK(answer.has(AttributeType::realm));
    CHECK(answer.has(AttributeType::nonce));
    CHECK_FALSE(answer.has(AttributeType::message_integrity));
    CHECK(s.worker.last_opened() == AllocationId{0});
}

TEST_CASE("a success names the relayed and the mapped address and the lifetime", "[D19]") {
    Scenario s;
    const Answer answer = s.alice.allocates();
    CHECK(answer.success());
    CHECK(answer.relayed() == s.allocation_of(s.alice)->relayed(Family::ipv4));
    CHECK_FALSE(answer.relayed(Family::ipv6));
    CHECK(*protocol::xor_mapped_address(answer.message()) == s.alice.five_tuple.client);
    CHECK(answer.lifetime() == 600s);
    CHECK_FALSE(answer.token());
}

TEST_CASE("a second Allocate mismatches and leaves the first alone", "[D2][rfc8656-7.2]") {
    Scenario s;
    const auto relayed = s.alice.allocates().relayed();
    CHECK(s.alice.allocates().code() == 437);
    CHECK(s.allocation_of(s.alice)->relayed(Family::ipv4) == relayed);
}

TEST_CASE("a transport is needed, and to clients on UDP it is UDP", "[D3][D4][D5][J1]") {
    struct Row {
        std::vector<unsigned char> value;
        int code;
    };
    const auto row =
        GENERATE(Row{{17, 0, 0, 0}, 0}, Row{{17, 255, 255, 255}, 0}, Row{{6, 0, 0, 0}, 400},
                 Row{{0, 0, 0, 0}, 442}, Row{{255, 17, 17, 17}, 442}, Row{{17}, 400}, Row{{}, 400},
                 Row{{17, 0, 0, 0, 0, 0, 0, 0}, 400});
    Scenario s;
    CHECK(s.alice.asks(Method::allocate, attribute(AttributeType::requested_transport, row.value))
              .code() == row.code);
    CHECK((s.allocation_of(s.alice) != nullptr) == (row.code == 0));
}

TEST_CASE("an Allocate without REQUESTED-TRANSPORT is a bad request", "[D3]") {
    Scenario s;
    CHECK(s.alice.asks(Method::allocate, {}).code() == 400);
}

TEST_CASE("the first of repeated attributes counts", "[A21][rfc8489-14]") {
    Scenario s;
    CHECK(s.alice.allocates(attribute(AttributeType::requested_transport, {6, 0, 0, 0})).success());
    CHECK(s.bob
              .asks(Method::allocate,
                    all({attribute(AttributeType::requested_transport, {6, 0, 0, 0}),
                         attribute(AttributeType::requested_transport, {17, 0, 0, 0})}))
              .code() == 400);
}

TEST_CASE("DONT-FRAGMENT is understood", "[D6]") {
    Scenario s;
    CHECK(
        s.alice
            .allocates([](MessageBuilder& request) { request.flag(AttributeType::dont_fragment); })
            .success());
}

TEST_CASE("a reservation decides alone", "[D7][rfc8656-7.2]") {
    Scenario s;
    const Write other = GENERATE(even(false), requested(Family::ipv4), additional(Family::ipv6),
                                 attribute(AttributeType::requested_address_family, {}));
    CHECK(s.alice.allocates(all({token(1), other})).code() == 400);
}

TEST_CASE("a token that nobody gave buys nothing", "[D8][D9][D30]") {
    Scenario s;
    CHECK(s.alice.allocates(token(42)).code() == 508);
    CHECK(s.alice.allocates(attribute(AttributeType::reservation_token, {1, 2, 3, 4})).code() ==
          400);
    CHECK(s.alice.allocates().success());
}

TEST_CASE("EVEN-PORT may reserve the next port for the user who brings the token",
          "[D26][D27][D29]") {
    Scenario s;
    const Answer first = s.alice.allocates(even(true));
    REQUIRE(first.token());
    CHECK(first.relayed()->port % 2 == 0);
    CHECK(s.alice.repeats().token() == first.token());

    CHECK(s.bob.allocates(token(*first.token())).code() == 508);  // as if nobody had given it
    Client claims{s, "alice", "192.0.2.10:50001"};
    const Answer second = claims.allocates(token(*first.token()));
    CHECK(second.success());
    CHECK(second.relayed()->port == first.relayed()->port + 1);
    Client again{s, "alice", "192.0.2.10:50002"};
    CHECK(again.allocates(token(*first.token())).code() == 508);
}

TEST_CASE("a reservation keeps its family", "[K9][D27]") {
    Scenario s;
    const Answer first = s.alice.allocates(all({even(true), requested(Family::ipv6)}));
    REQUIRE(first.token());
    Client claims{s, "alice", "192.0.2.10:50001"};
    const Answer second = claims.allocates(token(*first.token()));
    CHECK(second.relayed(Family::ipv6)->port == first.relayed(Family::ipv6)->port + 1);
    CHECK_FALSE(second.relayed(Family::ipv4));
}

TEST_CASE("the worker is told what EVEN-PORT asks for", "[D14][D25]") {
    Settings settings;
    Octets room(1500);
    MessageBuilder builder{room, MessageClass::request, Method::allocate, {}};
    builder.requested_transport(protocol::protocol_udp);
    const unsigned flags = GENERATE(0x00U, 0x7FU, 0x80U, 0xFFU);
    attribute(AttributeType::even_port, {static_cast<unsigned char>(flags)})(builder);
    const auto written = builder.finish();
    const auto wish =
        plan_relay(*protocol::Message::decode(written), settings, protocol::Transport::udp);
    REQUIRE(wish.has_value());
    CHECK(wish->even);
    CHECK(wish->reserve_next == (flags >= 0x80));
}

TEST_CASE("the family asked for is given, or said not to be served", "[D11][D12][X13][X14]") {
    struct Row {
        Write asked;
        bool ipv4, ipv6;
        int code;
        Family given;
    };
    const Row row =
        GENERATE(Row{{}, true, true, 0, Family::ipv4}, Row{{}, true, false, 0, Family::ipv4},
                 Row{{}, false, true, 440, Family::ipv4},
                 Row{requested(Family::ipv4), true, true, 0, Family::ipv4},
                 Row{requested(Family::ipv4), false, true, 440, Family::ipv4},
                 Row{requested(Family::ipv6), true, true, 0, Family::ipv6},
                 Row{requested(Family::ipv6), true, false, 440, Family::ipv6},
                 Row{attribute(AttributeType::requested_address_family, {3, 0, 0, 0}), true, true,
                     440, Family::ipv4},
                 Row{attribute(AttributeType::requested_address_family, {1}), true, true, 400,
                     Family::ipv4});
    Settings settings;
    settings.relays_ipv4 = row.ipv4;
    settings.relays_ipv6 = row.ipv6;
    Scenario s{{.settings = settings}};
    s.alice.five_tuple.client = at(GENERATE("192.0.2.10:50000", "[2001:db8:1::10]:50000"));
    const Answer answer = s.alice.allocates(row.asked);
    CHECK(answer.code() == row.code);
    if (answer.success()) CHECK(answer.relayed(row.given));
}

TEST_CASE("reserved bytes of the family attributes are ignored", "[K8]") {
    Scenario s;
    CHECK(s.alice.allocates(attribute(AttributeType::requested_address_family, {2, 9, 9, 9}))
              .relayed(Family::ipv6));
    CHECK(s.bob.allocates(attribute(AttributeType::additional_address_family, {2, 9, 9, 9}))
              .relayed(Family::ipv6));
}

TEST_CASE("what contradicts ADDITIONAL-ADDRESS-FAMILY is a bad request", "[D10][D13][D15]") {
    Scenario s;
    CHECK(s.alice.allocates(all({additional(Family::ipv6), requested(Family::ipv6)})).code() ==
          400);
    CHECK(s.alice.allocates(all({additional(Family::ipv6), even(true)})).code() == 400);
    CHECK(s.alice.allocates(additional(Family::ipv4)).code() == 400);
    CHECK(s.alice.allocates(attribute(AttributeType::additional_address_family, {2})).code() ==
          400);
    CHECK(s.alice.allocates(attribute(AttributeType::additional_address_family, {9, 0, 0, 0}))
              .code() == 440);
    CHECK(s.alice.allocates(all({additional(Family::ipv6), even(false)})).success());
}

TEST_CASE("a dual allocation gives both addresses, or one and why not the other", "[D16][K7]") {
    Scenario s;
    SECTION("both") {
        const Answer answer = s.alice.allocates(additional(Family::ipv6));
        CHECK(answer.relayed(Family::ipv4));
        CHECK(answer.relayed(Family::ipv6));
        CHECK_FALSE(answer.has(AttributeType::address_error_code));
    }
    SECTION("IPv6 has no port left") {
        s.worker.out_of_ports = {false, true};
        const Answer answer = s.alice.allocates(additional(Family::ipv6));
        CHECK(answer.success());
        CHECK(answer.relayed(Family::ipv4));
        const auto why = answer.value(AttributeType::address_error_code);
        REQUIRE(why.size() >= 4);
        CHECK(std::vector<int>(why.begin(), why.begin() + 4) == std::vector<int>{2, 0, 5, 8});
    }
    SECTION("IPv4 has no port left") {
        s.worker.out_of_ports = {true, false};
        const Answer answer = s.alice.allocates(additional(Family::ipv6));
        CHECK(answer.success());
        CHECK(answer.relayed(Family::ipv6));
        CHECK(answer.value(AttributeType::address_error_code).at(0) == 1);
    }
    SECTION("neither has") {
        s.worker.out_of_ports = {true, true};
        CHECK(s.alice.allocates(additional(Family::ipv6)).code() == 508);
        s.worker.out_of_ports = {};
        CHECK(s.alice.allocates().success());
    }
}

TEST_CASE("a family that is not served is the one missing of a dual allocation", "[D16][K7]") {
    Settings settings;
    settings.relays_ipv4 = GENERATE(true, false);
    settings.relays_ipv6 = !settings.relays_ipv4;
    Scenario s{{.settings = settings}};
    const Answer answer = s.alice.allocates(additional(Family::ipv6));
    CHECK(answer.success());
    CHECK(answer.relayed(settings.relays_ipv4 ? Family::ipv4 : Family::ipv6));
    const auto why = answer.value(AttributeType::address_error_code);
    REQUIRE(why.size() >= 4);
    CHECK(std::vector<int>(why.begin(), why.begin() + 4) ==
          std::vector<int>{settings.relays_ipv4 ? 2 : 1, 0, 4, 40});
}

TEST_CASE("old clients' number for the additional family is ignored", "[X13]") {
    Scenario s;
    const Answer answer = s.alice.allocates(attribute(AttributeType{0x8032}, {2, 0, 0, 0}));
    CHECK(answer.success());
    CHECK_FALSE(answer.relayed(Family::ipv6));
}

TEST_CASE("quota and capacity are the worker's to refuse", "[D17][D32][P3][D30]") {
    Scenario s;
    const int code = GENERATE(486, 508, 440);
    s.worker.refuses_to_open = static_cast<ErrorCode>(code);
    const Answer answer = s.alice.allocates();
    CHECK(answer.code() == code);
    CHECK(answer.authenticated());
    s.worker.refuses_to_open.reset();
    CHECK(s.alice.allocates().success());
}

TEST_CASE("a user's quota counts names and is given back", "[D17][P3][D34]") {
    Scenario s{{.allocations_per_user = 1}};
    Client second{s, "alice", "192.0.2.30:50000"};
    CHECK(s.alice.allocates().success());
    CHECK(second.allocates().code() == 486);
    CHECK(s.bob.allocates().success());
    CHECK(s.alice.refreshes(0s).success());
    CHECK(second.allocates().success());
}

TEST_CASE("an Allocate is granted a lifetime within bounds", "[D20][D21]") {
    struct Row {
        seconds asked, granted;
    };
    const Row row = GENERATE(Row{0s, 600s}, Row{1s, 600s}, Row{601s, 601s}, Row{3601s, 3600s},
                             Row{seconds{0xFFFFFFFF}, 3600s});
    Scenario s;
    CHECK(s.alice.allocates(lifetime(row.asked)).lifetime() == row.granted);
    s.time_passes(row.granted - 1s);
    CHECK(s.allocation_of(s.alice) != nullptr);
    s.time_passes(1s);
    CHECK(s.allocation_of(s.alice) == nullptr);
}

TEST_CASE("LIFETIME or EVEN-PORT of a wrong length is a bad request", "[D31]") {
    Scenario s;
    CHECK(s.alice.allocates(attribute(AttributeType::lifetime, {0, 0, 0})).code() == 400);
    CHECK(s.alice.allocates(attribute(AttributeType::even_port, {})).code() == 400);
    CHECK(s.alice.allocates(attribute(AttributeType::even_port, {0, 0})).code() == 400);
}

TEST_CASE("a retransmitted Allocate gets its success again", "[D29][A35][rfc8489-6.3.1]") {
    Scenario s;
    const Answer first = s.alice.allocates(lifetime(1200s));
    s.time_passes(39s + 500ms);
    const Answer again = s.alice.repeats();
    CHECK(again.success());
    CHECK(again.relayed() == first.relayed());
    CHECK(again.lifetime() == 1160s);
    CHECK(s.dispatcher.allocations().size() == 1);
}

TEST_CASE("a retransmission proves itself like any other request", "[D29][B31]") {
    Scenario s;
    CHECK(s.alice.allocates().success());
    s.fault.user_unknown = true;
    CHECK(s.alice.repeats().code() == 401);
    CHECK(s.alice.repeats().success());
}

TEST_CASE("the same transaction id on two five-tuples is two transactions", "[A37]") {
    Scenario s;
    CHECK(s.alice.allocates().success());
    protocol::FiveTuple other = s.alice.five_tuple;
    other.transport = protocol::Transport::tcp;
    s.alice.five_tuple = other;
    CHECK(s.alice.repeats().success());
    CHECK(s.dispatcher.allocations().size() == 2);
}

TEST_CASE("a deleted allocation frees its five-tuple at once", "[D34][X23]") {
    Scenario s;
    CHECK(s.alice.allocates().success());
    CHECK(s.alice.refreshes(0s).success());
    CHECK(s.alice.allocates().success());
}

TEST_CASE("reserved attributes of old drafts are unknown today", "[D36][A14]") {
    Scenario s;
    const auto type = GENERATE(AttributeType{0x0010}, AttributeType{0x0021});
    const Answer answer = s.alice.allocates(attribute(type, {0, 0, 0, 1}));
    CHECK(answer.code() == 420);
    CHECK(answer.value(AttributeType::unknown_attributes) ==
          std::vector<int>{0, static_cast<int>(type)});
    CHECK(s.allocation_of(s.alice) == nullptr);
}

TEST_CASE("optional and unexpected attributes do not disturb", "[A17][A18][D35]") {
    Scenario s;
    CHECK(s.alice
              .allocates(all({attribute(AttributeType::third_party_authorization, {}),
                              attribute(AttributeType{0x802F}, {1, 2, 3}),
                              attribute(AttributeType{0xFFFE}, {1}),
                              attribute(AttributeType::channel_number, {0x40, 0, 0, 0})}))
              .success());
}

TEST_CASE("no relay is made for a client that speaks out of Teredo or 6to4", "[K3][rfc8656-21.4]") {
    Scenario s;
    const auto* address = GENERATE("[2001::1]:1000", "[2002:c633:6407::1]:1000");
    s.alice.five_tuple.client = at(address);
    s.alice.five_tuple.server = at("[2001:db8:5::5]:3478");
    CHECK(s.alice.allocates().code() == 403);
    CHECK(s.worker.held().empty());
    s.alice.five_tuple.client = at("[2003::1]:1000");
    CHECK(s.alice.allocates().success());
}

}  // namespace
}  // namespace turnpike::turn
