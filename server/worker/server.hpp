// SPDX-License-Identifier: BSD-3-Clause
//
// The whole relay: what all workers share, the workers, and their start, changes and end.
// Everything is opened before anything is served, so a bad address stops the start and never a
// running server; and a change is made whole, or refused whole.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/login.hpp"
#include "protocol/address.hpp"
#include "protocol/result.hpp"
#include "server/config/config.hpp"
#include "server/net/inherited_sockets.hpp"
#include "server/telemetry/counters.hpp"
#include "server/telemetry/log.hpp"
#include "server/telemetry/metrics.hpp"
#include "server/worker/applied_change.hpp"
#include "server/worker/change_problem.hpp"
#include "server/worker/drain.hpp"
#include "server/worker/redirection.hpp"
#include "server/worker/session_info.hpp"

namespace turnpike::worker {

class Server {
public:
    struct Status {
        Drain::State state = Drain::State::serving;
        std::size_t allocations = 0;
        std::chrono::seconds left{0};  // until the deadline, while draining
        std::size_t stuck = 0;         // workers whose loop does not turn
    };
    // Called by the thread in run().
    struct Hooks {
        std::function<void()> ready{};              // every listener serves
        std::function<void()> reload{};             // SIGHUP; none: certificates are read again
        std::function<void(const Status&)> tick{};  // twice a second, and when the state changes
        // The end has begun, and takes so long at most.
        std::function<void(std::chrono::seconds)> stopping{};
    };
    // Opens every listener. Throws std::runtime_error that names the address, the reason and what
    // to do about it. The log outlives the server.
    Server(const config::Config& config, telemetry::Log& log, net::InheritedSockets inherited = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Serves until a drain is over or stop(); every allocation has ended when it returns. SIGTERM
    // and SIGINT drain for server.stop_seconds, a second one ends at once; SIGUSR1 drains for
    // server.drain_seconds. The files of the database are made by who we are then. Throws
    // std::runtime_error, as above.
    void run(Hooks hooks);
    void run() { run(Hooks{}); }
    // From any thread, before or during run().
    void stop();

    // No new allocations; ends with the last one, or after so long (none: server.drain_seconds).
    // From any thread.
    void drain(std::optional<std::chrono::seconds> patience);
    [[nodiscard]] Status status() const;  // any thread

    // The parts of the configuration that need no restart; the others have to be as they were. All
    // of it is in force afterwards, or nothing has changed. For the thread in run().
    [[nodiscard]] protocol::Result<AppliedChange, ChangeProblem> apply(
        const config::Config& config);
    // Runs it on the thread in run(), later. From any thread.
    void post(std::function<void()> work);

    // Over all workers; the handler is called once, later, by any thread, with what those said that
    // answered in time. From any thread.
    void list_sessions(const SessionQuery& query, std::function<void(SessionPage)> handler);
    // ... with how many were ended.
    void end_sessions(const SessionFilter& filter, std::function<void(SessionsEnded)> handler);

    // From now on new allocations are sent to redirect.servers, or no longer. From any thread.
    void redirect(RedirectMode mode);

    // Where it listens, with the ports that the kernel chose for port 0. Not while a change is
    // applied.
    [[nodiscard]] std::vector<protocol::Endpoint> udp() const;
    [[nodiscard]] std::vector<protocol::Endpoint> dtls() const;
    [[nodiscard]] std::vector<protocol::Endpoint> tcp() const;
    [[nodiscard]] std::vector<protocol::Endpoint> tls() const;
    [[nodiscard]] std::vector<protocol::Endpoint> automatic() const;

    // How the server itself logs in, to see whether it works. Any thread.
    [[nodiscard]] const auth::Login& probe_login() const noexcept;

    [[nodiscard]] telemetry::CounterValues counters() const;  // any thread
    // All but the condition, which is for the caller to fill in. Any thread.
    [[nodiscard]] telemetry::Metrics metrics() const;
    // Of the journal of usage, from 0 to 1.
    [[nodiscard]] double journal_fill() const;     // any thread
    [[nodiscard]] std::size_t free_ports() const;  // any thread

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace turnpike::worker
