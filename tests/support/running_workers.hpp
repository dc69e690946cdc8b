// SPDX-License-Identifier: BSD-3-Clause
//
// Workers as a server has them, each on a thread and with a TCP listener of its own, so that a test
// says which of them a client comes to. What they share is the test's to look at.
#pragma once

#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "server/net/socket_options.hpp"
#include "server/net/tcp_listener.hpp"
#include "server/worker/assemble.hpp"
#include "server/worker/worker.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::test {

class RunningWorkers {
public:
    explicit RunningWorkers(std::size_t count, const config::Config& config = loopback_config())
        : config_{config}, post_office{count} {
        for (std::size_t index = 0; index < count; ++index) {
            auto& worker = workers_.emplace_back(std::make_unique<worker::Worker>(
                static_cast<worker::WorkerIndex>(index), shared, post_office));
            auto listener = net::open_tcp_listener({own_loopback(1), 0});
            listeners_.push_back(net::bound_to(listener->get()));
            worker->listen_tcp(*std::move(listener));
        }
        for (const auto& worker : workers_) {
            threads_.emplace_back([&each = *worker] { each.run(); });
        }
    }
    ~RunningWorkers() {
        for (const auto& worker : workers_) worker->stop();
        for (std::thread& thread : threads_) thread.join();
    }
    RunningWorkers(const RunningWorkers&) = delete;
    RunningWorkers& operator=(const RunningWorkers&) = delete;

    [[nodiscard]] std::uint64_t count(std::size_t worker, telemetry::Counter counter) const {
        return workers_[worker]->counters().read(counter);
    }
    [[nodiscard]] const telemetry::WorkerCounters& counters(std::size_t worker) const {
        return workers_[worker]->counters();
    }
    [[nodiscard]] SocketClient client_of(std::size_t worker, std::string user = "alice",
                                         std::string password = "wonderland") const {
        return SocketClient{std::make_unique<TcpWire>(endpoint("127.0.0.2:0"), listeners_[worker]),
                            std::move(user), std::move(password)};
    }

private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    config::Config config_;
    std::unique_ptr<std::FILE, Close> log_file_{
        std::tmpfile()};  // outlives log_, which writes to it
    telemetry::Log log_{telemetry::LogOptions{.descriptor = ::fileno(log_file_.get())}};
    std::vector<worker::RelayAddress> relays_ = worker::relay_addresses(config_.relay);
    std::vector<protocol::IpAddress> relayed_{relays_.front().advertised};
    worker::RunKeys keys_ = worker::make_run_keys();

public:
    worker::RelayDirectory directory{relays_, config_.relay.ports.min, config_.relay.ports.max};
    worker::RulesSlot rules{
        worker::make_rules(config_, {.relays = relays_, .keys = keys_, .live = directory})};
    worker::Redirection redirection{worker::RedirectMode::off, 0};
    worker::ConnectionLimits connections{config_.limits.tcp_connections,
                                         config_.limits.tcp_connections_per_address};
    worker::ConnectionDirectory peer_connections;
    net::TlsSlot tls;
    worker::ConnectionLimits associations{0, 0};
    worker::ConnectionLimits handshakes{0, 0};
    net::DtlsCookies cookies{{}};
    accounts::Attendance attendance{std::chrono::seconds{3}};
    worker::Shared shared{.rules = rules,
                          .relayed = relayed_,
                          .directory = directory,
                          .redirection = redirection,
                          .connections = connections,
                          .peer_connections = peer_connections,
                          .tls = tls,
                          .associations = associations,
                          .handshakes = handshakes,
                          .cookies = cookies,
                          .attendance = attendance,
                          .packet_io = net::best_packet_io(),
                          .log = log_};
    worker::PostOffice post_office;

private:
    std::vector<std::unique_ptr<worker::Worker>> workers_;
    std::vector<protocol::Endpoint> listeners_;
    std::vector<std::thread> threads_;
};

}  // namespace turnpike::test
