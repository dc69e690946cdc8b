// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/unknown_attributes.hpp"

#include <algorithm>
#include <array>

#include "protocol/attribute.hpp"
#include "protocol/writer.hpp"

namespace turnpike::turn {
namespace {

using protocol::AttributeType;

// Known to the table, but asking for something that is not done here: to ignore them would mislead
// the client. CHANGE-REQUEST, PADDING and RESPONSE-PORT (RFC 5780) are served to a Binding alone,
// where the configuration says so, and ACCESS-TOKEN (RFC 7635) where keys for it are configured.
constexpr std::array unserved{AttributeType::change_request, AttributeType::access_token,
                              AttributeType::padding, AttributeType::response_port};

// What an answer of 1,500 octets holds besides everything else in it.
constexpr std::size_t listed_max = 512;

bool is_served(AttributeType type, ServedAttributes served) noexcept {
    switch (type) {
        case AttributeType::change_request:
            return served.change_request;
        case AttributeType::padding:
            return served.padding;
        case AttributeType::response_port:
            return served.response_port;
        case AttributeType::access_token:
            return served.access_token;
        default:
            return std::ranges::find(unserved, type) == unserved.end();
    }
}

bool unknown(std::uint16_t number, ServedAttributes served) noexcept {
    const auto type = static_cast<AttributeType>(number);
    return protocol::comprehension_required(number) &&
           (protocol::find_rule(type) == nullptr || !is_served(type, served));
}

}  // namespace

bool understands(const protocol::Message& message, ServedAttributes served) noexcept {
    return !message.has_unknown_required() &&
           std::ranges::none_of(unserved, [&](AttributeType type) {
               return message.has(type) && !is_served(type, served);
           });
}

void write_unknown_attributes(protocol::MessageBuilder& answer, const protocol::Message& message,
                              ServedAttributes served) noexcept {
    std::array<std::byte, 2 * listed_max> room;
    protocol::Writer list{room};
    for (const protocol::Attribute attribute : message) {
        if (list.size() == room.size()) break;
        if (unknown(attribute.type, served)) list.integer(attribute.type);
    }
    answer.bytes(AttributeType::unknown_attributes, list.written());
}

}  // namespace turnpike::turn
