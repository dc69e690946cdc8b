// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/access_token_key.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view octets_32 = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
constexpr std::string_view octets_16 = "MTIzNDU2Nzg5MDEyMzQ1Ng==";

struct Outcome {
    std::optional<AccessTokenKey> key;
    std::string complaint;
};

Outcome read(std::string_view text) {
    Problems problems;
    Complaints complaints{"f.toml", true, problems};
    const auto document = toml::parse(std::string{"k = "} + std::string{text});
    REQUIRE(document);
    auto key = read_access_token_key(*document.table().get("k")->as_table(),
                                     *find_option("auth.access_tokens"), complaints);
    return {std::move(key), problems.empty() ? std::string{} : problems.front().what};
}

std::string table(std::string_view key, std::string_view more = "") {
    return R"({ id = "north", key = ")" + std::string{key} + "\"" + std::string{more} + " }";
}

TEST_CASE("a key is an id, octets in base64, an algorithm and its time", "[B52]") {
    const auto plain = read(table(octets_32)).key;
    REQUIRE(plain);
    CHECK(plain->id == "north");
    CHECK(plain->key == "01234567890123456789012345678901");
    CHECK(plain->algorithm == TokenAlgorithm::a256gcm);
    CHECK_FALSE(plain->not_before);

    const auto whole = read(table(octets_16, R"(, algorithm = "A128GCM")"
                                             ", not_before = 2026-01-01T00:00:00+01:00"
                                             ", not_after = 2027-01-01T12:30:15Z"))
                           .key;
    REQUIRE(whole);
    CHECK(whole->key == "1234567890123456");
    CHECK(whole->algorithm == TokenAlgorithm::a128gcm);
    CHECK(whole->not_before == std::chrono::sys_seconds{1'767'222'000s});
    CHECK(whole->not_after == std::chrono::sys_seconds{1'798'806'615s});
    CHECK(to_toml(*whole, quoted(encode_base64(whole->key))) ==
          R"({ id = "north", key = "MTIzNDU2Nzg5MDEyMzQ1Ng==", algorithm = "A128GCM", )"
          "not_before = 2025-12-31T23:00:00Z, not_after = 2027-01-01T12:30:15Z }");
    CHECK(read(to_toml(*whole, quoted(encode_base64(whole->key)))).key == whole);
}

TEST_CASE("a key that cannot serve is refused, with what is right", "[B52]") {
    const auto complaint = [](const std::string& text) { return read(text).complaint; };
    CHECK(complaint(table(octets_16)) ==
          "auth.access_tokens: A256GCM needs a key of 32 octets in base64; `openssl rand -base64 "
          "32` makes one");
    CHECK(complaint(table("no base64!")) == "auth.access_tokens: the key is no base64");
    CHECK(complaint("{ id = \"north\", key = 7 }") == "auth.access_tokens: the key is no base64");
    CHECK(complaint(R"({ key = "MTIz" })") == "auth.access_tokens: a key without an id");
    CHECK(complaint(R"({ id = "", key = "MTIz" })") ==
          "auth.access_tokens: an id is a string from 1 to 508 bytes long");
    CHECK(complaint(table(octets_32, R"(, algorithm = "A128CBC")")) ==
          R"(auth.access_tokens: algorithm is "A256GCM" or "A128GCM")");
    CHECK(complaint(table(octets_32, ", not_after = 2027-01-01")) ==
          "auth.access_tokens: not_after is a time with an offset, as in 2027-01-01T00:00:00Z");
    CHECK(complaint(table(octets_32, ", not_befor = 1")) ==
          "auth.access_tokens: unknown key \"not_befor\"; did you mean not_before?");
}

TEST_CASE("no complaint shows the key", "[B52]") {
    CHECK(read(table("c2VjcmV0!")).complaint.find("c2Vj") == std::string::npos);
    CHECK(read(table("c2VjcmV0")).complaint.find("c2Vj") == std::string::npos);
}

TEST_CASE("base64 goes both ways") {
    for (const std::string_view text : {"", "f", "fo", "foo", "foob", "\x01\xFF\x80"}) {
        CHECK(decode_base64(encode_base64(text)) == text);
    }
    CHECK(encode_base64("foob") == "Zm9vYg==");
    CHECK(decode_base64("Zm9vYg") == "foob");
    CHECK_FALSE(decode_base64("Zm 9v"));
    CHECK_FALSE(decode_base64("Zm9v-_"));
}

}  // namespace
}  // namespace turnpike::config
