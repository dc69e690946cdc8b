// SPDX-License-Identifier: BSD-3-Clause
//
// Which comprehension-required attributes this server does not understand (RFC 8489 section 6.3):
// those without a row in the table, and those of extensions that it does not serve.
#pragma once

#include "protocol/message.hpp"
#include "protocol/message_builder.hpp"
#include "server/turn/discovery.hpp"

namespace turnpike::turn {

[[nodiscard]] bool understands(const protocol::Message& message,
                               DiscoveryAttributes served = {}) noexcept;

// UNKNOWN-ATTRIBUTES: two octets each, in the order of the message (RFC 8489 section 14.13), as
// many as an answer can hold.
void write_unknown_attributes(protocol::MessageBuilder& answer, const protocol::Message& message,
                              DiscoveryAttributes served = {}) noexcept;

}  // namespace turnpike::turn
