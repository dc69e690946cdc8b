// SPDX-License-Identifier: BSD-3-Clause
//
// What an operator asks of the database, as the command line says it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/config_arguments.hpp"
#include "storage/records.hpp"

namespace turnpike {

struct MigrateCommand {
    ConfigArguments config;
};

struct UserCommand {
    enum class Action : std::uint8_t { add, remove, enable, disable, list };
    ConfigArguments config;
    Action action{};
    std::string name;
    bool generate = false;  // a password, rather than read one from standard input
    std::optional<std::string> call{};
    std::optional<storage::Time> deadline{};
    storage::Limits limits{};
    bool as_json = false;
};

struct CallCommand {
    enum class Action : std::uint8_t { create, extend, end, show, list };
    ConfigArguments config;
    Action action{};
    storage::Call call{};      // without a realm
    std::int64_t seconds = 0;  // of extend; fewer than none shorten it
    bool as_json = false;
};

struct SecretCommand {
    enum class Action : std::uint8_t { add, remove, list };
    ConfigArguments config;
    Action action{};
    std::string name;
    bool generate = false;
    std::optional<std::string> expired{};
    bool as_json = false;
};

}  // namespace turnpike
