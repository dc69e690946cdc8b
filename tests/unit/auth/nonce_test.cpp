// SPDX-License-Identifier: BSD-3-Clause
#include "auth/nonce.hpp"

#include <set>
#include <string>

#include "tests/support/catch.hpp"

namespace turnpike::auth {
namespace {

using namespace std::chrono_literals;
using protocol::Endpoint;
using protocol::WallTime;

const Endpoint alice = *Endpoint::parse("192.0.2.1:40000");
const WallTime start{1'700'000'000s};

NonceSecret secret_of(std::uint8_t seed) {
    NonceSecret secret;
    secret.fill(std::byte{seed});
    return secret;
}

Nonces nonces(SecurityFeatures features = {true, true}) {
    return {secret_of(7), features, 600s};
}

std::string make(const Nonces& maker, const Endpoint& client, WallTime now = start) {
    const NonceText text = maker.make(client, now);
    return {text.data(), text.size()};
}

TEST_CASE("a nonce starts with the cookie and the feature bits, most significant first",
          "[B17][X3][X4][rfc8489-9.2]") {
    struct Row {
        SecurityFeatures features;
        std::string_view beginning;
    };
    const Row row =
        GENERATE(Row{{false, false}, "obMatJos2AAAA"}, Row{{true, false}, "obMatJos2gAAA"},
                 Row{{false, true}, "obMatJos2QAAA"}, Row{{true, true}, "obMatJos2wAAA"});
    CHECK(make(nonces(row.features), alice).starts_with(row.beginning));
}

TEST_CASE("a nonce serves its client until its time is over", "[B7][B26][P11]") {
    const Nonces maker = nonces();
    const std::string nonce = make(maker, alice);
    CHECK(maker.valid(nonce, alice, start));
    CHECK(maker.valid(nonce, alice, start + 599s));
    CHECK_FALSE(maker.valid(nonce, alice, start + 605s));
    CHECK_FALSE(maker.valid(nonce, alice, start + 72h));
    // The 16 bits of time wrap after 65536 * 4 s: a nonce of the last round is as if new again, but
    // a client would have had to keep it for three days and find the secret unchanged.
    CHECK_FALSE(maker.valid(nonce, alice, start + 24h));
}

TEST_CASE("a clock that steps back a little does not make nonces stale", "[B26]") {
    const Nonces maker = nonces();
    const std::string nonce = make(maker, alice);
    CHECK(maker.valid(nonce, alice, start - 50s));
    CHECK_FALSE(maker.valid(nonce, alice, start - 120s));
}

TEST_CASE("no two clients get the same nonce, and none can use another's", "[B25][X7]") {
    const Nonces maker = nonces();
    std::set<std::string> seen;
    for (std::uint16_t port = 1024; port < 3024; ++port) {
        const Endpoint client{alice.address, port};
        CHECK(seen.insert(make(maker, client)).second);
    }
    const std::string nonce = make(maker, alice);
    CHECK_FALSE(maker.valid(nonce, *Endpoint::parse("192.0.2.1:40001"), start));
    CHECK_FALSE(maker.valid(nonce, *Endpoint::parse("192.0.2.2:40000"), start));
    CHECK_FALSE(maker.valid(nonce, *Endpoint::parse("[2001:db8::1]:40000"), start));
}

TEST_CASE("a nonce changed in any character is not ours", "[B24]") {
    const Nonces maker = nonces();
    const std::string nonce = make(maker, alice);
    for (std::size_t index = 0; index < nonce.size(); ++index) {
        std::string changed = nonce;
        changed[index] = changed[index] == 'A' ? 'Q' : 'A';
        CHECK_FALSE(maker.valid(changed, alice, start));
    }
    CHECK_FALSE(maker.valid(nonce.substr(1), alice, start));
    CHECK_FALSE(maker.valid(nonce + "A", alice, start));
    CHECK_FALSE(maker.valid("", alice, start));
}

TEST_CASE("another secret or other features make other nonces", "[B24][B25]") {
    const std::string nonce = make(nonces(), alice);
    CHECK_FALSE(Nonces(secret_of(8), {true, true}, 600s).valid(nonce, alice, start));
    CHECK_FALSE(nonces({true, false}).valid(nonce, alice, start));
}

TEST_CASE("a nonce is a short quoted-string without quotes", "[B27][P1]") {
    const std::string nonce = make(nonces(), *Endpoint::parse("[2001:db8::1]:9"));
    CHECK(nonce.size() == 24);
    CHECK(nonce.find_first_not_of(
              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
}

}  // namespace
}  // namespace turnpike::auth
