// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/connection_bind.hpp"

#include "protocol/attributes.hpp"

namespace turnpike::turn {

using protocol::ErrorCode;

protocol::Result<protocol::ConnectionId, ErrorCode> connection_bind(const Request& request,
                                                                    const Allocation* allocation) {
    const auto id = protocol::connection_id(request.message);
    if (!protocol::is_stream(request.five_tuple.transport) || !id || allocation == nullptr ||
        allocation->connections().state_of(*id) != PeerConnections::State::pending) {
        return ErrorCode::bad_request;
    }
    return *id;
}

}  // namespace turnpike::turn
