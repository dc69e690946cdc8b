// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/redirect.hpp"

#include <map>

#include "tests/support/turn_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;
using protocol::FiveTuple;
using protocol::Transport;

const AlternateServer second_v4{.address = at("192.0.2.2:3478"), .domain = "two.example.org"};
const AlternateServer second_v6{.address = at("[2001:db8::2]:3478"), .domain = "two.example.org"};
const AlternateServer third_v4{.address = at("192.0.2.3:3478"),
                               .tls_address = at("192.0.2.3:5349"),
                               .weight = 3,
                               .domain = "three.example.org"};

FiveTuple from(std::string_view client, Transport transport = Transport::udp) {
    return {.client = at(client), .server = at("203.0.113.5:3478"), .transport = transport};
}

const FiveTuple from_v4 = from("198.51.100.1:1000");
const FiveTuple from_v6 = from("[2001:db8:1::1]:1000");

ScenarioOptions redirecting(std::vector<AlternateServer> servers) {
    ScenarioOptions options;
    options.settings.alternates = Alternates{std::move(servers)};
    options.redirects = 0;
    return options;
}

std::vector<Endpoint> alternates_in(const Answer& answer) {
    std::vector<Endpoint> found;
    const protocol::Message message = answer.message();
    for (const protocol::Attribute attribute : message) {
        if (attribute.type != static_cast<std::uint16_t>(AttributeType::alternate_server)) continue;
        found.push_back(*protocol::decode_address(attribute.value));
    }
    return found;
}

TEST_CASE("the first address is of the client's family, the second of the other one",
          "[R2][rfc8489-10]") {
    const Alternates alternates{{second_v6, second_v4}};
    const auto for_v4 = alternates.choose(from_v4, 7);
    REQUIRE(for_v4);
    CHECK(for_v4->first == second_v4.address);
    CHECK(for_v4->second == second_v6.address);
    const auto for_v6 = alternates.choose(from_v6, 7);
    REQUIRE(for_v6);
    CHECK(for_v6->first == second_v6.address);
    CHECK(for_v6->second == second_v4.address);
}

TEST_CASE("a family without a server is not redirected", "[R2]") {
    CHECK_FALSE(Alternates{{second_v4}}.choose(from_v6, 0));
    CHECK_FALSE(Alternates{}.choose(from_v4, 0));
    CHECK_FALSE(Alternates{{second_v4}}.choose(from_v4, 0)->second);
}

TEST_CASE("both addresses are of servers of one name", "[R2][R3]") {
    const Alternates alternates{{third_v4, second_v6}};
    const auto chosen = alternates.choose(from_v4, 0);
    REQUIRE(chosen);
    CHECK(chosen->domain == "three.example.org");
    CHECK_FALSE(chosen->second);
}

TEST_CASE("servers are chosen by weight", "[R2]") {
    const Alternates alternates{{second_v4, third_v4}};
    std::map<Endpoint, int> times;
    for (std::uint64_t random = 0; random < 400; ++random) {
        ++times[alternates.choose(from_v4, random)->first];
    }
    CHECK(times == std::map<Endpoint, int>{{second_v4.address, 100}, {third_v4.address, 300}});
}

TEST_CASE("a server of weight 0 serves where no other is left", "[R2]") {
    AlternateServer spare = second_v4;
    spare.weight = 0;
    for (const std::uint64_t random : {0ULL, 1ULL, ~0ULL}) {
        CHECK(Alternates{{spare, third_v4}}.choose(from_v4, random)->first == third_v4.address);
        CHECK(Alternates{{spare}}.choose(from_v4, random)->first == spare.address);
    }
}

TEST_CASE("clients over TLS and DTLS are sent to the port that serves them", "[R2]") {
    const Alternates alternates{{third_v4}};
    for (const Transport transport : {Transport::tls, Transport::dtls}) {
        const auto chosen = alternates.choose(from("198.51.100.1:1000", transport), 0);
        CHECK(chosen->first == *third_v4.tls_address);
    }
    CHECK(alternates.choose(from_v4, 0)->first == third_v4.address);
}

TEST_CASE("an Allocate is redirected once it has proved itself, and the answer is signed",
          "[R1][R4][R8][D18][X12][rfc8656-7.2]") {
    Scenario s{redirecting({second_v4, second_v6})};
    CHECK(s.alice.asks_plainly(Method::allocate).code() == 401);
    const Answer sent = s.alice.allocates();  // which checks the signature
    CHECK(sent.code() == 300);
    CHECK(sent.authenticated());
    CHECK(alternates_in(sent) == std::vector{second_v4.address, second_v6.address});
    CHECK_FALSE(sent.has(AttributeType::alternate_domain));
    CHECK(s.worker.held().empty());

    s.alice.password = "wrong";
    const Answer denied = s.alice.allocates();
    CHECK(denied.code() == 401);
    CHECK(alternates_in(denied).empty());
}

TEST_CASE("a bad Allocate is told what is wrong with it and not where to go", "[D18]") {
    Scenario s{redirecting({second_v4})};
    CHECK(s.alice.asks(Method::allocate, {}).code() == 400);
    CHECK(s.alice.allocates(attribute(AttributeType{0x7ABC}, {})).code() == 420);
}

TEST_CASE("what lives here stays here", "[D18]") {
    Scenario s{redirecting({second_v4})};
    s.redirects.reset();
    REQUIRE(s.alice.allocates().success());
    s.redirects = 0;
    CHECK(s.alice.repeats().success());  // a retransmission of the Allocate
    CHECK(s.alice.refreshes().success());
    CHECK(s.alice.permits({peer_v4}).success());
    CHECK(s.alice.binds(0x4000, peer_v4).success());
    CHECK(s.alice.allocates().code() == 437);
    CHECK(s.bob.allocates().code() == 300);
}

TEST_CASE("a Binding request is never redirected", "[C6][O7][R10]") {
    Scenario s{redirecting({second_v4})};
    const Answer answer = s.alice.asks_plainly(Method::binding);
    CHECK(answer.success());
    CHECK_FALSE(answer.has(AttributeType::alternate_server));
    const Answer with_credentials = s.alice.asks(Method::binding, {});
    CHECK(with_credentials.success());
    CHECK_FALSE(with_credentials.has(AttributeType::alternate_server));
}

TEST_CASE("the name of the certificate goes to clients over (D)TLS that sign with SHA-256",
          "[R3][rfc8489-10]") {
    struct Row {
        Transport transport;
        bool sha256;
        bool named;
    };
    const Row row = GENERATE(Row{Transport::tls, true, true}, Row{Transport::dtls, true, true},
                             Row{Transport::tls, false, false}, Row{Transport::tcp, true, false},
                             Row{Transport::udp, true, false});
    Scenario s{redirecting({second_v4})};
    s.alice.five_tuple.transport = row.transport;
    s.alice.negotiates_sha256 = row.sha256;
    const Answer sent = s.alice.allocates();
    CHECK(sent.code() == 300);
    const auto name = sent.message().find(AttributeType::alternate_domain);
    REQUIRE(name.has_value() == row.named);
    if (name) CHECK(protocol::as_text(name->value) == "two.example.org");
}

}  // namespace
}  // namespace turnpike::turn
