// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/succession.hpp"

#include <fmt/format.h>

#include <chrono>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "server/worker/assemble.hpp"
#include "server/worker/handover_file.hpp"
#include "server/worker/process_user.hpp"

namespace turnpike::worker {

using telemetry::Area;

namespace {

protocol::TimePoint now() noexcept {
    return std::chrono::steady_clock::now();
}

std::size_t allocations_of(const Handover& handover) {
    std::size_t count = 0;
    for (const HandedWorker& worker : handover.workers) count += worker.allocations.size();
    return count;
}

// Empty: none.
std::string obstacle_to(const Handover& handover, const config::Server& server) {
    if (handover.node != node_name(server)) {
        return fmt::format("it is of {}, see server.node", handover.node);
    }
    if (handover.workers.size() != worker_count(server)) {
        return fmt::format("it had {} workers, see server.workers", handover.workers.size());
    }
    return {};
}

}  // namespace

std::optional<Handover> take_handover(const config::Config& config, telemetry::Log& log) {
    const auto user = process_user(config.server.user);
    auto [handover, problem] =
        find_handover(config.server.handover_file, user ? std::optional{user->user} : std::nullopt);
    if (handover) problem = obstacle_to(*handover, config.server);
    if (!problem.empty()) {
        log.warning(Area::server, "calls of the server before do not go on",
                    {{"file", config.server.handover_file}, {"reason", problem}});
        return std::nullopt;
    }
    if (handover) {
        log.info(
            Area::server, "going on after the server before",
            {{"allocations", allocations_of(*handover)}, {"in_time", now() < handover->until}});
    }
    return std::move(handover);
}

bool can_hand_over(const Commons& commons) {
    const config::Server& config = commons.config.server;
    if (config.handover == std::chrono::seconds{0}) return false;
    const auto possible = can_leave(config.handover_file);
    if (possible) return true;
    commons.log.error(Area::server, "no call goes on in the next server",
                      {{"reason", possible.error().why}, {"advice", "see server.handover_file"}});
    return false;
}

Handover collect_handover(Commons& commons) {
    // What it relays from now on nobody would count.
    if (commons.acceleration && !commons.acceleration->can_stay()) commons.acceleration->stop();
    std::vector<std::future<HandedWorker>> leaving;
    for (const auto& worker : commons.workers) leaving.push_back(worker->hand_over());
    Handover handover{.boot = boot_name(),
                      .node = commons.shared.node,
                      .run = commons.shared.run,
                      .until = now() + commons.config.server.handover,
                      .keys = commons.keys,
                      .workers = {},
                      .limits = {}};
    for (auto& each : leaving) handover.workers.push_back(each.get());
    for (auto& share : commons.attendance.shares(now())) {
        std::optional<std::uint32_t> pool;
        if (commons.acceleration && share.is_held) {
            pool = commons.acceleration->limits().index_of(share.limits);
        }
        handover.limits.push_back({.share = std::move(share), .pool = pool});
    }
    if (commons.acceleration) handover.kernel = commons.acceleration->leave(handover.until);
    return handover;
}

void leave_behind(const Handover& handover, Commons& commons) {
    const config::Server& config = commons.config.server;
    const auto left = leave(handover, config.handover_file);
    if (!left) {
        if (commons.acceleration) commons.acceleration->stop();
        return commons.log.error(Area::server, "no call goes on in the next server",
                                 {{"reason", left.error().why}});
    }
    commons.log.info(Area::server, "calls wait for the next server",
                     {{"allocations", allocations_of(handover)}, {"seconds", config.handover}});
}

}  // namespace turnpike::worker
