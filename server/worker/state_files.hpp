// SPDX-License-Identifier: BSD-3-Clause
//
// Whether this process, as the user that it runs as, can have the files that a server keeps its
// state in: asked of the kernel before anything is opened. Values.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace turnpike::worker {

struct Obstacle {
    bool is_fatal = false;  // a file that is there: doing without it would hide what it holds
    std::string what;       // and, for one that is there, what to do
};

// The first that cannot be read and written, or made, with its folder; of those that are there
// first. None: all is well.
[[nodiscard]] std::optional<Obstacle> obstacle_to(const std::vector<std::string>& files);

}  // namespace turnpike::worker
