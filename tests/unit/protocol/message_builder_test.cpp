// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/message_builder.hpp"

#include <array>

#include "tests/support/catch.hpp"
#include "tests/support/vectors.hpp"

namespace turnpike::protocol {
namespace {

using test::hex;
using test::Octets;
using test::to_hex;

TransactionId derived_id() {
    TransactionId id;
    std::ranges::copy(hex(test::derived_transaction_id), id.octets.begin());
    return id;
}

// A buffer full of what must not leak into padding.
class Build {
public:
    Build(MessageClass message_class, Method method, std::size_t size = 1024)
        : buffer_(size, std::byte{0xEE}), builder_{buffer_, message_class, method, derived_id()} {}
    MessageBuilder* operator->() { return &builder_; }
    [[nodiscard]] std::string hex() { return to_hex(builder_.finish()); }

private:
    Octets buffer_;
    MessageBuilder builder_;
};

std::string derived(const std::string& name) {
    return to_hex(test::vector("derived", name));
}

enum class Offer { none, md5, sha256 };

// An Allocate as the derived vectors have it, up to the integrity.
Build allocate(Offer offer, bool userhash = false) {
    Build build{MessageClass::request, Method::allocate};
    build->requested_transport(protocol_udp);
    if (userhash) {
        build->bytes(AttributeType::userhash, hex(test::derived_userhash));
    } else {
        build->text(AttributeType::username, test::derived_username);
    }
    build->text(AttributeType::realm, test::derived_realm);
    build->text(AttributeType::nonce,
                userhash ? test::derived_nonce_anonymous : test::derived_nonce);
    if (offer == Offer::none) return build;
    build->bytes(AttributeType::password_algorithms, hex("0002000000010000"));
    build->password_algorithm(offer == Offer::md5 ? PasswordAlgorithm::md5
                                                  : PasswordAlgorithm::sha256);
    return build;
}

TEST_CASE("the derived requests are built octet by octet",
          "[A1][A19][A20][A28][B10][B11][B12][B22]") {
    const Octets md5 = hex(test::derived_key_md5);
    const Octets sha256 = hex(test::derived_key_sha256);

    Build plain = allocate(Offer::none);
    plain->integrity(Integrity::sha1, md5);
    CHECK(plain.hex() == derived("allocate_md5_mi"));
    plain->fingerprint();
    CHECK(plain.hex() == derived("allocate_md5_mi_fp"));

    Build strong = allocate(Offer::sha256);
    strong->integrity(Integrity::sha256, sha256);
    CHECK(strong.hex() == derived("allocate_sha256_mi256"));
    strong->fingerprint();
    CHECK(strong.hex() == derived("allocate_sha256_mi256_fp"));

    Build explicit_md5 = allocate(Offer::md5);
    explicit_md5->integrity(Integrity::sha256, md5);
    CHECK(explicit_md5.hex() == derived("allocate_explicit_md5_mi256"));

    Build both = allocate(Offer::sha256);
    both->integrity(Integrity::sha1, sha256);
    both->integrity(Integrity::sha256, sha256);
    both->fingerprint();
    CHECK(both.hex() == derived("allocate_sha256_both_mi_then_mi256_fp"));

    Build anonymous = allocate(Offer::sha256, true);
    anonymous->integrity(Integrity::sha256, sha256);
    CHECK(anonymous.hex() == derived("allocate_userhash_sha256"));
}

TEST_CASE("the answer to a classic request copies all 16 octets of its id", "[A8][rfc8489-12]") {
    const Octets octets = hex("00010000 00112233445566778899aabbccddeeff");
    std::array<std::byte, 64> buffer;
    const auto request = Message::decode_classic(octets);
    REQUIRE(request.has_value());
    auto answer = MessageBuilder::success(buffer, *request);
    CHECK(to_hex(answer.finish()) == "0101000000112233445566778899aabbccddeeff");
    std::array<std::byte, 19> small{};
    CHECK(MessageBuilder::success(small, *request).finish().empty());
}

TEST_CASE("the derived answers and indications are built octet by octet",
          "[A2][A15][A24][A26][D19][H7][K7][M6][X16]") {
    const Octets octets = test::vector("derived", "allocate_md5_mi");
    const Message request = *Message::decode(octets);
    std::array<std::byte, 512> buffer;
    buffer.fill(std::byte{0xEE});

    auto success = MessageBuilder::success(buffer, request);
    success.xor_address(AttributeType::xor_relayed_address, *Endpoint::parse("192.0.2.15:50000"));
    const auto mapped =
        xor_mapped_address(*Message::decode(test::vector("derived", "allocate_success_md5")));
    success.xor_address(AttributeType::xor_mapped_address, *mapped);
    success.lifetime(std::chrono::seconds{600});
    success.integrity(Integrity::sha1, hex(test::derived_key_md5));
    CHECK(to_hex(success.finish()) == derived("allocate_success_md5"));

    const Octets strange =
        hex("000300142112a4420102030405060708090a0b0c"
            "7f310000 7f320004 00000000 80990000 7f330000");
    auto error =
        MessageBuilder::error(buffer, *Message::decode(strange), ErrorCode::unknown_attribute);
    error.unknown_attributes(*Message::decode(strange));
    CHECK(to_hex(error.finish()) == derived("error_420_three_unknown"));

    for (const char* name : {"data_indication_ipv6", "data_indication_icmp_port_unreachable"}) {
        const Octets expected = test::vector("derived", name);
        const Message message = *Message::decode(expected);
        Build indication{MessageClass::indication, Method::data};
        indication->xor_address(AttributeType::xor_peer_address, *xor_peer_address(message));
        if (const auto payload = data(message)) indication->bytes(AttributeType::data, *payload);
        if (const auto reported = icmp(message)) {
            CHECK(*reported == Icmp{.type = 3, .code = 3});  // port unreachable
            indication->icmp(*reported);
        }
        CHECK(indication.hex() == to_hex(expected));
    }
}

TEST_CASE("every attribute of the builder is what the getter reads", "[A19][D5][D25][K8]") {
    Build build{MessageClass::request, Method::allocate};
    build->requested_transport(protocol_tcp);
    build->family(AttributeType::requested_address_family, Family::ipv6);
    build->family(AttributeType::additional_address_family, Family::ipv4);
    build->even_port({true});
    build->flag(AttributeType::dont_fragment);
    build->channel_number(0x4ABC);
    build->u64(AttributeType::reservation_token, 0x0123456789ABCDEF);
    build->lifetime(std::chrono::seconds{3600});
    build->address(AttributeType::mapped_address, *Endpoint::parse("[2001:db8::7]:7"));
    build->u32(AttributeType::priority, 0x6E0001FF);
    const Octets octets = hex(build.hex());
    const Message message = *Message::decode(octets);
    CHECK(*requested_transport(message) == protocol_tcp);
    CHECK(*requested_address_family(message) == 2);
    CHECK(*additional_address_family(message) == 1);
    CHECK(even_port(message)->reserve_next);
    CHECK(message.has(AttributeType::dont_fragment));
    CHECK(*channel_number(message) == 0x4ABC);
    CHECK(*reservation_token(message) == 0x0123456789ABCDEF);
    CHECK(*lifetime(message) == std::chrono::seconds{3600});
    CHECK(decode_address(message.find(AttributeType::mapped_address)->value)->to_string() ==
          "[2001:db8::7]:7");
    CHECK(to_hex(message.find(AttributeType::priority)->value) == "6e0001ff");
}

TEST_CASE("padding is zero whatever the buffer held", "[A20][X11]") {
    for (std::size_t size = 0; size <= 8; ++size) {
        Build build{MessageClass::indication, Method::data};
        build->bytes(AttributeType::data, Octets(size, std::byte{0xAA}));
        const Octets octets = hex(build.hex());
        CHECK(octets.size() == header_octets + 4 + (size + 3) / 4 * 4);
        for (std::size_t index = header_octets + 4 + size; index < octets.size(); ++index) {
            CHECK(octets[index] == std::byte{0});
        }
        CHECK(data(*Message::decode(octets))->size() == size);
    }
}

TEST_CASE("an answer has the method and id of its request", "[A2][A26]") {
    const Octets octets = hex("00040000 2112a442 ffffffffffffffffffffffff");
    const Message request = *Message::decode(octets);
    std::array<std::byte, 256> buffer;
    CHECK(to_hex(MessageBuilder::success(buffer, request).finish()) ==
          "010400002112a442ffffffffffffffffffffffff");
    CHECK(to_hex(MessageBuilder::error(buffer, request, ErrorCode::allocation_mismatch).finish()) ==
          "0114001c2112a442ffffffffffffffffffffffff"
          "00090017"
          "00000425" +
              to_hex(as_octets("Allocation Mismatch")) + "00");
}

TEST_CASE("every error is written as class, number and reason", "[A25][A26][rfc8489-14.8]") {
    const Octets octets = hex("00030000 2112a442 0102030405060708090a0b0c");
    for (const ErrorRule& rule : error_rules) {
        std::array<std::byte, 256> buffer;
        buffer.fill(std::byte{0xEE});
        auto builder = MessageBuilder::error(buffer, *Message::decode(octets), rule.code);
        const auto message = Message::decode(builder.finish());
        REQUIRE(message.has_value());
        CHECK(message->message_class() == MessageClass::error);
        CHECK(error_code(*message)->code == static_cast<unsigned>(rule.code));
        CHECK(error_code(*message)->reason == rule.reason);
        CHECK(message->find(AttributeType::error_code)->value[0] == std::byte{0});
        CHECK(message->find(AttributeType::error_code)->value[1] == std::byte{0});
    }
    std::array<std::byte, 256> buffer;
    auto builder =
        MessageBuilder::error(buffer, *Message::decode(octets), ErrorCode::bad_request, "why");
    CHECK(error_code(*Message::decode(builder.finish()))->reason == "why");
}

TEST_CASE("ADDRESS-ERROR-CODE names the family and the error", "[K7][rfc8656-18.12]") {
    Build build{MessageClass::success, Method::allocate};
    build->address_error(Family::ipv6, ErrorCode::insufficient_capacity);
    CHECK(build.hex().substr(40) ==
          "80010019"
          "02000508" +
              to_hex(as_octets("Insufficient Capacity")) + "000000");
}

TEST_CASE("unknown attributes are listed once each as they came, in ordinary padding",
          "[A14][A15]") {
    std::array<std::byte, 256> buffer;
    buffer.fill(std::byte{0xEE});
    for (std::size_t count = 0; count <= 5; ++count) {
        CAPTURE(count);
        Octets octets = hex("000300002112a4420102030405060708090a0b0c");
        std::string listed;
        for (std::size_t index = 0; index < count; ++index) {
            const Octets attribute = {std::byte{0x7F}, static_cast<std::byte>(index), {}, {}};
            octets.insert(octets.end(), attribute.begin(), attribute.end());
            listed += to_hex(Bytes{attribute}.first(2));
        }
        octets[3] = static_cast<std::byte>(4 * count);
        auto builder = MessageBuilder::success(buffer, *Message::decode(octets));
        builder.unknown_attributes(*Message::decode(octets));
        const auto answer = Message::decode(builder.finish());
        CHECK(to_hex(answer->find(AttributeType::unknown_attributes)->value) == listed);
        const Bytes whole = answer->octets();
        if (count % 2 == 1) CHECK(to_hex(whole.last(2)) == "0000");
    }
}

TEST_CASE("what is behind the integrity is not listed as unknown", "[A14][B13]") {
    const Octets octets =
        hex("000300242112a4420102030405060708090a0b0c 7f310000"
            "00080014 0000000000000000000000000000000000000000 7f320004 00000000");
    std::array<std::byte, 256> buffer;
    const Message request = *Message::decode(octets);
    auto builder = MessageBuilder::success(buffer, request);
    builder.unknown_attributes(request);
    CHECK(
        to_hex(Message::decode(builder.finish())->find(AttributeType::unknown_attributes)->value) ==
        "7f31");
}

TEST_CASE("thousands of unknown attributes leave room for the integrity", "[A14][A34]") {
    Octets octets = hex("000300002112a4420102030405060708090a0b0c");
    for (unsigned index = 0; index < 16000; ++index) {
        const Octets attribute = {std::byte{0x7F}, static_cast<std::byte>(index), {}, {}};
        octets.insert(octets.end(), attribute.begin(), attribute.end());
    }
    octets[2] = static_cast<std::byte>(64000 >> 8);
    octets[3] = static_cast<std::byte>(64000 & 0xFF);
    const Message request = *Message::decode(octets);
    for (const std::size_t size : {100U, 101U, 102U, 103U, 200U, 1500U}) {
        CAPTURE(size);
        Octets buffer(size, std::byte{0xEE});
        auto builder = MessageBuilder::error(buffer, request, ErrorCode::unauthenticated);
        builder.unknown_attributes(request);
        builder.integrity(Integrity::sha256, hex(test::derived_key_sha256));
        builder.fingerprint();
        CHECK(Message::decode(builder.finish()).has_value());
    }
}

TEST_CASE("what does not fit yields nothing and writes nothing outside", "[A34]") {
    const std::string whole = derived("allocate_md5_mi_fp");
    for (std::size_t size = 0; size <= whole.size() / 2; ++size) {
        Octets buffer(size + 16, std::byte{0xEE});
        MessageBuilder builder{MutableBytes{buffer}.first(size), MessageClass::request,
                               Method::allocate, derived_id()};
        builder.requested_transport(protocol_udp);
        builder.text(AttributeType::username, test::derived_username);
        builder.text(AttributeType::realm, test::derived_realm);
        builder.text(AttributeType::nonce, test::derived_nonce);
        builder.integrity(Integrity::sha1, hex(test::derived_key_md5));
        builder.fingerprint();
        const bool fits = size == whole.size() / 2;
        REQUIRE(builder.ok() == fits);
        REQUIRE(to_hex(builder.finish()) == (fits ? whole : ""));
        REQUIRE(to_hex(Bytes{buffer}.last(16)) == std::string(32, 'e'));
    }
}

TEST_CASE("no length wraps, however large the buffer", "[P7]") {
    Octets buffer(200000);
    for (const std::size_t size : {65528U, 65529U, 65535U, 65536U, 65540U, 131072U}) {
        CAPTURE(size);
        MessageBuilder builder{buffer, MessageClass::indication, Method::data, derived_id()};
        builder.bytes(AttributeType::data, Octets(size));
        REQUIRE(builder.ok() == (size == 65528));
        if (builder.ok()) {
            CHECK(builder.finish().size() == message_octets_max);
            builder.fingerprint();
            CHECK_FALSE(builder.ok());
        }
    }
}

TEST_CASE("a lifetime beyond 32 bits is cut to what can be said", "[D20]") {
    Build build{MessageClass::success, Method::refresh};
    build->lifetime(std::chrono::seconds{0x1'0000'0000});
    build->lifetime(std::chrono::seconds{-1});
    CHECK(build.hex().substr(40) ==
          "000d0004ffffffff"
          "000d000400000000");
}

}  // namespace
}  // namespace turnpike::protocol
