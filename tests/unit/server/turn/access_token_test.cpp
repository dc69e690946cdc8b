// SPDX-License-Identifier: BSD-3-Clause
//
// Allocations by access token (RFC 7635): who gets in, for how long, and who goes on with what.
#include "auth/access_token.hpp"

#include "tests/support/mobile_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

const auth::TokenKey north{.id = "north", .octets = std::vector(32, std::byte{1})};
const auth::TokenKey south{.id = "south",
                           .octets = std::vector(16, std::byte{2}),
                           .algorithm = auth::TokenAlgorithm::aes_128_gcm};

ScenarioOptions with_tokens() {
    ScenarioOptions options;
    options.token_keys = {north, south};
    return options;
}

protocol::Key mac_key_of(int number, std::size_t octets = 20) {
    return protocol::Key{std::vector(octets, static_cast<std::byte>(number))};
}

// What an authorization server does for a client: a session key, sealed for the relay.
struct Wish {
    const auth::TokenKey& key;
    int number = 0;  // of the session key
    seconds lifetime = 600s;
};
void gives_token(const Scenario& s, Client& client, const Wish& wish) {
    const auth::TokenBlock block{
        .mac_key = mac_key_of(wish.number),
        .timestamp = std::chrono::floor<std::chrono::microseconds>(s.now.wall.time_since_epoch()),
        .lifetime = wish.lifetime};
    client.username = wish.key.id;
    client.mac_key = block.mac_key;
    client.access_token = auth::seal_token(wish.key, realm, {}, auth::encode_token_block(block));
}

TEST_CASE("a 401 names the server where access tokens are taken", "[B50][rfc7635-6.1]") {
    Scenario s{with_tokens()};
    const Answer denied = s.alice.asks_plainly(Method::allocate);
    CHECK(denied.code() == 401);
    const auto name = denied.message().find(AttributeType::third_party_authorization);
    REQUIRE(name);
    CHECK(protocol::as_text(name->value) == realm);

    Scenario without;
    CHECK_FALSE(
        without.alice.asks_plainly(Method::allocate).has(AttributeType::third_party_authorization));
}

TEST_CASE("a token opens an allocation, and its key signs all that follows",
          "[B52][B54][rfc7635-9]") {
    Scenario s{with_tokens()};
    const auto& key = GENERATE_REF(values({&north, &south}));
    gives_token(s, s.alice, {*key, 1});
    CHECK(s.alice.allocates().success());
    CHECK(s.alice.permits({peer_v4}).success());  // no token goes with it
    CHECK(s.alice.binds(0x4000, peer_v4).success());
    CHECK(s.alice.refreshes().success());
    CHECK(s.alice.refreshes(0s).success());
    CHECK(s.allocation_of(s.alice) == nullptr);
}

TEST_CASE("a token serves a client of RFC 8489 too", "[B54][B22]") {
    Scenario s{with_tokens()};
    gives_token(s, s.alice, {north, 1});
    s.alice.negotiates_sha256 = true;
    CHECK(s.alice.allocates().success());
    CHECK(s.alice.permits({peer_v4}).success());
}

TEST_CASE("coturn's client signs with the first sixteen octets of the key", "[B54]") {
    Scenario s{with_tokens()};
    gives_token(s, s.alice, {north, 1});
    s.alice.mac_key = mac_key_of(1, 16);
    CHECK(s.alice.allocates().success());
    CHECK(s.alice.permits({peer_v4}).success());
    s.alice.mac_key = mac_key_of(1, 15);
    CHECK(s.alice.permits({peer_v4}).code() == 401);
}

TEST_CASE("another key, an unknown one, a spoilt token and a wrong signature are denied alike",
          "[B52][B54][B4][B6]") {
    Scenario s{with_tokens()};
    gives_token(s, s.alice, {north, 1});
    SECTION("signed with another session key") {
        s.alice.mac_key = mac_key_of(2);
    }
    SECTION("named for another key") {
        s.alice.username = "south";
    }
    SECTION("named for no key") {
        s.alice.username = "west";
    }
    SECTION("changed") {
        s.alice.access_token.back() ^= std::byte{1};
    }
    SECTION("cut") {
        s.alice.access_token.resize(8);
    }
    SECTION("older than it lasts") {
        s.clock_jumps(606s);
    }
    SECTION("signed by the password of a user that exists") {
        s.alice.username = "alice";
        s.alice.mac_key.reset();
    }
    const Answer denied = s.alice.allocates();
    CHECK(denied.code() == 401);
    CHECK_FALSE(denied.authenticated());
    CHECK(denied.has(AttributeType::nonce));
    CHECK(s.alice.asks_plainly(Method::allocate).message().octets().size() ==
          denied.message().octets().size());
    CHECK(s.worker.held().empty());
}

TEST_CASE("no lifetime outlasts the token, and it ends on its second", "[B55][rfc7635-11]") {
    Scenario s{with_tokens()};
    gives_token(s, s.alice, {north, 1, 100s});
    CHECK(s.alice.allocates().lifetime() == 100s);
    s.time_passes(40s);
    CHECK(s.alice.refreshes(3600s).lifetime() == 60s);
    s.time_passes(59s);
    CHECK(s.allocation_of(s.alice) != nullptr);
    s.time_passes(1s);
    CHECK(s.allocation_of(s.alice) == nullptr);
    CHECK(s.alice.allocates().success());  // within the clocks' tolerance
    s.time_passes(5s);
    CHECK(s.allocation_of(s.alice) == nullptr);
    CHECK(s.alice.allocates().code() == 401);
}

TEST_CASE("a newer token goes on with the allocation, under a newer key too",
          "[B52][B55][rfc7635-11]") {
    Scenario s{with_tokens()};
    gives_token(s, s.alice, {north, 1, 100s});
    REQUIRE(s.alice.allocates().success());
    s.time_passes(90s);
    gives_token(s, s.alice, {south, 2, 500s});
    CHECK(s.alice.refreshes(600s).lifetime() == 500s);
    CHECK(s.alice.permits({peer_v4}).success());
    s.time_passes(400s);
    CHECK(s.allocation_of(s.alice) != nullptr);
    // What the first token's key signs is nobody's now.
    s.alice.username = "north";
    s.alice.mac_key = mac_key_of(1);
    CHECK(s.alice.permits({peer_v4}).code() == 401);
}

TEST_CASE("users and tokens stay out of each other's allocations", "[B52][E1]") {
    Scenario s{with_tokens()};
    gives_token(s, s.alice, {north, 1});
    REQUIRE(s.alice.allocates().success());
    Client intruder{s, "bob", "192.0.2.10:50000"};
    CHECK(intruder.permits({peer_v4}).code() == 441);
    CHECK(intruder.refreshes(0s).code() == 441);

    REQUIRE(s.bob.allocates().success());
    Client other{s, "north", "192.0.2.20:50000"};
    gives_token(s, other, {north, 3});
    CHECK(other.refreshes(0s).code() == 441);
    CHECK(s.allocation_of(s.bob) != nullptr);
}

TEST_CASE("the limit for each user counts for each token", "[B52][D17]") {
    ScenarioOptions options = with_tokens();
    options.allocations_per_user = 1;
    Scenario s{std::move(options)};
    gives_token(s, s.alice, {north, 1});
    gives_token(s, s.bob, {north, 1});
    CHECK(s.alice.allocates().success());
    CHECK(s.bob.allocates().code() == 486);
    gives_token(s, s.bob, {north, 2});
    CHECK(s.bob.allocates().success());
}

TEST_CASE("who has a token's key takes the allocation along, with the token or without",
          "[N3][N7][B54][rfc8016-3.2.2]") {
    ScenarioOptions options = with_tokens();
    options.settings.mobility = auth::MobilityTickets{auth::MobilityKey{}};
    Scenario s{std::move(options)};
    gives_token(s, s.alice, {north, 1, 100s});
    const Ticket ticket = ticket_in(s.alice.allocates(shows({})));
    const auto* allocation = s.allocation_of(s.alice);
    REQUIRE(allocation != nullptr);
    // Whoever read the ticket on its way, with a good token and a good password of their own.
    gives_token(s, s.bob, {north, 2});
    CHECK(refreshes(s.bob, ticket).code() == 441);
    Client eve{s, "bob", "192.0.2.30:50000"};
    CHECK(refreshes(eve, ticket).code() == 441);

    s.alice.five_tuple.client = cafe;
    SECTION("the key alone") {
        s.alice.access_token.clear();
        CHECK(refreshes(s.alice, ticket).lifetime() == 100s);
    }
    SECTION("the token it was made with") {
        CHECK(refreshes(s.alice, ticket).lifetime() == 100s);
    }
    SECTION("a newer token for the same key") {
        gives_token(s, s.alice, {south, 1, 500s});
        CHECK(refreshes(s.alice, ticket, [](MessageBuilder& request) {
                  request.lifetime(600s);
              }).lifetime() == 500s);
    }
    CHECK(allocation->place().next == s.alice.five_tuple);
    CHECK(s.alice.permits({peer_v4}).success());
}

TEST_CASE("without keys ACCESS-TOKEN is unknown", "[B51]") {
    Scenario s;
    s.alice.access_token = Octets(40);
    CHECK(s.alice.allocates().code() == 420);
}

TEST_CASE("a token is no excuse for what is unknown", "[A14][B51]") {
    Scenario s{with_tokens()};
    gives_token(s, s.alice, {north, 1});
    const Answer refused = s.alice.allocates(attribute(AttributeType{0x7ABC}, {}));
    CHECK(refused.code() == 420);
    const auto listed = refused.message().find(AttributeType::unknown_attributes);
    REQUIRE(listed);
    CHECK(listed->value.size() == 2);
}

}  // namespace
}  // namespace turnpike::turn
