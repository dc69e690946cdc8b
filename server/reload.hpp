// SPDX-License-Identifier: BSD-3-Clause
//
// What a new configuration changes in a server that runs: what of it can be in force at once, and
// what has to stay as it is until a restart. Pure.
#pragma once

#include <vector>

#include "server/admin/backend.hpp"
#include "server/config/load.hpp"

namespace turnpike {

struct Reload {
    config::Loaded loaded;  // what is to be in force, with where it comes from
    std::vector<admin::ConfigChange> changes;
    // What is wrong with it for as long as the rest waits for a restart. Any: it must not be.
    config::Problems errors{};
};

// What is in files that the configuration names, and was something else before.
struct FileNews {
    bool has_other_certificates = false;
    bool has_other_token = false;
};
// Tells of it, where the changes do not tell already that other files are named.
void add_changes_of_files(const config::Config& config, const FileNews& news,
                          std::vector<admin::ConfigChange>& changes);

// Both are good; what comes of them together need not be.
[[nodiscard]] Reload plan_reload(const config::Loaded& present, config::Loaded next);

}  // namespace turnpike
