// SPDX-License-Identifier: BSD-3-Clause
//
// The file by which a Handover gets from one process to the next. It holds secrets: only its owner
// may read it, it is written whole or not at all, and it is gone once it was taken up.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "protocol/result.hpp"
#include "server/worker/handover.hpp"
#include "server/worker/handover_text.hpp"

namespace turnpike::worker {

// The machine's, since it was started.
[[nodiscard]] std::string boot_name();

// Whether it could be left there: a folder that this process may write to.
[[nodiscard]] protocol::Result<void, NoHandover> can_leave(const std::string& file);
[[nodiscard]] protocol::Result<void, NoHandover> leave(const Handover& handover,
                                                       const std::string& file);
struct Found {
    std::optional<Handover> handover;
    std::string problem;  // why what was there is of no use; empty: nothing was
};
// Of this process, or of whom it will become.
[[nodiscard]] Found find_handover(const std::string& file, std::optional<uid_t> owner = {});
// Whoever has taken it up removes it.
void forget_handover(const std::string& file) noexcept;

}  // namespace turnpike::worker
