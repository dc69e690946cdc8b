// SPDX-License-Identifier: BSD-3-Clause
//
// The relay as it is run: with the admin interface beside it, under a service manager, with no more
// privileges than it needs. Everything is opened before privileges are dropped. Used by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/admin/listener.hpp"
#include "server/admin/server.hpp"
#include "server/load_meter.hpp"
#include "server/operations.hpp"
#include "server/systemd.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/server.hpp"

namespace turnpike {

class Service {
public:
    // Opens every listener. Throws std::runtime_error that says what could not be had and what to
    // do. The log outlives it.
    Service(Operations::Start start, telemetry::Log& log);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // Returns when the relay has been asked to end, and has ended everything.
    void run();

private:
    void open_admin(const config::Loaded& loaded);
    [[nodiscard]] protocol::Result<Operations::Prepared, worker::ChangeProblem> prepare_admin(
        const config::Config& config);
    [[nodiscard]] std::string status_text(const worker::Server::Status& status);
    void reload();
    void tick(const worker::Server::Status& status);

    telemetry::Log& log_;
    const config::Config at_start_;
    ServiceManager manager_;
    LoadMeter meter_;
    LoadMeter::TimePoint told_{};  // of the status
    std::string token_;            // of the admin interface, as it is in force
    std::optional<admin::Listener> door_;
    // In the order of their making. Probes end before all of them, since they ask the relay and
    // answer the admin interface; then the relay goes first, because its answers may be on their
    // way to the others.
    std::unique_ptr<worker::Server> relay_;
    std::unique_ptr<Operations> operations_;
    std::unique_ptr<admin::Server> admin_;
};

}  // namespace turnpike
