// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/refresh.hpp"

#include <optional>

#include "protocol/attributes.hpp"

namespace turnpike::turn {

using protocol::ErrorCode;
using protocol::Family;

protocol::Result<std::chrono::seconds, ErrorCode> refresh(const Change& change) {
    const auto lifetime = protocol::lifetime(change.message);
    const auto requested = protocol::requested_address_family(change.message);
    if (lifetime.is_malformed() || requested.is_malformed()) return ErrorCode::bad_request;

    std::optional<Family> family;
    if (requested) {
        family = static_cast<Family>(*requested);
        const bool known = *family == Family::ipv4 || *family == Family::ipv6;
        if (!known || !change.allocation.has_family(*family)) {
            return ErrorCode::peer_address_family_mismatch;
        }
    }
    return change.allocation.refresh(lifetime ? *lifetime : lifetime_default, family, change.now,
                                     change.effects);
}

}  // namespace turnpike::turn
