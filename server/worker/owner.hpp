// SPDX-License-Identifier: BSD-3-Clause
//
// Whose message this is: the worker that has what it asks for, where it names something that may
// be another worker's. Such a message goes to its owner as it came, before anything is decided
// about it: from a connection or a DTLS association with all of that (handed_connection.hpp,
// handed_association.hpp), from a datagram by itself (visitor_desk.hpp).
#pragma once

#include <optional>

#include "protocol/message.hpp"
#include "server/worker/client_message.hpp"
#include "server/worker/context.hpp"

namespace turnpike::worker {

// Whose allocation the ticket in this message is for; none where there is none that is good.
[[nodiscard]] std::optional<WorkerIndex> ticket_owner(const turn::Settings& settings,
                                                      const protocol::Message& message) noexcept;

// Of what comes by a connection or an association. None: this worker's, or nobody's.
[[nodiscard]] std::optional<WorkerIndex> owner_elsewhere(Context& context,
                                                         const ClientMessage& message,
                                                         const protocol::Message& decoded);

}  // namespace turnpike::worker
