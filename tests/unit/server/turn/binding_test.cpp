// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/binding.hpp"

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

TEST_CASE("Binding keeps no state: a repeated request is answered anew", "[A36][P2]") {
    Scenario s;
    const Answer first = s.alice.asks_plainly(Method::binding);
    CHECK(s.alice.repeats().octets() == first.octets());
    CHECK(s.last_effects.empty());
    CHECK(s.dispatcher.allocations().size() == 0);
}

}  // namespace
}  // namespace turnpike::turn
