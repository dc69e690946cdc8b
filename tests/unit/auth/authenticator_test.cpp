// SPDX-License-Identifier: BSD-3-Clause
#include "auth/authenticator.hpp"

#include <functional>

#include "auth/password.hpp"
#include "protocol/message_builder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::auth {
namespace {

using namespace std::chrono_literals;
using protocol::AttributeType;
using protocol::Endpoint;
using protocol::ErrorCode;
using protocol::Integrity;
using protocol::Message;
using protocol::MessageBuilder;
using protocol::PasswordAlgorithm;

const Endpoint client = *Endpoint::parse("192.0.2.1:40000");
const protocol::Moment now{protocol::TimePoint{1h}, protocol::WallTime{1'700'000'000s}};
const auto offered = test::hex("00020000 00010000");

// A request of alice's, each part as the test wants it.
struct Sketch {
    std::optional<std::string> username = "alice";
    bool userhash = false;
    std::optional<std::string> realm = "example.org";
    std::optional<std::string> nonce = {};  // none: leave it out
    std::optional<std::vector<std::byte>> algorithms = {};
    std::optional<std::uint16_t> algorithm = {};
    std::string password = "secret";
    bool sha256_key = false;
    bool sha1 = true;
    bool sha256 = false;
    bool spoil_sha1 = false;
    bool spoil_sha256 = false;
};

class Fixture {
public:
    explicit Fixture(bool offer_sha256 = true)
        : users_{UserDirectorySettings{.realm = "example.org", .users = {{"alice", "secret"}}}},
          nonces_{NonceSecret{}, {offer_sha256, true}, 600s},
          authenticator_{{"example.org", offer_sha256}, nonces_} {}

    [[nodiscard]] std::string nonce(protocol::WallTime made = now.wall,
                                    const Endpoint& owner = client) const {
        const NonceText text = nonces_.make(owner, made);
        return {text.data(), text.size()};
    }

    Message write(const Sketch& sketch) {
        MessageBuilder builder{
            buffer_, protocol::MessageClass::request, protocol::Method::allocate, {}};
        builder.requested_transport(protocol::protocol_udp);
        if (sketch.username) builder.text(AttributeType::username, *sketch.username);
        if (sketch.userhash) {
            builder.bytes(AttributeType::userhash, derive_userhash("alice", "example.org"));
        }
        if (sketch.realm) builder.text(AttributeType::realm, *sketch.realm);
        if (sketch.nonce) builder.text(AttributeType::nonce, *sketch.nonce);
        if (sketch.algorithms) {
            builder.bytes(AttributeType::password_algorithms, *sketch.algorithms);
        }
        if (sketch.algorithm) {
            builder.u32(AttributeType::password_algorithm, std::uint32_t{*sketch.algorithm} << 16U);
        }
        const auto key = sketch.sha256_key ? derive_sha256("alice", "example.org", sketch.password)
                                           : derive_md5("alice", "example.org", sketch.password);
        const auto wrong = derive_md5("alice", "example.org", "spoilt");
        if (sketch.sha1) {
            builder.integrity(Integrity::sha1, (sketch.spoil_sha1 ? wrong : key).octets());
        }
        if (sketch.sha256) {
            builder.integrity(Integrity::sha256, (sketch.spoil_sha256 ? wrong : key).octets());
        }
        const auto message = Message::decode(builder.finish());
        REQUIRE(message.has_value());
        return *message;
    }

    // The code that the request is denied with; none: accepted.
    std::optional<ErrorCode> judge(const Sketch& sketch, protocol::Moment when = now) {
        const Message request = write(sketch);
        const auto examined = authenticator_.examine(request);
        if (const auto* denial = std::get_if<Denial>(&examined)) return denial->code;
        const auto& claim = std::get<Claim>(examined);
        const auto found = users_.find(claim.user, when);
        const auto verified = authenticator_.verify(request, claim, found, {client, when});
        if (const auto* denial = std::get_if<Denial>(&verified)) return denial->code;
        identity = std::get<Identity>(verified);
        return std::nullopt;
    }

    Identity identity;
    Authenticator& authenticator() { return authenticator_; }

private:
    UserDirectory users_;
    Nonces nonces_;
    Authenticator authenticator_;
    std::array<std::byte, 2048> buffer_{};
};

constexpr auto accepted = std::optional<ErrorCode>{};
constexpr std::optional<ErrorCode> unauthenticated = ErrorCode::unauthenticated;
constexpr std::optional<ErrorCode> stale = ErrorCode::stale_nonce;
constexpr std::optional<ErrorCode> bad_request = ErrorCode::bad_request;

TEST_CASE("an old client gets in with MD5 and SHA-1 and is answered in kind",
          "[B10][B11][B15][B20][X5][X6]") {
    Fixture fixture;
    CHECK(fixture.judge({.nonce = fixture.nonce()}) == accepted);
    CHECK(fixture.identity.answer_integrity == Integrity::sha1);
    CHECK(fixture.identity.grant.username == "alice");
}

TEST_CASE("a request without integrity is challenged", "[B2]") {
    Fixture fixture;
    CHECK(fixture.judge({.nonce = fixture.nonce(), .sha1 = false}) == unauthenticated);
    CHECK(fixture.judge({.username = {}, .realm = {}, .sha1 = false}) == unauthenticated);
}

TEST_CASE("integrity without name, realm or nonce is a bad request", "[B3]") {
    Fixture fixture;
    CHECK(fixture.judge({.username = {}, .nonce = fixture.nonce()}) == bad_request);
    CHECK(fixture.judge({.realm = {}, .nonce = fixture.nonce()}) == bad_request);
    CHECK(fixture.judge({}) == bad_request);
}

TEST_CASE("unknown users, wrong passwords and foreign realms are denied alike",
          "[B4][B5][B6][B29][P6]") {
    Fixture fixture;
    CHECK(fixture.judge({.username = "mallory", .nonce = fixture.nonce()}) == unauthenticated);
    CHECK(fixture.judge({.nonce = fixture.nonce(), .password = "guess"}) == unauthenticated);
    CHECK(fixture.judge({.realm = "example.com", .nonce = fixture.nonce()}) == unauthenticated);
}

TEST_CASE("the key that stands in for an unknown user opens nothing", "[B4][B6]") {
    Fixture fixture;
    std::array<std::byte, 512> buffer{};
    MessageBuilder builder{buffer, protocol::MessageClass::request, protocol::Method::allocate, {}};
    builder.text(AttributeType::username, "mallory");
    builder.text(AttributeType::realm, "example.org");
    builder.text(AttributeType::nonce, fixture.nonce());
    builder.integrity(Integrity::sha1, std::array<std::byte, 16>{});
    const auto request = Message::decode(builder.finish());
    REQUIRE(request.has_value());
    const auto examined = fixture.authenticator().examine(*request);
    const auto verified =
        fixture.authenticator().verify(*request, std::get<Claim>(examined), {}, {client, now});
    CHECK(std::get<Denial>(verified).code == ErrorCode::unauthenticated);
}

TEST_CASE("a nonce that is old or somebody else's is stale", "[B7][B26][X7]") {
    Fixture fixture;
    CHECK(fixture.judge({.nonce = fixture.nonce(now.wall - 700s)}) == stale);
    CHECK(fixture.judge({.nonce = fixture.nonce(now.wall, *Endpoint::parse("192.0.2.9:1"))}) ==
          stale);
    CHECK(fixture.judge({.nonce = "f//499k954d6OL34oL9FSTvy64sA"}) == stale);
}

TEST_CASE("the MAC is judged before the nonce", "[B8][X2]") {
    Fixture fixture;
    CHECK(fixture.judge({.nonce = fixture.nonce(now.wall - 700s), .password = "guess"}) ==
          unauthenticated);
}

TEST_CASE("a changed feature bit is noticed", "[B24]") {
    Fixture fixture;
    std::string nonce = fixture.nonce();
    nonce[9] = 'Q';  // anonymity alone: somebody took the password algorithms away
    CHECK(fixture.judge({.nonce = nonce}) == stale);
}

TEST_CASE("SHA-256 is negotiated and answered in kind", "[B12][B15][B22][X5]") {
    Fixture fixture;
    CHECK(fixture.judge({.nonce = fixture.nonce(),
                         .algorithms = offered,
                         .algorithm = 2,
                         .sha256_key = true,
                         .sha1 = false,
                         .sha256 = true}) == accepted);
    CHECK(fixture.identity.answer_integrity == Integrity::sha256);
    CHECK(fixture.judge({.nonce = fixture.nonce(),
                         .algorithms = offered,
                         .algorithm = 1,
                         .sha1 = false,
                         .sha256 = true}) == accepted);
    CHECK(fixture.identity.answer_integrity == Integrity::sha256);
}

TEST_CASE("half a negotiation, another list or another algorithm is a bad request", "[B21]") {
    Fixture fixture;
    const std::string nonce = fixture.nonce();
    CHECK(fixture.judge({.nonce = nonce, .algorithms = offered}) == bad_request);
    CHECK(fixture.judge({.nonce = nonce, .algorithm = 1}) == bad_request);
    CHECK(fixture.judge({.nonce = nonce, .algorithms = test::hex("00010000"), .algorithm = 1}) ==
          bad_request);
    CHECK(fixture.judge(
              {.nonce = nonce, .algorithms = test::hex("00010000 00020000"), .algorithm = 1}) ==
          bad_request);
    CHECK(fixture.judge({.nonce = nonce, .algorithms = offered, .algorithm = 3}) == bad_request);
}

TEST_CASE("where both integrity attributes stand the SHA-256 one decides", "[B13][B14]") {
    Fixture fixture;
    Sketch sketch{.nonce = fixture.nonce(),
                  .algorithms = offered,
                  .algorithm = 2,
                  .sha256_key = true,
                  .sha256 = true};
    CHECK(fixture.judge(sketch) == accepted);
    sketch.spoil_sha1 = true;
    CHECK(fixture.judge(sketch) == accepted);
    sketch.spoil_sha1 = false;
    sketch.spoil_sha256 = true;
    CHECK(fixture.judge(sketch) == unauthenticated);
}

TEST_CASE("USERHASH stands for the name", "[B23]") {
    Fixture fixture;
    CHECK(fixture.judge({.username = {},
                         .userhash = true,
                         .nonce = fixture.nonce(),
                         .algorithms = offered,
                         .algorithm = 2,
                         .sha256_key = true,
                         .sha1 = false,
                         .sha256 = true}) == accepted);
    CHECK(fixture.identity.grant.username == "alice");
}

TEST_CASE("a long name is read, a longer one is malformed", "[A39][X10]") {
    Fixture fixture;
    CHECK(fixture.judge({.username = std::string(763, 'a'), .nonce = fixture.nonce()}) ==
          unauthenticated);
    CHECK(fixture.judge({.username = std::string(764, 'a'), .nonce = fixture.nonce()}) ==
          bad_request);
}

TEST_CASE("quotes, NUL and broken UTF-8 in names are harmless", "[B35]") {
    Fixture fixture;
    const std::string name =
        GENERATE(std::string{"al\"ice"}, std::string{"al\0ice", 6}, std::string{"\xFF\xFE"},
                 std::string{"%s%n"}, std::string{"'; DROP TABLE account; --"});
    CHECK(fixture.judge({.username = name, .nonce = fixture.nonce()}) == unauthenticated);
    CHECK(fixture.judge({.realm = name, .nonce = fixture.nonce()}) == unauthenticated);
    CHECK(fixture.judge({.nonce = name}) == stale);
}

TEST_CASE("a challenge carries realm, nonce and algorithms and nothing else",
          "[B2][B16][B18][B19][B28]") {
    const bool offers = GENERATE(true, false);
    Fixture fixture{offers};
    const Message request = fixture.write({.sha1 = false});
    std::array<std::byte, 256> buffer{};
    auto builder = MessageBuilder::error(buffer, request, ErrorCode::unauthenticated);
    fixture.authenticator().write_challenge(builder, client, now.wall);
    const auto answer = Message::decode(builder.finish());
    REQUIRE(answer.has_value());
    CHECK(*protocol::realm(*answer) == "example.org");
    CHECK(protocol::nonce(*answer)->starts_with(offers ? "obMatJos2w" : "obMatJos2Q"));
    CHECK(answer->has(AttributeType::password_algorithms) == offers);
    CHECK_FALSE(answer->has(AttributeType::username));
    CHECK_FALSE(answer->has(AttributeType::message_integrity));
    CHECK_FALSE(answer->has(AttributeType::message_integrity_sha256));
}

TEST_CASE("a server without SHA-256 takes MD5 and minds no algorithms", "[X5]") {
    Fixture fixture{false};
    CHECK(fixture.judge({.nonce = fixture.nonce()}) == accepted);
}

}  // namespace
}  // namespace turnpike::auth
