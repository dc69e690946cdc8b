// SPDX-License-Identifier: BSD-3-Clause
//
// The line for an operator who asks why somebody does not get in: each request that was answered
// with an error, on level debug of the area auth. The challenge that begins every talk is one too.
#pragma once

#include "server/telemetry/log.hpp"
#include "server/turn/outcome.hpp"
#include "server/worker/client_message.hpp"

namespace turnpike::worker {

// `reply` is an error, `message` the request. Costs nothing where the level leaves it out.
void log_refusal(telemetry::Log& log, const turn::Reply& reply, const ClientMessage& message);

}  // namespace turnpike::worker
