// SPDX-License-Identifier: BSD-3-Clause
//
// The whole relay: what all workers share, the workers, and their start and end. Everything is
// opened before anything is served, so a bad address stops the start and never a running server.
#pragma once

#include <memory>
#include <vector>

#include "protocol/address.hpp"
#include "server/config/config.hpp"
#include "server/telemetry/counters.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/redirection.hpp"

namespace turnpike::worker {

class Server {
public:
    // Opens every listener. Throws std::runtime_error that names the address, the reason and what
    // to do about it. The log outlives the server.
    Server(const config::Config& config, telemetry::Log& log);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Serves until SIGTERM, SIGINT or stop(); every allocation has ended when it returns. The files
    // of the database are made by who we are then. Throws std::runtime_error, as above.
    void run();
    // From any thread, before or during run().
    void stop();

    // From now on new allocations are sent to redirect.servers, or no longer. From any thread.
    void redirect(RedirectMode mode);

    // Where it listens, with the ports that the kernel chose for port 0.
    [[nodiscard]] const std::vector<protocol::Endpoint>& udp() const noexcept;
    [[nodiscard]] const std::vector<protocol::Endpoint>& dtls() const noexcept;
    [[nodiscard]] const std::vector<protocol::Endpoint>& tcp() const noexcept;
    [[nodiscard]] const std::vector<protocol::Endpoint>& tls() const noexcept;
    [[nodiscard]] const std::vector<protocol::Endpoint>& automatic() const noexcept;

    [[nodiscard]] telemetry::CounterValues counters() const;
    [[nodiscard]] std::size_t free_ports() const;
    [[nodiscard]] double journal_fill() const;  // from 0 to 1

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace turnpike::worker
