// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/message.hpp"

#include <array>
#include <limits>
#include <string>
#include <utility>

#include "protocol/fingerprint.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/vectors.hpp"

namespace turnpike::protocol {
namespace {

using test::hex;
using test::Octets;

static_assert(std::forward_iterator<AttributeIterator>);

constexpr std::string_view id = "0102030405060708090a0b0c";

// A message of this type around attributes in hexadecimal; the length is right.
Octets message_of(std::string_view type, std::string_view attributes) {
    const Octets body = hex(attributes);
    Octets octets = hex(std::string{type} + "00002112a442" + std::string{id});
    octets[2] = static_cast<std::byte>(body.size() >> 8U);
    octets[3] = static_cast<std::byte>(body.size());
    octets.insert(octets.end(), body.begin(), body.end());
    return octets;
}

DecodeError error_of(Bytes octets) {
    const auto message = Message::decode(octets);
    REQUIRE(message.has_error());
    return message.error();
}

std::vector<unsigned> types_of(const Message& message) {
    std::vector<unsigned> types;
    for (const Attribute& attribute : message) types.push_back(attribute.type);
    return types;
}

constexpr std::string_view mi = "00080014 0000000000000000000000000000000000000000";
constexpr std::string_view mi256 =
    "001c0020 0000000000000000000000000000000000000000000000000000000000000000";

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) text += part;
    return text;
}

TEST_CASE("without the cookie only a Binding request can be read, as RFC 3489 has it", "[A8][A7]") {
    const auto classic = [](std::string_view octets) {
        return Message::decode_classic(hex(octets)).has_value();
    };
    const std::string other_cookie = "00112233" + std::string{id};
    CHECK(classic("00010000" + other_cookie));
    CHECK(classic("00010008" + other_cookie + "0003000400000000"));
    CHECK_FALSE(classic("000100002112a442" + std::string{id}));  // no longer classic
    CHECK_FALSE(classic("00030000" + other_cookie));
    CHECK_FALSE(classic("00110000" + other_cookie));
    CHECK_FALSE(classic("00010004" + other_cookie));
    CHECK_FALSE(classic("00010003" + other_cookie + "000300"));
    CHECK_FALSE(classic("00010008" + other_cookie + "0003000500000000"));
    for (std::size_t size = 0; size < header_octets; ++size) {
        CHECK(Message::decode_classic(Octets(size)).has_error());
    }
    const Octets octets = hex("00010000" + other_cookie);
    CHECK(error_of(octets) == DecodeError::not_stun);
    CHECK(Message::decode_classic(octets)->is_classic());
    CHECK(Message::decode_classic(octets)->cookie() == 0x00112233);
}

TEST_CASE("a header without attributes is a message", "[A1][A2][rfc8489-5]") {
    const Octets octets = message_of("0001", "");
    const auto message = Message::decode(octets);
    REQUIRE(message.has_value());
    CHECK(message->method() == Method::binding);
    CHECK(message->message_class() == MessageClass::request);
    CHECK(test::to_hex(message->transaction_id().octets) == id);
    CHECK(message->octets().data() == octets.data());
    CHECK(message->begin() == message->end());
    CHECK_FALSE(message->has_unknown_required());
}

TEST_CASE("any transaction id is taken as it is", "[A2]") {
    for (const std::string_view octet : {"00", "ff"}) {
        std::string text = "000100002112a442";
        for (int count = 0; count < 12; ++count) text += octet;
        const Octets octets = hex(text);
        const auto message = Message::decode(octets);
        REQUIRE(message.has_value());
        CHECK(test::to_hex(message->transaction_id().octets) == text.substr(16));
    }
}

TEST_CASE("the first two bits are zero", "[A4][rfc8489-5]") {
    for (const std::string_view type : {"4001", "8001", "c001"}) {
        CHECK(error_of(message_of(type, "")) == DecodeError::not_stun);
    }
    CHECK(Message::decode(message_of("3fff", "")).has_value());
}

TEST_CASE("a method of twelve bits is read whole", "[A3][X26]") {
    const Octets octets = message_of("3eef", "");
    CHECK(Message::decode(octets)->method() == Method{0xFFF});
    CHECK(Message::decode(octets)->message_class() == MessageClass::request);
}

TEST_CASE("the cookie tells STUN from anything else", "[A7][rfc8489-6.3]") {
    Octets octets = message_of("0001", "");
    for (std::size_t index = 4; index < 8; ++index) {
        octets[index] ^= std::byte{1};
        CHECK(error_of(octets) == DecodeError::not_stun);
        octets[index] ^= std::byte{1};
    }
    CHECK(Message::decode(octets).has_value());
}

TEST_CASE("the length is a multiple of four and what follows the header", "[A5][rfc8489-6.3]") {
    const Octets good = message_of("0003", "00190004 11000000");
    for (unsigned length = 0; length <= 0xFFFF; ++length) {
        Octets octets = good;
        octets[2] = static_cast<std::byte>(length >> 8U);
        octets[3] = static_cast<std::byte>(length);
        const auto message = Message::decode(octets);
        if (length == 8) {
            REQUIRE(message.has_value());
        } else {
            REQUIRE(message.has_error());
            REQUIRE(message.error() == DecodeError::bad_length);
        }
    }
    for (std::size_t extra = 1; extra <= 8; ++extra) {
        Octets octets = good;
        octets.resize(octets.size() + extra);
        CHECK(error_of(octets) == DecodeError::bad_length);
    }
}

TEST_CASE("less than a header is nothing", "[A6]") {
    const Octets octets = message_of("0001", "");
    for (std::size_t size = 0; size < header_octets; ++size) {
        CHECK(error_of(Bytes{octets}.first(size)) == DecodeError::too_short);
    }
}

TEST_CASE("attributes are typed, sized and padded to four", "[A19][rfc8489-14]") {
    const Octets octets = message_of(
        "0003", "001a0000 00060001 61000000 80220005 68656c6c6f000000 00180001 80000000");
    const auto message = Message::decode(octets);
    REQUIRE(message.has_value());
    CHECK(types_of(*message) == std::vector<unsigned>{0x001A, 0x0006, 0x8022, 0x0018});
    CHECK(message->find(AttributeType::dont_fragment)->value.empty());
    CHECK(as_text(message->find(AttributeType::username)->value) == "a");
    CHECK(as_text(message->find(AttributeType::software)->value) == "hello");
    CHECK(message->find(AttributeType::even_port)->offset == 44);
    CHECK_FALSE(message->has(AttributeType::lifetime));
    CHECK_FALSE(message->find(AttributeType{0x7777}));
}

TEST_CASE("padding may hold anything", "[A20][X11]") {
    const Octets octets = message_of("0003", "00060001 61ffeedd 80220002 62632020");
    const auto message = Message::decode(octets);
    REQUIRE(message.has_value());
    CHECK(as_text(message->find(AttributeType::username)->value) == "a");
    CHECK(as_text(message->find(AttributeType::software)->value) == "bc");
}

TEST_CASE("an attribute that runs past the end spoils the message", "[A22]") {
    for (const std::string_view attributes : {"00060001", "0006ffff", "00060005 61626364",
                                              "8022fffc 61626364", "001a0000 00060008 61626364"}) {
        CAPTURE(attributes);
        CHECK(error_of(message_of("0003", attributes)) == DecodeError::bad_attribute);
    }
    // Also behind an integrity attribute, where nothing else would count.
    CHECK(error_of(message_of("0003", joined({mi, "00060008 61626364"}))) ==
          DecodeError::bad_attribute);
}

TEST_CASE("of repeated attributes the first counts", "[A21]") {
    const Octets octets = message_of("0004", "000d0004 00000001 000d0004 00000002");
    const auto message = Message::decode(octets);
    CHECK(message->find(AttributeType::lifetime)->value.back() == std::byte{1});
    CHECK(types_of(*message).size() == 2);
}

TEST_CASE("what is unknown and required is told, what is optional is not", "[A14][A16][A17]") {
    const auto unknown = [](std::string_view attributes) {
        const Octets octets = message_of("0003", attributes);
        return Message::decode(octets)->has_unknown_required();
    };
    CHECK(unknown("7f310000"));
    CHECK(unknown("00000000"));
    CHECK(unknown("00100004 00000000"));  // BANDWIDTH of an old draft
    CHECK(unknown("00210004 00000000"));  // TIMER-VAL
    CHECK_FALSE(unknown("80000000 ffff0001 00000000"));
    CHECK_FALSE(unknown("802f0001 61000000"));  // ORIGIN
    CHECK_FALSE(unknown("80320004 01000000"));
    CHECK_FALSE(unknown("000c0004 40000000"));  // known, if out of place
}

TEST_CASE("behind MESSAGE-INTEGRITY only SHA256 and FINGERPRINT count", "[B13][rfc8489-9]") {
    const Octets octets =
        message_of("0003", joined({"00190004 11000000", mi, "7f310000 000d0004 00000000", mi256,
                                   "00060001 61000000"}));
    const auto message = Message::decode(octets);
    REQUIRE(message.has_value());
    CHECK_FALSE(message->has_unknown_required());
    CHECK_FALSE(message->has(AttributeType::lifetime));
    CHECK_FALSE(message->has(AttributeType::username));
    CHECK(message->has(AttributeType::requested_transport));
    CHECK(message->has(AttributeType::message_integrity));
    CHECK(message->has(AttributeType::message_integrity_sha256));
    CHECK(types_of(*message) == std::vector<unsigned>{0x0019, 0x0008});
}

TEST_CASE("behind MESSAGE-INTEGRITY-SHA256 only FINGERPRINT counts", "[B13][rfc8489-9]") {
    const Octets octets =
        message_of("0003", joined({mi256, "7f310000 000d0004 00000000", mi, mi256}));
    const auto message = Message::decode(octets);
    REQUIRE(message.has_value());
    CHECK_FALSE(message->has_unknown_required());
    CHECK_FALSE(message->has(AttributeType::lifetime));
    CHECK_FALSE(message->has(AttributeType::message_integrity));
    CHECK(message->find(AttributeType::message_integrity_sha256)->offset == header_octets);
    CHECK(types_of(*message) == std::vector<unsigned>{0x001C});
}

TEST_CASE("a wrong FINGERPRINT spoils the message, a missing one does not", "[A29][A30]") {
    for (const std::string name : {"request", "ipv4_response", "ipv6_response"}) {
        Octets octets = test::vector("rfc5769", name);
        REQUIRE(Message::decode(octets).has_value());
        for (std::size_t index = header_octets; index < octets.size(); ++index) {
            // With another type it would be some optional attribute.
            if (index == octets.size() - 8 || index == octets.size() - 7) continue;
            octets[index] ^= std::byte{0x10};
            REQUIRE(Message::decode(octets).has_error());
            octets[index] ^= std::byte{0x10};
        }
    }
    CHECK(Message::decode(test::vector("rfc5769", "long_term_request")).has_value());
}

TEST_CASE("a FINGERPRINT of another size is wrong", "[A29]") {
    for (const std::string_view attribute :
         {"80280000", "80280003 00000000", "80280008 0000000000000000"}) {
        Octets octets = message_of("0001", attribute);
        // Right in its first four octets all the same.
        const std::uint32_t value = compute_fingerprint(Bytes{octets}.first(header_octets));
        for (std::size_t index = 24; index < std::min<std::size_t>(28, octets.size()); ++index) {
            octets[index] = static_cast<std::byte>(value >> (8U * (27U - index)));
        }
        CHECK(error_of(octets) == DecodeError::bad_fingerprint);
    }
}

TEST_CASE("the published messages decode to what their texts say", "[A1][A19][A20]") {
    const Octets request = test::vector("rfc5769", "request");
    const auto message = Message::decode(request);
    REQUIRE(message.has_value());
    CHECK(types_of(*message) == std::vector<unsigned>{0x8022, 0x0024, 0x8029, 0x0006, 0x0008});
    CHECK(message->has(AttributeType::fingerprint));
    CHECK(as_text(message->find(AttributeType::software)->value) == "STUN test client");
    CHECK(as_text(message->find(AttributeType::username)->value) == "evtj:h6vY");
    for (const auto& [name, octets] : test::vectors("derived")) {
        if (name.starts_with("channeldata")) continue;
        CAPTURE(name);
        CHECK(Message::decode(octets).has_value());
    }
    CHECK(Message::decode(test::vector("rfc8489", "errata_6268")).has_value());
    CHECK(error_of(test::vector("rfc8489", "as_printed")) == DecodeError::bad_length);
}

TEST_CASE("the largest message keeps every offset apart", "[P7]") {
    // DATA as large as it gets, then DONT-FRAGMENT at the very end.
    Octets octets = message_of("0016", "");
    octets.resize(message_octets_max);
    octets[2] = std::byte{0xFF};
    octets[3] = std::byte{0xFC};
    octets[21] = std::byte{0x13};
    octets[22] = std::byte{0xFF};
    octets[23] = std::byte{0xF4};
    octets[message_octets_max - 3] = std::byte{0x1A};
    const auto message = Message::decode(octets);
    REQUIRE(message.has_value());
    CHECK(message->find(AttributeType::data)->value.size() == 0xFFF4);
    CHECK(message->find(AttributeType::dont_fragment)->offset == message_octets_max - 4);
    // A value of which size and header together pass 65535.
    octets[22] = octets[23] = std::byte{0xFF};
    CHECK(error_of(octets) == DecodeError::bad_attribute);
}

}  // namespace
}  // namespace turnpike::protocol
