// SPDX-License-Identifier: BSD-3-Clause
//
// What came back for one message, kept by value so that a test can ask it anything later.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/attributes.hpp"
#include "protocol/message.hpp"
#include "server/turn/outcome.hpp"

namespace turnpike::support {

struct Relayed {
    protocol::Endpoint peer;
    std::string data;
    bool dont_fragment = false;
    bool operator==(const Relayed&) const = default;
};

class Answer {
public:
    Answer() = default;  // silence
    explicit Answer(const turn::Reply& reply)
        : octets_{reply.octets.begin(), reply.octets.end()}, reply_{reply} {
        reply_.octets = {};
    }
    explicit Answer(Relayed relayed) : relayed_{std::move(relayed)} {}

    [[nodiscard]] bool silent() const { return octets_.empty(); }
    [[nodiscard]] bool authenticated() const { return reply_.authenticated; }
    // As the worker was told, but for the octets.
    [[nodiscard]] const turn::Reply& reply() const { return reply_; }
    [[nodiscard]] const std::vector<std::byte>& octets() const { return octets_; }
    [[nodiscard]] const std::optional<Relayed>& relayed_to_peer() const { return relayed_; }

    [[nodiscard]] protocol::Message message() const { return *protocol::Message::decode(octets_); }
    [[nodiscard]] bool success() const {
        return !silent() && message().message_class() == protocol::MessageClass::success;
    }
    // The number in ERROR-CODE; 0 for silence and success.
    [[nodiscard]] int code() const {
        if (silent()) return 0;
        const auto error = protocol::error_code(message());
        return error ? error->code : 0;
    }
    [[nodiscard]] std::string reason() const {
        return silent() ? "" : std::string{protocol::error_code(message())->reason};
    }
    // As the dispatcher tells the worker's counters.
    [[nodiscard]] int counted_code() const {
        return reply_.error ? static_cast<int>(*reply_.error) : 0;
    }
    [[nodiscard]] bool has(protocol::AttributeType type) const {
        return !silent() && message().has(type);
    }
    [[nodiscard]] std::chrono::seconds lifetime() const {
        const auto lifetime = protocol::lifetime(message());
        return lifetime ? *lifetime : std::chrono::seconds{-1};
    }
    // The XOR-RELAYED-ADDRESS of this family.
    [[nodiscard]] std::optional<protocol::Endpoint> relayed(protocol::Family family) const {
        const protocol::Message decoded = message();
        for (const protocol::Attribute attribute : decoded) {
            if (attribute.type != 0x0016) continue;
            const auto address =
                protocol::decode_xor_address(attribute.value, decoded.transaction_id());
            if (address && address->address.family() == family) return address;
        }
        return std::nullopt;
    }
    [[nodiscard]] std::optional<protocol::Endpoint> relayed() const {
        return relayed(protocol::Family::ipv4);
    }
    [[nodiscard]] std::optional<std::uint64_t> token() const {
        const auto token = protocol::reservation_token(message());
        return token ? std::optional{*token} : std::nullopt;
    }
    // The value's octets as numbers; empty where the attribute is absent.
    [[nodiscard]] std::vector<int> value(protocol::AttributeType type) const {
        std::vector<int> numbers;
        if (const auto attribute = message().find(type)) {
            for (const std::byte octet : attribute->value) {
                numbers.push_back(std::to_integer<int>(octet));
            }
        }
        return numbers;
    }

private:
    std::vector<std::byte> octets_;
    turn::Reply reply_;
    std::optional<Relayed> relayed_;
};

}  // namespace turnpike::support
