// SPDX-License-Identifier: BSD-3-Clause
//
// Makes a Config of a file, the environment and the command line, in this order of rising
// precedence, over the defaults of the table. Finds every problem, not only the first.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/config/config.hpp"
#include "server/config/option.hpp"
#include "server/config/problem.hpp"
#include "server/config/validate.hpp"
#include "server/config/value.hpp"

namespace turnpike::config {

struct Inputs {
    std::optional<std::filesystem::path> file{};
    // Names and values, as environment_name() spells them; others are not looked at, because
    // Kubernetes puts names of its own there for a service called turnpike.
    std::vector<std::pair<std::string, std::string>> environment{};
    std::vector<std::string> assignments{};  // "key=value" of --set
    // Used where nothing else names a user or a secret.
    std::optional<std::string> spare_secret{};
    Surroundings around{};
};

struct Setting {
    const Option* option = nullptr;
    Value value;
    std::string source;  // "turnpike.toml:12"; empty: the default
};

struct Loaded {
    Config config;                  // only where there are no errors
    std::vector<Setting> settings;  // one for each option, in the order of the table
    Problems errors;
    Problems warnings;
    bool used_spare_secret = false;

    [[nodiscard]] bool ok() const noexcept { return errors.empty(); }
};

[[nodiscard]] Loaded load(const Inputs& inputs);

// The same with the text of a file in hand.
[[nodiscard]] Loaded load_text(std::string_view text, std::string_view name, const Inputs& inputs);

// For whom [admin] is all that matters, because the running server knows the rest. `broken`: what
// load() made of the same inputs. What is wrong beside [admin] is then a warning; of the values
// only those of [admin] are good, and none was compared with others.
[[nodiscard]] Loaded load_admin(const Inputs& inputs, const Loaded& broken);

}  // namespace turnpike::config
