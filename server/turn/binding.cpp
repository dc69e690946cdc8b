// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/binding.hpp"

#include "server/turn/answer.hpp"
#include "server/turn/unknown_attributes.hpp"

namespace turnpike::turn {

Outcome binding(const Request& request) {
    // An indication keeps a NAT open and asks for nothing (RFC 8489 section 6.3.2).
    if (request.message.message_class() != protocol::MessageClass::request) return Silence{};
    if (!understands(request.message)) {
        return answer_unproven(request, protocol::ErrorCode::unknown_attribute);
    }
    return answer_binding(request);
}

}  // namespace turnpike::turn
