// SPDX-License-Identifier: BSD-3-Clause
//
// What all workers share, and the workers: made from a configuration, changed by another one as a
// whole or not at all. Used by the thread that runs the server; what is Shared, by the workers too.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/result.hpp"
#include "protocol/time.hpp"
#include "server/accounts/attendance.hpp"
#include "server/config/config.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/acceleration.hpp"
#include "server/worker/applied_change.hpp"
#include "server/worker/assemble.hpp"
#include "server/worker/bookkeeping.hpp"
#include "server/worker/certificate_keeper.hpp"
#include "server/worker/change_problem.hpp"
#include "server/worker/handover.hpp"
#include "server/worker/listeners.hpp"
#include "server/worker/post_office.hpp"
#include "server/worker/shared.hpp"
#include "server/worker/worker.hpp"

namespace turnpike::worker {

struct Commons {
    struct Surroundings {
        telemetry::Log& log;  // outlives it
        Listeners::Post post;
        net::InheritedSockets inherited{};
        std::optional<Handover> handover{};  // of the process before
    };
    // Throws std::runtime_error where a certificate cannot be read.
    Commons(const config::Config& configuration, Surroundings surroundings);
    Commons(const Commons&) = delete;
    Commons& operator=(const Commons&) = delete;

    // Opens every listener. Throws std::runtime_error that names the one which cannot be had.
    void open_workers();
    // Once the workers run. What needs a restart has to be as it was.
    [[nodiscard]] protocol::Result<AppliedChange, ChangeProblem> apply(const config::Config& next,
                                                                       protocol::Moment now);
    // False where the worker takes no order now; that is logged.
    [[nodiscard]] bool deliver(WorkerIndex to, Order order) const;
    // How many took none of those that `make_order` made.
    template <typename MakeOrder>
    std::size_t tell_all(MakeOrder&& make_order) const {
        std::size_t unheard = 0;
        for (std::size_t index = 0; index < workers.size(); ++index) {
            if (!deliver(static_cast<WorkerIndex>(index), make_order())) ++unheard;
        }
        return unheard;
    }

    config::Config config;
    telemetry::Log& log;
    std::vector<RelayAddress> relays;
    std::vector<protocol::IpAddress> relayed;
    std::optional<Handover> handover;  // until the workers have it
    RunKeys keys;
    RelayDirectory directory;
    RulesSlot rules;
    net::TlsSlot tls;
    CertificateKeeper certificates;
    Redirection redirection;
    ConnectionLimits connections;
    ConnectionDirectory peer_connections;
    ConnectionLimits associations;
    ConnectionLimits handshakes;
    net::DtlsCookies cookies;
    std::unique_ptr<Acceleration> acceleration;
    accounts::Attendance attendance;
    Shared shared;
    PostOffice post_office;
    Bookkeeping books;
    std::vector<std::unique_ptr<Worker>> workers;
    Listeners listeners;

private:
    void hand_to_workers();
    void end_inheritance();
    void apply_acceleration(config::Acceleration before);
    // How many workers have yet to take up what was handed to them, and to release what was not.
    std::atomic<std::size_t> to_take_up_{0};
    std::atomic<std::size_t> to_release_{0};

    // How many workers did not hear of it.
    std::size_t take_over(const config::Config& next, protocol::Moment now);
};

}  // namespace turnpike::worker
