// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/attributes.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/vectors.hpp"

namespace turnpike::protocol {
namespace {

using test::hex;
using test::Octets;

// A message around one attribute of this type, padded; owns the octets that the message views.
class One {
public:
    One(unsigned type, std::string_view value) {
        const Octets octets = hex(value);
        octets_ = hex("000300002112a4420102030405060708090a0b0c");
        for (const std::size_t number : {std::size_t{type}, octets.size()}) {
            octets_.push_back(static_cast<std::byte>(number >> 8U));
            octets_.push_back(static_cast<std::byte>(number));
        }
        octets_.insert(octets_.end(), octets.begin(), octets.end());
        octets_.resize((octets_.size() + 3) / 4 * 4);
        const std::size_t length = octets_.size() - header_octets;
        octets_[2] = static_cast<std::byte>(length >> 8U);
        octets_[3] = static_cast<std::byte>(length);
    }
    [[nodiscard]] Message message() const { return *Message::decode(octets_); }

private:
    Octets octets_;
};

const One nothing{0x8022, ""};

TEST_CASE("an attribute that is not there is absent in every getter", "[D3][F3][G1][H1]") {
    const Message message = nothing.message();
    CHECK(xor_peer_address(message).is_absent());
    CHECK(xor_relayed_address(message).is_absent());
    CHECK(xor_mapped_address(message).is_absent());
    CHECK(lifetime(message).is_absent());
    CHECK(requested_transport(message).is_absent());
    CHECK(requested_address_family(message).is_absent());
    CHECK(additional_address_family(message).is_absent());
    CHECK(even_port(message).is_absent());
    CHECK(reservation_token(message).is_absent());
    CHECK(connection_id(message).is_absent());
    CHECK(channel_number(message).is_absent());
    CHECK(data(message).is_absent());
    CHECK(username(message).is_absent());
    CHECK(realm(message).is_absent());
    CHECK(nonce(message).is_absent());
    CHECK(userhash(message).is_absent());
    CHECK(password_algorithm(message).is_absent());
    CHECK(password_algorithms(message).is_absent());
    CHECK(error_code(message).is_absent());
    CHECK(change_request(message).is_absent());
    CHECK(response_port(message).is_absent());
    CHECK(padding(message).is_absent());
    CHECK(mobility_ticket(message).is_absent());
    CHECK_FALSE(lifetime(message).is_malformed());
    CHECK_FALSE(lifetime(message));
}

TEST_CASE("CHANGE-REQUEST has a flag for the address and one for the port", "[O3][rfc5780-7.2]") {
    const auto change = [](std::string_view value) {
        const One one{0x0003, value};
        return *change_request(one.message());
    };
    CHECK_FALSE((change("00000000").address || change("00000000").port));
    CHECK((change("00000004").address && !change("00000004").port));
    CHECK((!change("00000002").address && change("00000002").port));
    CHECK((change("00000006").address && change("00000006").port));
    CHECK_FALSE((change("fffffff9").address || change("fffffff9").port));
}

TEST_CASE("RESPONSE-PORT, PADDING and MOBILITY-TICKET are read", "[O4][O5][N1]") {
    CHECK(*response_port(One{0x0027, "1f900000"}.message()) == 8080);
    CHECK(padding(One{0x0026, "000000"}.message())->size() == 3);
    CHECK(mobility_ticket(One{0x8030, ""}.message())->empty());
}

TEST_CASE("an attribute of the wrong size is malformed, not absent and not a value",
          "[D3][D9][D31][E12][F4][G1][rfc8656-18]") {
    const auto malformed = [](unsigned type, std::string_view value, auto getter) {
        const One one{type, value};
        const auto field = getter(one.message());
        return field.is_malformed() && !field.is_absent() && !field;
    };
    for (const std::string_view value : {"", "00", "000000", "0000000000", "0000000000000000"}) {
        CAPTURE(value);
        CHECK(malformed(0x000D, value, lifetime));
        CHECK(malformed(0x0019, value, requested_transport));
        CHECK(malformed(0x0017, value, requested_address_family));
        CHECK(malformed(0x8000, value, additional_address_family));
        CHECK(malformed(0x000C, value, channel_number));
        CHECK(malformed(0x0003, value, change_request));
        CHECK(malformed(0x0027, value, response_port));
    }
    for (const std::string_view value : {"", "8000", "80000000"}) {
        CHECK(malformed(0x0018, value, even_port));
    }
    for (const std::string_view value : {"", "00000000", "00000000000000", "000000000000000000"}) {
        CHECK(malformed(0x0022, value, reservation_token));
    }
    CHECK(malformed(0x8004, "00000303000000", icmp));
    CHECK(malformed(0x8004, "000003030000000000", icmp));
    for (const std::string_view value : {"", "000000", "0000000000"}) {
        CHECK(malformed(0x002A, value, connection_id));
    }
    CHECK(malformed(0x001E, std::string(62, '0'), userhash));
    CHECK(malformed(0x001E, std::string(66, '0'), userhash));
    CHECK(malformed(0x8002, "0002", password_algorithms));
}

TEST_CASE("XOR addresses are unmasked by cookie and transaction id", "[A24][rfc8489-14.2]") {
    const Octets ipv4 = test::vector("rfc5769", "ipv4_response");
    CHECK(xor_mapped_address(*Message::decode(ipv4))->to_string() == "192.0.2.1:32853");
    const Octets ipv6 = test::vector("rfc5769", "ipv6_response");
    CHECK(xor_mapped_address(*Message::decode(ipv6))->to_string() ==
          "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
    const Octets success = test::vector("derived", "allocate_success_md5");
    CHECK(xor_relayed_address(*Message::decode(success))->to_string() == "192.0.2.15:50000");
    CHECK(lifetime(*Message::decode(success)).operator*() == std::chrono::seconds{600});
    const Octets indication = test::vector("derived", "data_indication_ipv6");
    CHECK(xor_peer_address(*Message::decode(indication))->address.is_v6());
    CHECK(as_text(*data(*Message::decode(indication))) == "hello");
}

TEST_CASE("the first octet of an address is ignored", "[A23][rfc8489-14.1]") {
    const auto plain = decode_address(hex("ff01 0d96 c0000201"));
    REQUIRE(plain);
    CHECK(plain->to_string() == "192.0.2.1:3478");
    CHECK(decode_address(hex("0002 0d96 20010db8000000000000000000000001"))->to_string() ==
          "[2001:db8::1]:3478");
    const One one{0x0012, "ab01 211b e112a64b"};
    CHECK(xor_peer_address(one.message())->to_string() == "192.0.2.9:9");
}

TEST_CASE("an address whose family and size disagree is malformed", "[A23][F4][H1]") {
    for (const std::string_view value :
         {"", "0001", "00010000", "0001 0000 000000", "0001 0000 0000000000", "0002 0000 00000000",
          "0001 0000 00000000000000000000000000000000", "0000 0000 00000000", "0003 0000 00000000",
          "00ff 0000 00000000", "0002 0000 000000000000000000000000000000",
          "0002 0000 0000000000000000000000000000000000"}) {
        CAPTURE(value);
        CHECK_FALSE(decode_address(hex(value)));
        CHECK_FALSE(decode_xor_address(hex(value), TransactionId{}));
        const One one{0x0012, value};
        CHECK(xor_peer_address(one.message()).is_malformed());
    }
}

TEST_CASE("the first of repeated attributes decides, even a malformed one", "[A21]") {
    const Octets octets =
        hex("000400182112a4420102030405060708090a0b0c"
            "000d00020000 0000 000d000400000258 00060000 80220000");
    CHECK(lifetime(*Message::decode(octets)).is_malformed());
}

TEST_CASE("a lifetime is 32 bits of seconds", "[D20][E2][rfc8656-18.2]") {
    CHECK(*lifetime(One{0x000D, "00000000"}.message()) == std::chrono::seconds{0});
    CHECK(*lifetime(One{0x000D, "ffffffff"}.message()) == std::chrono::seconds{4294967295});
}

TEST_CASE("reserved octets are ignored", "[D5][D25][G11][K8]") {
    CHECK(*requested_transport(One{0x0019, "11ffffff"}.message()) == protocol_udp);
    CHECK(*requested_transport(One{0x0019, "06000001"}.message()) == protocol_tcp);
    CHECK(*requested_address_family(One{0x0017, "02ffffff"}.message()) == 2);
    CHECK(*additional_address_family(One{0x8000, "02abcdef"}.message()) == 2);
    CHECK(*channel_number(One{0x000C, "4000ffff"}.message()) == 0x4000);
    CHECK(even_port(One{0x0018, "ff"}.message())->reserve_next);
    CHECK_FALSE(even_port(One{0x0018, "7f"}.message())->reserve_next);
    CHECK(even_port(One{0x0018, "80"}.message())->reserve_next);
}

TEST_CASE("a family that does not exist is a value, so that it can be answered", "[D11][E4]") {
    CHECK(*requested_address_family(One{0x0017, "03000000"}.message()) == 3);
    CHECK(*requested_address_family(One{0x0017, "00000000"}.message()) == 0);
}

TEST_CASE("a token is 64 bits", "[D28][rfc8656-18.10]") {
    CHECK(*reservation_token(One{0x0022, "0123456789abcdef"}.message()) == 0x0123456789ABCDEF);
    CHECK(*connection_id(One{0x002A, "89abcdef"}.message()) == ConnectionId{0x89ABCDEF});
}

TEST_CASE("a username of 763 octets is read, a longer one malformed", "[A39][X10][rfc8489-14.3]") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{763}}) {
        const One one{0x0006, std::string(2 * size, '6')};
        const auto field = username(one.message());
        REQUIRE(field);
        CHECK(field->size() == size);
    }
    CHECK(username(One{0x0006, std::string(2 * 764, '6')}.message()).is_malformed());
    CHECK(realm(One{0x0014, std::string(2 * 764, '6')}.message()).is_malformed());
    CHECK(nonce(One{0x0015, std::string(2 * 764, '6')}.message()).is_malformed());
}

TEST_CASE("text is whatever octets were sent", "[B35]") {
    const One one{0x0006, "00ff2261 c080"};
    CHECK(*username(one.message()) == std::string_view{"\0\xFF\"a\xC0\x80", 6});
}

TEST_CASE("data may be empty and is never padded", "[H1][H2][H6]") {
    const One empty{0x0013, ""};
    REQUIRE(data(empty.message()));
    CHECK(data(empty.message())->empty());
    const One three{0x0013, "010203"};
    CHECK(data(three.message())->size() == 3);
}

TEST_CASE("credentials of the derived requests are read", "[B3][B21][B23]") {
    const Octets octets = test::vector("derived", "allocate_userhash_sha256");
    const Message message = *Message::decode(octets);
    CHECK(username(message).is_absent());
    CHECK(test::to_hex(*userhash(message)) == test::derived_userhash);
    CHECK(*realm(message) == test::derived_realm);
    CHECK(*nonce(message) == test::derived_nonce_anonymous);
    CHECK(*password_algorithm(message) == static_cast<unsigned>(PasswordAlgorithm::sha256));
    CHECK(test::to_hex(*password_algorithms(message)) == "0002000000010000");
    const Octets long_term = test::vector("rfc5769", "long_term_request");
    CHECK(*username(*Message::decode(long_term)) == test::rfc5769_username);
    CHECK(*nonce(*Message::decode(long_term)) == test::rfc5769_nonce);
}

TEST_CASE("a password algorithm's parameters stay within its value", "[B21]") {
    CHECK(*password_algorithm(One{0x001D, "00020000"}.message()) == 2);
    CHECK(*password_algorithm(One{0x001D, "12340004 01020304"}.message()) == 0x1234);
    CHECK(password_algorithm(One{0x001D, "00020001"}.message()).is_malformed());
    CHECK(password_algorithm(One{0x001D, "000200ff 01020304"}.message()).is_malformed());
    CHECK(password_algorithm(One{0x001D, "0002"}.message()).is_malformed());
}

TEST_CASE("an error is a class, a number and a reason", "[A25][rfc8489-14.8]") {
    const Octets octets = test::vector("derived", "error_420_three_unknown");
    const auto error = error_code(*Message::decode(octets));
    REQUIRE(error);
    CHECK(error->code == 420);
    CHECK(error->reason == "Unknown Attribute");
    CHECK(error_code(One{0x0009, "00000300"}.message())->code == 300);
    CHECK(error_code(One{0x0009, "fffffe63"}.message())->code == 699);
    for (const std::string_view value : {"00000200", "00000700", "00000464", "000004ff", "0000"}) {
        CAPTURE(value);
        CHECK(error_code(One{0x0009, value}.message()).is_malformed());
    }
}

}  // namespace
}  // namespace turnpike::protocol
