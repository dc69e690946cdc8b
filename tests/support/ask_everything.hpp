// SPDX-License-Identifier: BSD-3-Clause
//
// Calls everything that a message can be asked, for tests that look for what breaks it.
#pragma once

#include <cstdlib>

#include "protocol/attributes.hpp"
#include "protocol/message.hpp"

namespace turnpike::test {

// Ends the program when an attribute is found outside the message.
inline void ask_everything(const protocol::Message& message) {
    for (const protocol::Attribute& attribute : message) {
        static_cast<void>(protocol::decode_address(attribute.value));
        static_cast<void>(protocol::decode_xor_address(attribute.value, message.transaction_id()));
    }
    for (const protocol::AttributeRule& rule : protocol::attribute_rules) {
        const auto found = message.find(rule.type);
        if (!found) continue;
        const std::size_t end = found->offset + 4 + found->value.size();
        if (found->type != static_cast<std::uint16_t>(rule.type)) std::abort();
        if (found->offset < protocol::header_octets || end > message.octets().size()) std::abort();
    }
    const auto ask = [&message](auto... getter) { (static_cast<void>(getter(message)), ...); };
    ask(protocol::xor_peer_address, protocol::xor_relayed_address, protocol::xor_mapped_address,
        protocol::lifetime, protocol::requested_transport, protocol::requested_address_family,
        protocol::additional_address_family, protocol::even_port, protocol::reservation_token,
        protocol::channel_number, protocol::data, protocol::username, protocol::realm,
        protocol::nonce, protocol::userhash, protocol::password_algorithm,
        protocol::password_algorithms, protocol::error_code, protocol::change_request,
        protocol::response_port, protocol::padding, protocol::mobility_ticket, protocol::icmp);
}

}  // namespace turnpike::test
