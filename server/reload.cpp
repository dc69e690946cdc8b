// SPDX-License-Identifier: BSD-3-Clause
#include "server/reload.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "server/config/validate.hpp"

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

[[nodiscard]] bool is_told(const std::vector<admin::ConfigChange>& changes, std::string_view keys) {
    return std::ranges::any_of(
        changes, [&](const admin::ConfigChange& each) { return each.key.starts_with(keys); });
}

[[nodiscard]] admin::ConfigChange change_in(std::string_view key, const std::string& file,
                                            std::string_view what) {
    const std::string quoted = config::quoted(file);
    return {.key = std::string{key}, .before = quoted, .after = (quoted + "  # ").append(what)};
}

// The file of secrets is the same, and what it holds is not.
void add_secrets_of_file(const config::Loaded& present, const config::Loaded& next,
                         std::vector<admin::ConfigChange>& changes) {
    if (is_told(changes, "auth.secrets")) return;
    if (present.config.auth.secrets == next.config.auth.secrets) return;
    changes.push_back(
        change_in("auth.secrets_file", next.config.auth.secrets_file, "other secrets, not shown"));
}

// The new file is good by itself. What it holds may still clash with what stays as it was.
[[nodiscard]] config::Problems clashes(const config::Loaded& mixed,
                                       const std::vector<admin::ConfigChange>& changes) {
    std::string waiting;
    for (const admin::ConfigChange& each : changes) {
        if (each.needs_restart) waiting.append(waiting.empty() ? "" : ", ").append(each.key);
    }
    config::Problems problems;
    if (waiting.empty()) return problems;
    for (const config::Finding& each : config::validate(mixed.config, {})) {
        if (each.severity != config::Severity::error) continue;
        const auto setting = std::ranges::find(
            mixed.settings, each.key,
            [](const config::Setting& candidate) { return candidate.option->key; });
        problems.push_back({setting == mixed.settings.end() ? "" : setting->source,
                            each.what + " (until a restart this stays as it was: " + waiting +
                                "; restart the server for all of it)"});
    }
    return problems;
}

}  // namespace

void add_changes_of_files(const config::Config& config, const FileNews& news,
                          std::vector<admin::ConfigChange>& changes) {
    if (news.has_other_certificates && !is_told(changes, "listen.certificate")) {
        changes.push_back(
            change_in("listen.certificate", config.listen.certificate, "another certificate"));
    }
    if (news.has_other_token && !is_told(changes, "admin.token")) {
        changes.push_back(
            change_in("admin.token_file", config.admin.token_file, "another token, not shown"));
    }
}

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
    plan.errors = clashes(next, plan.changes);
    plan.loaded = std::move(next);
    return plan;
}

}  // namespace turnpike
