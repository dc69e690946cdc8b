// SPDX-License-Identifier: BSD-3-Clause
//
// A Handover as text, which another version of the server can read too: JSON.
#pragma once

#include <string>
#include <string_view>

#include "protocol/result.hpp"
#include "server/worker/handover.hpp"

namespace turnpike::worker {

struct NoHandover {
    std::string why;
};

[[nodiscard]] std::string to_text(const Handover& handover);
// Why not, where it is none that this version can take up.
[[nodiscard]] protocol::Result<Handover, NoHandover> parse_handover(std::string_view text);

}  // namespace turnpike::worker
