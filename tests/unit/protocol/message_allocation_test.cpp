// SPDX-License-Identifier: BSD-3-Clause
//
// Decoding, asking, verifying and building take nothing from the heap: this file counts what the
// whole program takes.
#include <atomic>
#include <cstdlib>
#include <new>

#include "protocol/attributes.hpp"
#include "protocol/channel_data.hpp"
#include "protocol/integrity.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/stream_framer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/vectors.hpp"

namespace {
std::atomic<std::size_t> taken = 0;
}  // namespace

// Inlined, new and free() would look to the compiler like a pair that does not match.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++taken;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

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
    const std::size_t before = taken;
    const bool served = serve(stream, key);
    const std::size_t after = taken;
    CHECK(served);
    CHECK(after == before);
}

TEST_CASE("channel data is decoded without the heap") {
    const auto datagram = test::vector("derived", "channeldata_udp");
    const std::size_t before = taken;
    const auto channel_data = ChannelData::decode(datagram);
    const std::size_t after = taken;
    CHECK(channel_data);
    CHECK(after == before);
}

}  // namespace
}  // namespace turnpike::protocol
