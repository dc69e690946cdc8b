// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/mint_key.hpp"

#include <algorithm>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;

constexpr protocol::WallTime noon{1'800'000'000s};
const std::vector<std::string> secrets{"the new secret", "the old secret"};

std::string signed_key(const std::string& secret = "the new secret") {
    return sign_mint_key({.user = "alice", .call = "c:7", .expires = noon + 1h}, "example.org",
                         secret)
        .value();
}

TEST_CASE("a mint key says its user, its call and its end, and every secret opens it") {
    for (const std::string& secret : secrets) {
        const auto key = open_mint_key(signed_key(secret), "example.org", secrets, noon);
        REQUIRE(key.has_value());
        CHECK(key->user == "alice");
        CHECK(key->call == "c:7");
        CHECK(key->expires == noon + 1h);
    }
    CHECK(signed_key().starts_with(mint_key_prefix));
    CHECK(signed_key().find_first_of("+/= :") == std::string::npos);
}

TEST_CASE("a mint key ends when it says") {
    CHECK(open_mint_key(signed_key(), "example.org", secrets, noon + 3599s).has_value());
    CHECK_FALSE(open_mint_key(signed_key(), "example.org", secrets, noon + 1h).has_value());
}

TEST_CASE("a mint key of another secret or realm opens nothing") {
    CHECK_FALSE(open_mint_key(signed_key("a third"), "example.org", secrets, noon).has_value());
    CHECK_FALSE(open_mint_key(signed_key(), "example.com", secrets, noon).has_value());
    CHECK_FALSE(open_mint_key(signed_key(), "example.org", {}, noon).has_value());
    CHECK_FALSE(sign_mint_key({.user = "", .call = "c", .expires = noon}, "r", "").has_value());
}

TEST_CASE("a mint key with one character changed, added or left out opens nothing") {
    const std::string good = signed_key();
    for (std::size_t index = 0; index < good.size(); ++index) {
        INFO(index);
        for (const char other : {'A', 'B', '.', '=', '-', '\0'}) {
            std::string changed = good;
            if (changed[index] == other) continue;
            changed[index] = other;
            CHECK_FALSE(open_mint_key(changed, "example.org", secrets, noon).has_value());
        }
        std::string shorter = good;
        shorter.erase(index, 1);
        CHECK_FALSE(open_mint_key(shorter, "example.org", secrets, noon).has_value());
        CHECK_FALSE(open_mint_key(good.substr(0, index), "example.org", secrets, noon).has_value());
    }
    for (const char* const tail : {"=", "A", ".", ".AAAA", "\n"}) {
        CHECK_FALSE(open_mint_key(good + tail, "example.org", secrets, noon).has_value());
    }
}

TEST_CASE("what is no mint key opens nothing") {
    for (const char* const text : {"", ".", "mint1.", "mint1..", "mint1.AAAA", "mint2.AA.AA",
                                   "mint1.AAAA.AAAA", "mint1.\xff\xff.AA"}) {
        CHECK_FALSE(open_mint_key(text, "example.org", secrets, noon).has_value());
    }
    CHECK_FALSE(
        open_mint_key("mint1." + std::string(100'000, 'A') + ".AAAA", "example.org", secrets, noon)
            .has_value());
}

TEST_CASE("a key without a call mints nothing, for it would mint everything") {
    const auto key = sign_mint_key({.user = "alice", .call = "", .expires = noon + 1h},
                                   "example.org", secrets.front());
    CHECK_FALSE(open_mint_key(*key, "example.org", secrets, noon).has_value());
}

}  // namespace
}  // namespace turnpike::admin
