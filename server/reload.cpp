// SPDX-License-Identifier: BSD-3-Clause
#include "server/reload.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace turnpike {
namespace {

// Two secrets look the same when they are masked.
[[nodiscard]] admin::ConfigChange change_of(const config::Setting& before,
                                            const config::Setting& after) {
    const config::Option& option = *before.option;
    std::string old_text = config::to_masked_toml(option, before.value);
    std::string new_text = config::to_masked_toml(option, after.value);
    if (old_text == new_text) new_text += "  # another value, not shown";
    return {.key = std::string{option.key},
            .before = std::move(old_text),
            .after = std::move(new_text),
            .needs_restart = option.needs_restart};
}

// The file of secrets is the same, and what it holds is not.
void add_secrets_of_file(const config::Loaded& present, const config::Loaded& next,
                         std::vector<admin::ConfigChange>& changes) {
    const bool is_told = std::ranges::any_of(changes, [](const admin::ConfigChange& each) {
        return each.key.starts_with("auth.secrets");
    });
    if (is_told || present.config.auth.secrets == next.config.auth.secrets) return;
    const std::string file = config::quoted(next.config.auth.secrets_file);
    changes.push_back({.key = "auth.secrets_file",
                       .before = file,
                       .after = file + "  # other secrets, not shown"});
}

}  // namespace

Reload plan_reload(const config::Loaded& present, config::Loaded next) {
    Reload plan;
    for (std::size_t index = 0; index < next.settings.size(); ++index) {
        const config::Setting& before = present.settings[index];
        config::Setting& after = next.settings[index];
        if (before.value == after.value) continue;
        plan.changes.push_back(change_of(before, after));
        if (!before.option->needs_restart) continue;
        before.option->store(next.config, before.value);
        after = before;
    }
    add_secrets_of_file(present, next, plan.changes);
    plan.loaded = std::move(next);
    return plan;
}

}  // namespace turnpike
