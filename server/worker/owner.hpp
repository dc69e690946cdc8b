// SPDX-License-Identifier: BSD-3-Clause
//
// Whose message this is: the worker that has what it asks for, where it names something that may
// be another worker's. Such a message goes to its owner as it came, with its connection
// (handed_connection.hpp), before anything is decided about it.
#pragma once

#include <optional>

#include "protocol/message.hpp"
#include "server/worker/client_message.hpp"
#include "server/worker/context.hpp"

namespace turnpike::worker {

// None: this worker's, or nobody's.
[[nodiscard]] std::optional<WorkerIndex> owner_elsewhere(Context& context,
                                                         const ClientMessage& message,
                                                         const protocol::Message& decoded);

}  // namespace turnpike::worker
