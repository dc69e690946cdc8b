// SPDX-License-Identifier: BSD-3-Clause
//
// What no message was meant to be: cut, flipped and random octets. Under the sanitizers these find
// reads past the end; everywhere they show that no damage passes for an authentic message.
#include <random>

#include "protocol/integrity.hpp"
#include "protocol/stream_framer.hpp"
#include "tests/support/ask_everything.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/vectors.hpp"

namespace turnpike::protocol {
namespace {

using test::Octets;

std::map<std::string, Octets> all_messages() {
    auto messages = test::vectors("derived");
    messages.merge(test::vectors("rfc5769"));
    messages.merge(test::vectors("rfc8489"));
    return messages;
}

// The octets stand at the end of a heap block, so that the sanitizer sees one octet too many.
void feed(const Octets& octets) {
    const Octets exact{octets};
    if (const auto message = Message::decode(exact)) test::ask_everything(*message);
    const Frame frame = next_frame(exact, ChannelRange::rfc5766);
    if (frame.state == Frame::State::complete) REQUIRE(frame.octets <= exact.size());
    if (frame.state == Frame::State::incomplete) REQUIRE(frame.octets > exact.size());
}

TEST_CASE("a message cut anywhere is no message", "[A6][A22][A34]") {
    for (const auto& [name, octets] : all_messages()) {
        CAPTURE(name);
        for (std::size_t size = 0; size < octets.size(); ++size) {
            const Octets cut{octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size)};
            feed(cut);
            REQUIRE(Message::decode(cut).has_error());
        }
    }
}

TEST_CASE("a message cut and given the right length does no harm", "[A22][A34]") {
    for (const auto& [name, octets] : all_messages()) {
        CAPTURE(name);
        for (std::size_t size = header_octets; size < octets.size(); size += 4) {
            Octets cut{octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size)};
            cut[2] = static_cast<std::byte>((size - header_octets) >> 8U);
            cut[3] = static_cast<std::byte>(size - header_octets);
            feed(cut);
        }
    }
}

TEST_CASE("every octet replaced by the values at its edges does no harm", "[A34]") {
    for (const auto& [name, octets] : all_messages()) {
        CAPTURE(name);
        Octets mutated = octets;
        for (std::size_t index = 0; index < octets.size(); ++index) {
            for (const unsigned value : {0x00U, 0x01U, 0x7FU, 0x80U, 0xFEU, 0xFFU}) {
                mutated[index] = static_cast<std::byte>(value);
                feed(mutated);
            }
            mutated[index] = octets[index];
        }
    }
}

TEST_CASE("no flipped bit in front of the MAC or in it stays authentic", "[A34][B5][B11][B12]") {
    struct Row {
        const char* name;
        Integrity kind;
        std::string_view key;
        std::size_t behind;  // octets behind the integrity attribute
    };
    for (const Row& row :
         {Row{"allocate_md5_mi", Integrity::sha1, test::derived_key_md5, 0},
          Row{"allocate_sha256_mi256", Integrity::sha256, test::derived_key_sha256, 0},
          Row{"allocate_userhash_sha256", Integrity::sha256, test::derived_key_sha256, 0}}) {
        CAPTURE(row.name);
        const Octets key = test::hex(row.key);
        Octets octets = test::vector("derived", row.name);
        REQUIRE(verify_integrity(*Message::decode(octets), row.kind, key));
        for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
            octets[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
            const auto message = Message::decode(octets);
            // The length field is the only one that is not covered as sent, and decode() holds it.
            if (message) REQUIRE_FALSE(verify_integrity(*message, row.kind, key));
            octets[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        }
    }
}

TEST_CASE("random octets and random damage do no harm", "[A34][P7]") {
    constexpr unsigned seed = 5389;
    CAPTURE(seed);
    std::mt19937 random{seed};
    std::vector<Octets> originals;
    for (const auto& [name, octets] : all_messages()) originals.push_back(octets);
    for (int round = 0; round < 20000; ++round) {
        Octets octets = originals[random() % originals.size()];
        const unsigned hits = 1 + static_cast<unsigned>(random() % 4U);
        for (unsigned hit = 0; hit < hits; ++hit) {
            octets[random() % octets.size()] = static_cast<std::byte>(random());
        }
        feed(octets);
    }
    for (int round = 0; round < 20000; ++round) {
        Octets octets(random() % 96U);
        for (std::byte& octet : octets) octet = static_cast<std::byte>(random());
        if (octets.size() >= header_octets && round % 2 == 0) {
            const Octets start = test::hex("000300002112a442");
            std::ranges::copy(start, octets.begin());
            octets.resize(octets.size() & ~std::size_t{3});
            octets[3] = static_cast<std::byte>(octets.size() - header_octets);
        }
        feed(octets);
    }
}

}  // namespace
}  // namespace turnpike::protocol
