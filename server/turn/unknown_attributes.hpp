// SPDX-License-Identifier: BSD-3-Clause
//
// Which comprehension-required attributes this server does not understand (RFC 8489 section 6.3):
// those without a row in the table, and those of extensions that it does not serve.
#pragma once

#include "protocol/message.hpp"
#include "protocol/message_builder.hpp"

namespace turnpike::turn {

// Attributes of extensions, and whether this request may carry them; where not they are unknown.
struct ServedAttributes {
    bool change_request = false;  // these three to a Binding request alone (RFC 5780)
    bool padding = false;
    bool response_port = false;
    bool access_token = false;  // where the request proved itself by it (RFC 7635)
};

[[nodiscard]] bool understands(const protocol::Message& message,
                               ServedAttributes served = {}) noexcept;

// UNKNOWN-ATTRIBUTES: two octets each, in the order of the message (RFC 8489 section 14.13), as
// many as an answer can hold.
void write_unknown_attributes(protocol::MessageBuilder& answer, const protocol::Message& message,
                              ServedAttributes served = {}) noexcept;

}  // namespace turnpike::turn
