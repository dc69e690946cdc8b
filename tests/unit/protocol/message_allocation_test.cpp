// SPDX-License-Identifier: BSD-3-Clause
//
// Decoding, asking, verifying and building take nothing from the heap: this file counts what the
// whole program takes.
#include "protocol/attributes.hpp"
#include "protocol/channel_data.hpp"
#include "protocol/integrity.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/stream_framer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/counted_heap.hpp"
#include "tests/support/vectors.hpp"

namespace turnpike::protocol {
namespace {

// True when everything that a server does with an authenticated request worked.
bool serve(Bytes stream, Bytes key) {
    const Frame frame = next_frame(stream, ChannelRange::rfc5766);
    const auto request = Message::decode(frame.message);
    if (!request || !verify_integrity(*request, Integrity::sha256, key)) return false;
    std::size_t count = 0;
    for (const Attribute& attribute : *request) count += attribute.value.size();
    std::array<std::byte, 512> buffer;
    auto answer = MessageBuilder::success(buffer, *request);
    answer.xor_address(AttributeType::xor_relayed_address, {IpAddress::v4(0xC0000201), 49152});
    answer.lifetime(std::chrono::seconds{600});
    answer.integrity(Integrity::sha256, key);
    answer.fingerprint();
    return count != 0 && requested_transport(*request) && username(*request) && nonce(*request) &&
           lifetime(*request).is_absent() && Message::decode(answer.finish());
}

TEST_CASE("a request is decoded, verified and answered without the heap") {
    const auto stream = test::vector("derived", "allocate_sha256_mi256_fp");
    const auto key = test::hex(test::derived_key_sha256);
    CHECK(serve(stream, key));  // the first use of a thread fetches the algorithms
    const std::size_t before = test::heap_blocks_taken;
    const bool served = serve(stream, key);
    const std::size_t after = test::heap_blocks_taken;
    CHECK(served);
    CHECK(after == before);
}

TEST_CASE("channel data is decoded without the heap") {
    const auto datagram = test::vector("derived", "channeldata_udp");
    const std::size_t before = test::heap_blocks_taken;
    const auto channel_data = ChannelData::decode(datagram);
    const std::size_t after = test::heap_blocks_taken;
    CHECK(channel_data);
    CHECK(after == before);
}

}  // namespace
}  // namespace turnpike::protocol
