// SPDX-License-Identifier: BSD-3-Clause
//
// What one message costs: to classify, decode, ask, verify, answer and frame.
#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "protocol/attributes.hpp"
#include "protocol/channel_data.hpp"
#include "protocol/fingerprint.hpp"
#include "protocol/integrity.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/stream_framer.hpp"

namespace turnpike::protocol {
namespace {

using benchmark::DoNotOptimize;
using benchmark::State;

Key key_of(Integrity kind) {
    std::array<std::byte, 32> octets{};
    octets.fill(std::byte{0x5A});
    return Key{Bytes{octets}.first(kind == Integrity::sha1 ? 16 : 32)};
}

// An authenticated Allocate as a browser sends it.
std::vector<std::byte> allocate_request(Integrity kind) {
    std::vector<std::byte> buffer(512);
    MessageBuilder builder{buffer, MessageClass::request, Method::allocate, TransactionId{}};
    builder.requested_transport(protocol_udp);
    builder.text(AttributeType::username, "1700000000:alice");
    builder.text(AttributeType::realm, "example.org");
    builder.text(AttributeType::nonce, "obMatJos2gAAA0123456789abcdef0123456789abcdef");
    builder.integrity(kind, key_of(kind).octets());
    buffer.resize(builder.finish().size());
    return buffer;
}

std::vector<std::byte> send_indication(std::size_t payload) {
    std::vector<std::byte> buffer(payload + 128);
    MessageBuilder builder{buffer, MessageClass::indication, Method::send, TransactionId{}};
    builder.xor_address(AttributeType::xor_peer_address, {IpAddress::v4(0xC0000201), 9});
    builder.bytes(AttributeType::data, std::vector<std::byte>(payload));
    buffer.resize(builder.finish().size());
    return buffer;
}

void decode_allocate(State& state) {
    const auto octets = allocate_request(Integrity::sha1);
    for (auto _ : state) {
        auto message = Message::decode(octets);
        DoNotOptimize(message);
    }
}
BENCHMARK(decode_allocate);

// As ICE sends it: the commonest request of all.
std::vector<std::byte> binding_request() {
    std::vector<std::byte> buffer(64);
    MessageBuilder builder{buffer, MessageClass::request, Method::binding, TransactionId{}};
    builder.fingerprint();
    buffer.resize(builder.finish().size());
    return buffer;
}

void decode_binding(State& state) {
    const auto octets = binding_request();
    for (auto _ : state) {
        auto message = Message::decode(octets);
        DoNotOptimize(message);
    }
}
BENCHMARK(decode_binding);

void encode_binding_success(State& state) {
    const auto octets = binding_request();
    const auto request = Message::decode(octets);
    std::array<std::byte, 128> buffer;
    for (auto _ : state) {
        auto builder = MessageBuilder::success(buffer, *request);
        builder.xor_address(AttributeType::xor_mapped_address, {IpAddress::v4(0xC0000202), 40000});
        builder.fingerprint();
        auto answer = builder.finish();
        DoNotOptimize(answer);
    }
}
BENCHMARK(encode_binding_success);

void encode_data_indication(State& state) {
    const std::vector<std::byte> payload(static_cast<std::size_t>(state.range(0)));
    std::vector<std::byte> buffer(payload.size() + 128);
    for (auto _ : state) {
        MessageBuilder builder{buffer, MessageClass::indication, Method::data, TransactionId{}};
        builder.xor_address(AttributeType::xor_peer_address, {IpAddress::v4(0xC0000201), 9});
        builder.bytes(AttributeType::data, payload);
        auto indication = builder.finish();
        DoNotOptimize(indication);
    }
}
BENCHMARK(encode_data_indication)->Arg(172)->Arg(1200);

void encode_channel_data(State& state) {
    std::array<std::byte, channel_header_octets> header;
    std::uint16_t number = 0x4000;
    for (auto _ : state) {
        encode_channel_header(header, number, 1200);
        number = static_cast<std::uint16_t>(0x4000 | (number + 1));
        DoNotOptimize(header);
    }
}
BENCHMARK(encode_channel_data);

void decode_send_indication(State& state) {
    const auto octets = send_indication(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        const auto message = Message::decode(octets);
        auto peer = xor_peer_address(*message);
        auto payload = data(*message);
        DoNotOptimize(peer);
        DoNotOptimize(payload);
    }
}
BENCHMARK(decode_send_indication)->Arg(172)->Arg(1200);

void decode_channel_data(State& state) {
    std::vector<std::byte> octets(1204);
    encode_channel_header(std::span{octets}.first<channel_header_octets>(), 0x4001, 1200);
    for (auto _ : state) {
        auto channel_data = ChannelData::decode(octets);
        DoNotOptimize(channel_data);
    }
}
BENCHMARK(decode_channel_data);

void verify(State& state) {
    const auto kind = static_cast<Integrity>(state.range(0));
    const auto octets = allocate_request(kind);
    const auto message = Message::decode(octets);
    const Key key = key_of(kind);
    for (auto _ : state) {
        bool verified = verify_integrity(*message, kind, key.octets());
        DoNotOptimize(verified);
    }
}
BENCHMARK(verify)->ArgName("sha256")->Arg(0)->Arg(1);

void sign(State& state) {
    const auto kind = static_cast<Integrity>(state.range(0));
    const auto octets = allocate_request(kind);
    const Key key = key_of(kind);
    const std::size_t offset = octets.size() - (kind == Integrity::sha1 ? 24 : 36);
    for (auto _ : state) {
        auto mac = compute_integrity(octets, offset, kind, key.octets());
        DoNotOptimize(mac);
    }
}
BENCHMARK(sign)->ArgName("sha256")->Arg(0)->Arg(1);

void build_unauthenticated(State& state) {
    const auto octets = allocate_request(Integrity::sha1);
    const auto request = Message::decode(octets);
    std::array<std::byte, 512> buffer;
    for (auto _ : state) {
        auto builder = MessageBuilder::error(buffer, *request, ErrorCode::unauthenticated);
        builder.text(AttributeType::realm, "example.org");
        builder.text(AttributeType::nonce, "obMatJos2gAAA0123456789abcdef0123456789abcdef");
        auto answer = builder.finish();
        DoNotOptimize(answer);
    }
}
BENCHMARK(build_unauthenticated);

void build_allocate_success(State& state) {
    const auto octets = allocate_request(Integrity::sha1);
    const auto request = Message::decode(octets);
    const Key key = key_of(Integrity::sha1);
    std::array<std::byte, 512> buffer;
    for (auto _ : state) {
        auto builder = MessageBuilder::success(buffer, *request);
        builder.xor_address(AttributeType::xor_relayed_address, {IpAddress::v4(0xC0000201), 50000});
        builder.xor_address(AttributeType::xor_mapped_address, {IpAddress::v4(0xC0000202), 40000});
        builder.lifetime(std::chrono::seconds{600});
        builder.integrity(Integrity::sha1, key.octets());
        auto answer = builder.finish();
        DoNotOptimize(answer);
    }
}
BENCHMARK(build_allocate_success);

void fingerprint_of(State& state) {
    const std::vector<std::byte> octets(static_cast<std::size_t>(state.range(0)), std::byte{7});
    for (auto _ : state) {
        auto value = compute_fingerprint(octets);
        DoNotOptimize(value);
    }
}
BENCHMARK(fingerprint_of)->Arg(100)->Arg(1200);

void frame_channel_data(State& state) {
    std::vector<std::byte> stream(1204);
    encode_channel_header(std::span{stream}.first<channel_header_octets>(), 0x4001, 1200);
    for (auto _ : state) {
        auto frame = next_frame(stream, ChannelRange::rfc5766);
        DoNotOptimize(frame);
    }
}
BENCHMARK(frame_channel_data);

void hash_five_tuple(State& state) {
    const FiveTuple tuple{
        {IpAddress::v4(0xC0000201), 50000}, {IpAddress::v4(0xC0000202), 3478}, Transport::udp};
    for (auto _ : state) {
        auto hash = hash_value(tuple);
        DoNotOptimize(hash);
    }
}
BENCHMARK(hash_five_tuple);

}  // namespace
}  // namespace turnpike::protocol
