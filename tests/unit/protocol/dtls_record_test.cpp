// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/dtls_record.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::protocol {
namespace {

using test::hex;
using test::to_hex;

TEST_CASE("a record's header is read and its fragment shown", "[I17][rfc6347-4.1]") {
    const auto octets = hex("16 fefd 0001 000200000003 0004 aabbccdd 17fefd");
    const auto record = DtlsRecord::decode(octets);
    REQUIRE(record);
    CHECK(record->type == dtls_handshake);
    CHECK(record->version == 0xFEFD);
    CHECK(record->epoch == 1);
    CHECK(record->sequence_number == 0x000200000003);
    CHECK(to_hex(record->fragment) == "aabbccdd");
    CHECK(record->octets == 17);
}

TEST_CASE("an empty fragment is a whole record", "[rfc6347-4.1]") {
    const auto octets = hex("17 fefd 0001 000000000000 0000");
    const auto record = DtlsRecord::decode(octets);
    REQUIRE(record);
    CHECK(record->fragment.empty());
    CHECK(record->octets == dtls_header_octets);
}

TEST_CASE("what is no whole DTLS record is none", "[rfc6347-4.1][A32]") {
    const auto octets = hex(GENERATE("",                                     // nothing
                                     "16",                                   // no header
                                     "16 fefd 0000 000000000000 00",         // half a length
                                     "16 fefd 0000 000000000000 0002 aa",    // half a fragment
                                     "16 0303 0000 000000000000 0001 aa",    // TLS
                                     "13 fefd 0000 000000000000 0001 aa",    // not 20 to 63
                                     "40 fefd 0000 000000000000 0001 aa"));  // a channel
    CHECK_FALSE(DtlsRecord::decode(octets));
}

}  // namespace
}  // namespace turnpike::protocol
