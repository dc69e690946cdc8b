// SPDX-License-Identifier: BSD-3-Clause
//
// How one server follows another on the same machine without ending calls
// (server.handover_seconds): the old one collects what its workers hand over and leaves it in a
// file, the new one finds it before anything of it is made. Used by the thread that runs the
// server.
#pragma once

#include <optional>

#include "server/config/config.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/commons.hpp"
#include "server/worker/handover.hpp"

namespace turnpike::worker {

// What the server before has left, if this one can go on with it. Says why not.
[[nodiscard]] std::optional<Handover> take_handover(const config::Config& config,
                                                    telemetry::Log& log);

// As the configuration wants it, and the file can be written. Says why not.
[[nodiscard]] bool can_hand_over(const Commons& commons);
// Ends the workers, but for their threads.
[[nodiscard]] Handover collect_handover(Commons& commons);
void leave_behind(const Handover& handover, Commons& commons);

}  // namespace turnpike::worker
