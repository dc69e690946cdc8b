// SPDX-License-Identifier: BSD-3-Clause
#include "auth/access_token.hpp"

#include <span>

#include "tests/support/catch.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::auth {
namespace {

using namespace std::chrono_literals;
using protocol::WallTime;
using test::hex;
using test::to_hex;

const WallTime now{1'800'000'000s};
const TokenNonce nonce{};

TokenKey key_named(std::string id, TokenAlgorithm algorithm = TokenAlgorithm::aes_256_gcm) {
    const auto fill = static_cast<std::byte>(id.size());
    return {.id = std::move(id), .octets = std::vector(32, fill), .algorithm = algorithm};
}

const TokenKey north = key_named("north");
const TokenKey union_key = key_named("the union", TokenAlgorithm::aes_128_gcm);

AccessTokens tokens_of(std::vector<TokenKey> keys) {
    return AccessTokens{{.server_name = "turn.example.org", .keys = std::move(keys)}};
}

TokenBlock block_made(std::chrono::nanoseconds at, std::chrono::seconds lifetime = 600s) {
    return {.mac_key = protocol::Key{std::vector(20, std::byte{7})},
            .timestamp = std::chrono::floor<std::chrono::microseconds>(at),
            .lifetime = lifetime};
}

std::vector<std::byte> token_by(const TokenKey& key, const TokenBlock& block,
                                std::string_view server = "turn.example.org") {
    return seal_token(key, server, nonce, encode_token_block(block));
}

// What is left of a token of 600 s that was made so long before now, on a clock that may differ by
// 5 s.
std::optional<std::chrono::microseconds> left_after(std::chrono::microseconds age) {
    const auto token = token_by(north, block_made(now.time_since_epoch() - age));
    const auto opened = tokens_of({north}).open("north", token, now);
    return opened ? std::optional{opened->left} : std::nullopt;
}

TEST_CASE("a token that coturn's client made is opened", "[B52][rfc7635-6.2]") {
    const TokenKey key{.id = "union",
                       .octets = hex("31323334353637383930313233343536 0a"),
                       .algorithm = TokenAlgorithm::aes_128_gcm};
    const AccessTokens tokens{{.server_name = "blackdow.carleon.gov", .keys = {key}}};
    const auto token =
        hex("000c 01817a22826359f77f4c8c6d e05935b8d46868d67604f996a821d62a28b13ec7eeba688007a0f1de"
            "7c95e8a5858c453864489f2cffe115c5243c9abe6421");
    const auto opened = tokens.open("union", token, WallTime{1'795'404'258s});
    REQUIRE(opened);
    CHECK(to_hex(opened->mac_key.octets()) == "aa7a3436100b470575ebef62759efbe35af1af34");
    CHECK(opened->left == 299s);
}

TEST_CASE("several keys are told apart by their ids", "[B52]") {
    const AccessTokens tokens = tokens_of({north, union_key});
    for (const TokenKey& key : {north, union_key}) {
        const auto token = token_by(key, block_made(now.time_since_epoch()));
        CHECK(tokens.open(key.id, token, now));
        CHECK_FALSE(tokens.open(key.id == "north" ? "the union" : "north", token, now));
        CHECK_FALSE(tokens.open("nobody", token, now));
        CHECK_FALSE(tokens.open("", token, now));
    }
}

TEST_CASE("the key that stands in for an unknown one opens nothing", "[B52][B6]") {
    const TokenKey zeros{.id = {}, .octets = std::vector<std::byte>(32)};
    const auto token = token_by(zeros, block_made(now.time_since_epoch()));
    CHECK_FALSE(tokens_of({north}).open("nobody", token, now));
    CHECK_FALSE(tokens_of({}).open("", token, now));
}

TEST_CASE("a token for another server is refused", "[B52]") {
    const auto token = token_by(north, block_made(now.time_since_epoch()), "turn.example.com");
    CHECK_FALSE(tokens_of({north}).open("north", token, now));
}

TEST_CASE("a token is good while lifetime and skew exceed its age", "[B53][rfc7635-9]") {
    CHECK(left_after(0s) == 600s);
    CHECK(left_after(599s) == 1s);
    CHECK(left_after(602s) == 3s);
    CHECK(left_after(604s) == 1s);
    CHECK_FALSE(left_after(605s));
    CHECK_FALSE(left_after(24h));
}

TEST_CASE("a token from a clock that is ahead is good within its lifetime and the skew", "[B53]") {
    CHECK(left_after(-3s) == 600s);
    CHECK(left_after(-604s) == 600s);
    CHECK_FALSE(left_after(-605s));
}

TEST_CASE("less than a second counts", "[B52][B53]") {
    CHECK(left_after(250ms) == 599'750ms);
    // 1/64000 s is the finest that the timestamp can say.
    const TokenBlock block = block_made(1'000'500'000us);
    const auto again = decode_token_block(encode_token_block(block));
    REQUIRE(again);
    CHECK(again->timestamp == 1'000'500'000us);
    CHECK(to_hex(encode_token_block(block)).substr(44) == "0000000003e87d0000000258");
}

TEST_CASE("a key is good within its own time alone", "[B52]") {
    TokenKey key = north;
    key.not_before = now - 10s;
    key.not_after = now + 10s;
    const AccessTokens tokens = tokens_of({key});
    const auto open_at = [&](WallTime when) {
        return tokens.open("north", token_by(key, block_made(when.time_since_epoch())), when)
            .has_value();
    };
    CHECK(open_at(now));
    CHECK(open_at(now - 10s));
    CHECK_FALSE(open_at(now - 11s));
    CHECK_FALSE(open_at(now + 10s));
}

TEST_CASE("no octet of a token may change, none may be missing and none may follow", "[B52]") {
    const AccessTokens tokens = tokens_of({north});
    const auto good = token_by(north, block_made(now.time_since_epoch()));
    REQUIRE(tokens.open("north", good, now));
    for (std::size_t index = 0; index < good.size(); ++index) {
        auto bad = good;
        bad[index] ^= std::byte{1};
        CHECK_FALSE(tokens.open("north", bad, now));
        CHECK_FALSE(tokens.open("north", std::span{good}.first(index), now));
    }
    auto longer = good;
    longer.push_back(std::byte{0});
    CHECK_FALSE(tokens.open("north", longer, now));
    CHECK_FALSE(tokens.open("north", std::vector<std::byte>(60'000), now));
}

TEST_CASE("a sealed block that is none is refused", "[B52]") {
    const AccessTokens tokens = tokens_of({north});
    const auto opens = [&](const std::vector<std::byte>& block) {
        return tokens.open("north", seal_token(north, "turn.example.org", nonce, block), now)
            .has_value();
    };
    const auto block_with = [](std::size_t octets, std::uint16_t said) {
        auto block = hex("0000");
        block[0] = static_cast<std::byte>(said >> 8U);
        block[1] = static_cast<std::byte>(said);
        block.resize(2 + octets, std::byte{7});
        const auto rest = hex("00006B49D2000000 00000258");
        block.insert(block.end(), rest.begin(), rest.end());
        return block;
    };
    CHECK(opens(block_with(20, 20)));
    CHECK(opens(block_with(32, 32)));
    CHECK_FALSE(opens(block_with(15, 15)));
    CHECK_FALSE(opens(block_with(33, 33)));
    CHECK_FALSE(opens(block_with(20, 21)));
    CHECK_FALSE(opens(block_with(20, 19)));
    CHECK_FALSE(opens(block_with(20, 0xFFFF)));
    CHECK_FALSE(opens({}));
}

TEST_CASE("times at the end of their range overflow nothing", "[B52][B53]") {
    const AccessTokens tokens = tokens_of({north});
    for (const auto* const times : {"FFFFFFFFFFFF0000 FFFFFFFF", "010000000000FFFF FFFFFFFF",
                                    "0000000000000000 FFFFFFFF", "7FFFFFFFFFFFFFFF 00000000"}) {
        auto block = hex("0014");
        block.resize(22);
        const auto rest = hex(times);
        block.insert(block.end(), rest.begin(), rest.end());
        const auto opened =
            tokens.open("north", seal_token(north, "turn.example.org", nonce, block), now);
        CHECK(opened.has_value() == (std::string_view{times}.starts_with("0000000000000000")));
    }
}

TEST_CASE("a token's name holds its key's id and nothing of its key", "[B52]") {
    const protocol::Key key{std::vector(20, std::byte{7})};
    const std::string name = token_username("north", key);
    CHECK(name.starts_with("north#"));
    CHECK(name.size() == 22);
    CHECK(name.find("0707") == std::string::npos);
    CHECK(name == token_username("north", key));
    CHECK(name != token_username("north", protocol::Key{std::vector(20, std::byte{8})}));
}

}  // namespace
}  // namespace turnpike::auth
