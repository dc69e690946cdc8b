// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/effect.hpp"

namespace turnpike::turn {

std::string_view to_string(EndReason reason) noexcept {
    switch (reason) {
        case EndReason::deleted:
            return "deleted";
        case EndReason::expired:
            return "expired";
        case EndReason::deadline:
            return "deadline";
        case EndReason::bytes:
            return "bytes";
        case EndReason::withdrawn:
            return "withdrawn";
        case EndReason::replaced:
            return "replaced";
        case EndReason::disconnected:
            return "disconnected";
        case EndReason::shutdown:
            return "shutdown";
        case EndReason::refused:
            return "refused";
    }
    return "unknown";
}

}  // namespace turnpike::turn
