// SPDX-License-Identifier: BSD-3-Clause
//
// What an operator asks of a running server, as the command line says it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "server/config_arguments.hpp"

namespace turnpike {

struct SessionsCommand {
    enum class Action : std::uint8_t { list, show, end };
    ConfigArguments config;
    Action action{};
    std::string id{};  // of show; of end: one of them
    std::string user{};
    std::string call{};
    std::string client{};
    std::string transport{};
    bool as_json = false;
};

struct DrainCommand {
    ConfigArguments config;
    std::optional<std::chrono::seconds> deadline{};
    bool wait = false;  // until it has ended
    bool as_json = false;
};

struct ReloadCommand {
    ConfigArguments config;
    bool as_json = false;
};

struct LogCommand {
    ConfigArguments config;
    std::map<std::string, std::string> levels{};  // by area; none: say what they are
    bool as_json = false;
};

struct EventsCommand {
    ConfigArguments config;
};

}  // namespace turnpike
