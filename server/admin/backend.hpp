// SPDX-License-Identifier: BSD-3-Clause
//
// What the admin interface asks of the running server. Each call returns at once and is made by the
// admin thread; its handler is called once, later, by any thread. The server implements it; tests
// have one of their own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/worker/session_info.hpp"

namespace turnpike::admin {

template <typename T>
using Handler = std::function<void(T)>;

// A key whose value a reload changes. Values are TOML, secrets masked.
struct ConfigChange {
    std::string key;
    std::string before;
    std::string after;
    bool needs_restart = false;  // it stays as it was until then
};

struct ReloadReport {
    std::vector<std::string> errors{};  // with file and line; any: nothing was changed
    std::vector<std::string> warnings{};
    std::vector<ConfigChange> changes{};

    [[nodiscard]] bool ok() const noexcept { return errors.empty(); }
};

enum class Phase : std::uint8_t {
    serving,
    draining,  // no new allocations; ends when empty, or at its deadline
    ended,
};

struct DrainStatus {
    Phase phase = Phase::serving;
    std::size_t allocations = 0;
    std::chrono::seconds left{0};  // until the deadline, while draining
};

// Whether the server does what it is for.
struct Readiness {
    bool ready = false;
    std::string reason;  // why not; else what was done
    std::chrono::microseconds took{0};
};

struct ConfigSetting {
    std::string key;
    std::string value;   // TOML, secrets masked
    std::string source;  // "turnpike.toml:12"; "default"
    bool needs_restart = false;
};

// By area: "all", "turn", ...; the names are those of log.levels.
using LogLevels = std::map<std::string, std::string>;

class Backend {
public:
    virtual ~Backend() = default;

    virtual void list_sessions(worker::SessionQuery query,
                               Handler<worker::SessionPage> handler) = 0;
    virtual void end_sessions(worker::SessionFilter filter,
                              Handler<worker::SessionsEnded> handler) = 0;

    virtual void reload(Handler<ReloadReport> handler) = 0;
    // None: as configured. Again: another deadline.
    virtual void drain(std::optional<std::chrono::seconds> deadline,
                       Handler<DrainStatus> handler) = 0;
    virtual void drain_status(Handler<DrainStatus> handler) = 0;

    // An allocation through one of our own listeners, and a packet through it.
    virtual void probe(Handler<Readiness> handler) = 0;

    virtual void effective_config(Handler<std::vector<ConfigSetting>> handler) = 0;

    // In the text format of Prometheus.
    virtual void metrics(Handler<std::string> handler) = 0;

    // These two answer at once.
    [[nodiscard]] virtual LogLevels log_levels() = 0;
    // The areas that are named, or nothing. Empty: done; else why not.
    [[nodiscard]] virtual std::string set_log_levels(const LogLevels& levels) = 0;
};

}  // namespace turnpike::admin
