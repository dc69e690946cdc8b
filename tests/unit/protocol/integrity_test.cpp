// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/integrity.hpp"

#include <atomic>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/vectors.hpp"

namespace turnpike::protocol {
namespace {

using test::hex;
using test::Octets;

bool verifies(const Octets& octets, Integrity kind, Bytes key) {
    const auto message = Message::decode(octets);
    REQUIRE(message.has_value());
    return verify_integrity(*message, kind, key);
}

// Keys of RFC 8489 section 9.2.2 for the user, realm and password of the published messages.
constexpr std::string_view matrix_key_md5 = "e8ca7ad59d5eb0518e312911d2dab2a9";
constexpr std::string_view matrix_key_sha256 =
    "dd295a613b9058c3c23d6dc7165bda072304d989c9d0af3a8c7e184b4f9bb4a1";

TEST_CASE("the published messages verify, blanks in their padding and all", "[B11][A20]") {
    const Bytes password = as_octets(test::rfc5769_password);
    for (const char* name : {"request", "ipv4_response", "ipv6_response"}) {
        CAPTURE(name);
        CHECK(verifies(test::vector("rfc5769", name), Integrity::sha1, password));
        CHECK_FALSE(verifies(test::vector("rfc5769", name), Integrity::sha1, as_octets("wrong")));
        CHECK_FALSE(verifies(test::vector("rfc5769", name), Integrity::sha256, password));
    }
    CHECK(verifies(test::vector("rfc5769", "long_term_request"), Integrity::sha1,
                   hex(matrix_key_md5)));
}

TEST_CASE("RFC 8489 appendix B.1 verifies as corrected and not as printed", "[B12][B22]") {
    const Octets key = hex(matrix_key_sha256);
    CHECK(verifies(test::vector("rfc8489", "errata_6268"), Integrity::sha256, key));
    Octets printed = test::vector("rfc8489", "as_printed");
    CHECK(Message::decode(printed).has_error());
    printed[3] = std::byte{0x88};  // the length that is right
    CHECK_FALSE(verifies(printed, Integrity::sha256, key));
}

TEST_CASE("every derived message verifies with its key and with no other", "[B10][B11][B12][B22]") {
    struct Row {
        const char* name;
        Integrity kind;
        std::string_view key;
    };
    constexpr std::string_view md5 = test::derived_key_md5;
    constexpr std::string_view sha256 = test::derived_key_sha256;
    for (const Row& row : {Row{"allocate_md5_mi", Integrity::sha1, md5},
                           Row{"allocate_md5_mi_fp", Integrity::sha1, md5},
                           Row{"allocate_sha256_mi256", Integrity::sha256, sha256},
                           Row{"allocate_sha256_mi256_fp", Integrity::sha256, sha256},
                           Row{"allocate_explicit_md5_mi256", Integrity::sha256, md5},
                           Row{"allocate_sha256_both_mi_then_mi256_fp", Integrity::sha1, sha256},
                           Row{"allocate_sha256_both_mi_then_mi256_fp", Integrity::sha256, sha256},
                           Row{"allocate_userhash_sha256", Integrity::sha256, sha256},
                           Row{"allocate_success_md5", Integrity::sha1, md5}}) {
        CAPTURE(row.name);
        const Octets octets = test::vector("derived", row.name);
        CHECK(verifies(octets, row.kind, hex(row.key)));
        CHECK_FALSE(verifies(octets, row.kind, hex(row.key == md5 ? sha256 : md5)));
    }
}

TEST_CASE("a message without the attribute does not verify", "[B2][B11]") {
    const Octets octets = test::vector("derived", "error_420_three_unknown");
    CHECK_FALSE(verifies(octets, Integrity::sha1, hex(test::derived_key_md5)));
    CHECK_FALSE(verifies(octets, Integrity::sha256, hex(test::derived_key_md5)));
}

TEST_CASE("a SHA-256 MAC cut short does not verify, though its start is right", "[B12]") {
    const Octets key = hex(test::derived_key_sha256);
    const Octets whole = test::vector("derived", "allocate_sha256_mi256");
    REQUIRE(verifies(whole, Integrity::sha256, key));
    for (std::size_t size = 0; size <= 28; size += 4) {
        CAPTURE(size);
        Octets cut{whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(32 - size)};
        cut[3] = static_cast<std::byte>(cut.size() - header_octets);
        cut[cut.size() - size - 1] = static_cast<std::byte>(size);
        // The MAC that a sender who truncates would send: over the length of the shorter attribute.
        const std::size_t offset = cut.size() - size - 4;
        const auto mac = compute_integrity(cut, offset, Integrity::sha256, key);
        std::ranges::copy(Bytes{mac}.first(size), cut.end() - static_cast<std::ptrdiff_t>(size));
        CHECK_FALSE(verifies(cut, Integrity::sha256, key));
    }
}

TEST_CASE("an empty key is a key of its own, not the one used before", "[B5][B34]") {
    const Octets octets = test::vector("derived", "allocate_md5_mi");
    REQUIRE(verifies(octets, Integrity::sha1, hex(test::derived_key_md5)));
    CHECK_FALSE(verifies(octets, Integrity::sha1, {}));
    const std::size_t offset = octets.size() - 24;
    CHECK(compute_integrity(octets, offset, Integrity::sha1, {}) ==
          compute_integrity(octets, offset, Integrity::sha1, hex("00")));
}

TEST_CASE("the header's length as it stands does not matter to the MAC", "[B11]") {
    Octets octets = test::vector("derived", "allocate_md5_mi_fp");
    const Octets key = hex(test::derived_key_md5);
    const std::size_t offset = octets.size() - 8 - 24;
    const auto mac = compute_integrity(octets, offset, Integrity::sha1, key);
    octets[2] = octets[3] = std::byte{0xFF};
    CHECK(compute_integrity(octets, offset, Integrity::sha1, key) == mac);
    CHECK(std::ranges::equal(Bytes{mac}.first(20), Bytes{octets}.subspan(offset + 4, 20)));
    CHECK(std::ranges::equal(Bytes{mac}.subspan(20), hex("000000000000000000000000")));
}

TEST_CASE("octets are equal where length and content are", "[B34]") {
    CHECK(equal_in_constant_time({}, {}));
    CHECK(equal_in_constant_time(as_octets("abc"), as_octets("abc")));
    CHECK_FALSE(equal_in_constant_time(as_octets("abc"), as_octets("abd")));
    CHECK_FALSE(equal_in_constant_time(as_octets("abc"), as_octets("bbc")));
    CHECK_FALSE(equal_in_constant_time(as_octets("abc"), as_octets("ab")));
    CHECK_FALSE(equal_in_constant_time({}, as_octets("a")));
}

TEST_CASE("a key holds what it was made of", "[B33]") {
    CHECK(Key{}.octets().empty());
    for (const std::string_view text : {test::derived_key_md5, test::derived_key_sha256}) {
        const Key key{hex(text)};
        CHECK(test::to_hex(Key{key}.octets()) == text);
    }
}

TEST_CASE("threads verify side by side", "[P7]") {
    const Octets octets = test::vector("derived", "allocate_sha256_both_mi_then_mi256_fp");
    const Octets key = hex(test::derived_key_sha256);
    const auto message = Message::decode(octets);
    std::atomic<int> verified = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int round = 0; round < 50; ++round) {
                verified += verify_integrity(*message, Integrity::sha1, key) ? 1 : 0;
                verified += verify_integrity(*message, Integrity::sha256, key) ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(verified == 4 * 50 * 2);
}

TEST_CASE("a MAC over parts is the MAC over all of it", "[rfc4231-4.3]") {
    const Bytes key = as_octets("Jefe");
    const Bytes data = as_octets("what do ya want for nothing?");
    const auto expected =
        test::hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    for (std::size_t size = 0; size <= data.size(); ++size) {
        const auto mac = hmac_sha256(key, {data.first(size), data.subspan(size)});
        REQUIRE(mac);
        CHECK(test::copy_of(*mac) == expected);
    }
    CHECK_FALSE(hmac_sha256({}, {data}));
}

}  // namespace
}  // namespace turnpike::protocol
