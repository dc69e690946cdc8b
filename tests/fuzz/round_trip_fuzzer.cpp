// SPDX-License-Identifier: BSD-3-Clause
//
// Two round trips. First octet even: a message that decodes is built again from what it says, and
// means the same. Odd: the rest are steps of a builder, and what was built reads back as it was
// meant.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "protocol/channel_data.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/reader.hpp"

namespace turnpike::protocol {
namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

Key fixed_key() {
    return Key{as_octets("0123456789abcdef")};
}

bool is_integrity(const Attribute& attribute) {
    return attribute.type == static_cast<std::uint16_t>(AttributeType::message_integrity) ||
           attribute.type == static_cast<std::uint16_t>(AttributeType::message_integrity_sha256);
}

bool is_fingerprint(const Attribute& attribute) {
    return attribute.type == static_cast<std::uint16_t>(AttributeType::fingerprint);
}

std::vector<Attribute> attributes_of(const Message& message) {
    std::vector<Attribute> attributes;
    for (const Attribute& attribute : message) {
        if (!is_integrity(attribute) && !is_fingerprint(attribute)) attributes.push_back(attribute);
    }
    return attributes;
}

void require_same(const Message& left, const Message& right) {
    require(left.method() == right.method() && left.message_class() == right.message_class());
    require(left.transaction_id() == right.transaction_id());
    require(left.has_unknown_required() == right.has_unknown_required());
    require(std::ranges::equal(attributes_of(left), attributes_of(right),
                               [](const Attribute& one, const Attribute& other) {
                                   return one.type == other.type &&
                                          std::ranges::equal(one.value, other.value);
                               }));
}

void rebuild(Bytes octets) {
    const auto message = Message::decode(octets);
    if (!message) return;
    std::vector<std::byte> buffer(octets.size() + 64, std::byte{0xEE});
    MessageBuilder builder{buffer, message->message_class(), message->method(),
                           message->transaction_id()};
    for (const Attribute& attribute : attributes_of(*message)) {
        builder.bytes(AttributeType{attribute.type}, attribute.value);
    }
    builder.integrity(Integrity::sha1, fixed_key().octets());
    builder.fingerprint();
    const MutableBytes built = builder.finish();
    if (octets.size() + 32 <= message_octets_max) require(!built.empty());
    if (built.empty()) return;
    const auto again = Message::decode(built);
    require(again.has_value());
    require_same(*message, *again);
    require(verify_integrity(*again, Integrity::sha1, fixed_key().octets()));
    built[header_octets - 1] ^= std::byte{1};
    require(Message::decode(built).has_error());
}

Endpoint endpoint_of(Reader& reader) {
    const bool is_v6 = reader.integer<std::uint8_t>() % 2 == 1;
    const auto port = reader.integer<std::uint16_t>();
    std::array<std::byte, 16> octets{};
    std::ranges::copy(reader.bytes(std::min<std::size_t>(16, reader.remaining())), octets.begin());
    if (is_v6) return {IpAddress::v6(octets), port};
    return {IpAddress::v4(std::span{octets}.first<4>()), port};
}

// What one step of the builder put there must be what the getter finds, if it was the first.
class Steps {
public:
    Steps(MutableBytes buffer, Reader& reader) : reader_{reader}, builder_{start(buffer)} {}

    void run() {
        while (reader_.remaining() > 0 && builder_.ok()) step(reader_.integer<std::uint8_t>() % 10);
        builder_.integrity(Integrity::sha256, fixed_key().octets());
        builder_.fingerprint();
        const MutableBytes built = builder_.finish();
        if (built.empty()) return;
        const auto message = Message::decode(built);
        require(message.has_value() && !message->has_unknown_required());
        require(verify_integrity(*message, Integrity::sha256, fixed_key().octets()));
        check(*message);
    }

private:
    MessageBuilder start(MutableBytes buffer) {
        TransactionId id;
        std::ranges::copy(reader_.bytes(std::min<std::size_t>(12, reader_.remaining())),
                          id.octets.begin());
        const auto type = static_cast<std::uint16_t>(reader_.integer<std::uint16_t>() & 0x3FFFU);
        return {buffer, class_of(type), method_of(type), id};
    }

    template <typename T>
    static T& keep_first(std::optional<T>& place, T value) {
        if (!place) place = value;
        return *place;
    }

    void step(unsigned which) {
        const auto number = reader_.integer<std::uint32_t>();
        switch (which) {
            case 0:
                keep_first(lifetime_, std::chrono::seconds{number});
                return builder_.lifetime(std::chrono::seconds{number});
            case 1:
                keep_first(channel_, static_cast<std::uint16_t>(number));
                return builder_.channel_number(static_cast<std::uint16_t>(number));
            case 2:
                keep_first(transport_, static_cast<std::uint8_t>(number));
                return builder_.requested_transport(static_cast<std::uint8_t>(number));
            case 3:
                keep_first(even_port_, number % 2 == 1);
                return builder_.even_port({number % 2 == 1});
            case 4:
                keep_first(token_, std::uint64_t{number} << 7U);
                return builder_.u64(AttributeType::reservation_token, std::uint64_t{number} << 7U);
            case 5:
                return builder_.xor_address(AttributeType::xor_peer_address,
                                            keep_first(peer_, endpoint_of(reader_)));
            case 6:
                return builder_.address(AttributeType::mapped_address, endpoint_of(reader_));
            case 7:
                return builder_.address_error(Family::ipv6, ErrorCode::insufficient_capacity);
            case 8:
                return builder_.flag(AttributeType::dont_fragment);
            default:
                return add_data(number);
        }
    }

    void add_data(std::size_t size) {
        const Bytes data = reader_.bytes(std::min(size % 512, reader_.remaining()));
        builder_.bytes(AttributeType::data, keep_first(data_, data));
    }

    // Absent where nothing was put, and else equal.
    template <typename T, typename U>
    static void same(const Field<T>& field, const std::optional<U>& meant) {
        require(!field.is_malformed() && field.is_absent() != meant.has_value());
        if (meant) require(*field == *meant);
    }

    void check(const Message& message) const {
        same(lifetime(message), lifetime_);
        same(channel_number(message), channel_);
        same(requested_transport(message), transport_);
        same(reservation_token(message), token_);
        same(xor_peer_address(message), peer_);
        require(even_port(message).is_absent() != even_port_.has_value());
        if (even_port_) require(even_port(message)->reserve_next == *even_port_);
        require(data(message).is_absent() != data_.has_value());
        if (data_) require(std::ranges::equal(*data(message), *data_));
    }

    Reader& reader_;
    MessageBuilder builder_;
    std::optional<std::chrono::seconds> lifetime_;
    std::optional<std::uint16_t> channel_;
    std::optional<std::uint8_t> transport_;
    std::optional<bool> even_port_;
    std::optional<std::uint64_t> token_;
    std::optional<Endpoint> peer_;
    std::optional<Bytes> data_;
};

// Text and value of addresses, and the header of channel data.
void small_round_trips(Bytes octets) {
    Reader reader{octets};
    const Endpoint endpoint = endpoint_of(reader);
    require(Endpoint::parse(endpoint.to_string()) == endpoint);
    require(IpAddress::parse(endpoint.address.to_string()) == endpoint.address);
    std::vector<std::byte> datagram(channel_header_octets);
    const Bytes payload = octets.first(std::min<std::size_t>(octets.size(), 0xFFFF));
    encode_channel_header(std::span{datagram}.first<channel_header_octets>(), endpoint.port,
                          static_cast<std::uint16_t>(payload.size()));
    datagram.insert(datagram.end(), payload.begin(), payload.end());
    const auto channel_data = ChannelData::decode(datagram);
    require(channel_data && channel_data->number == endpoint.port);
    require(std::ranges::equal(channel_data->payload, payload));
}

}  // namespace
}  // namespace turnpike::protocol

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace turnpike::protocol;
    const Bytes octets = std::as_bytes(std::span{data, size});
    if (octets.empty()) return 0;
    const Bytes rest = octets.subspan(1);
    small_round_trips(rest);
    if (data[0] % 2 == 0) {
        rebuild(rest);
        return 0;
    }
    std::vector<std::byte> buffer(4096, std::byte{0xEE});
    Reader reader{rest};
    Steps{buffer, reader}.run();
    return 0;
}
