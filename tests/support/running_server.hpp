// SPDX-License-Identifier: BSD-3-Clause
//
// A whole server in the test's own process, on loopback, in a thread of its own. Relays are opened
// on an address that only this process uses; peers live on 127.0.0.2 and above, which are ours to
// bind and not the server's own.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "server/config/load.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/server.hpp"
#include "tests/support/socket_client.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::test {

// 127.64-127.x.x: by process, so that test programs that run side by side do not meet.
inline protocol::IpAddress own_loopback(std::uint8_t host) {
    const auto process = static_cast<std::uint32_t>(::getpid());
    return protocol::IpAddress::v4(0x7F400000U | ((process & 0x3FFFU) << 8U) | host);
}

inline config::Config loopback_config() {
    config::Config config = config::load({.spare_secret = "spare"}).config;
    config.realm = "example.org";
    config.listen = {};
    config.listen.udp = {{own_loopback(1), 0}};
    config.listen.tcp = {{own_loopback(1), 0}};
    config.relay.addresses = {own_loopback(1)};
    config.relay.ports = {50000, 50099};
    config.peers.allow = {*protocol::Subnet::parse("127.0.0.0/8")};
    config.users = {{"alice", "wonderland"}, {"bob", "builder"}};
    config.server.workers = 1;
    config.storage.url.clear();  // not even the default
    return config;
}

inline std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator{"/proc/self/fd"}) {
        ++count;
    }
    return count;
}

class RunningServer {
public:
    explicit RunningServer(const config::Config& config = loopback_config(),
                           telemetry::LogLevels levels = telemetry::LogLevels{})
        : log_file_{std::tmpfile()},
          log_{std::make_unique<telemetry::Log>(
              telemetry::LogOptions{.descriptor = ::fileno(log_file_), .levels = levels})},
          server_{std::make_unique<worker::Server>(config, *log_)},
          thread_{[this] { server_->run(); }} {}
    ~RunningServer() {
        stop();
        log_.reset();
        std::fclose(log_file_);
    }
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;

    // Every allocation has ended when it returns.
    void stop() {
        if (!thread_.joinable()) return;
        server_->stop();
        thread_.join();
    }
    // It ends by itself: somebody has asked for that.
    void wait() { thread_.join(); }
    // Stops, and yields what was logged.
    std::string log() {
        stop();
        server_.reset();
        log_.reset();
        std::rewind(log_file_);
        std::string text(1U << 20U, '\0');
        text.resize(std::fread(text.data(), 1, text.size(), log_file_));
        return text;
    }

    // A change while it runs. Empty: done; else why not.
    [[nodiscard]] std::string apply(const config::Config& config) {
        std::promise<std::string> said;
        auto what = said.get_future();
        server_->post([&] {
            const auto applied = server_->apply(config);
            said.set_value(applied ? std::string{} : applied.error().what);
        });
        return what.get();
    }
    [[nodiscard]] worker::SessionPage sessions(const worker::SessionQuery& query = {}) {
        std::promise<worker::SessionPage> said;
        auto page = said.get_future();
        server_->list_sessions(query, [&](worker::SessionPage each) { said.set_value(each); });
        return page.get();
    }
    [[nodiscard]] std::size_t end_sessions(const worker::SessionFilter& filter) {
        std::promise<std::size_t> said;
        auto count = said.get_future();
        server_->end_sessions(filter,
                              [&](worker::SessionsEnded each) { said.set_value(each.ended); });
        return count.get();
    }

    [[nodiscard]] worker::Server& operator*() { return *server_; }
    [[nodiscard]] worker::Server* operator->() { return server_.get(); }
    [[nodiscard]] protocol::Endpoint udp() const { return server_->udp().front(); }
    [[nodiscard]] protocol::Endpoint tcp() const { return server_->tcp().front(); }
    [[nodiscard]] std::uint64_t count(telemetry::Counter counter) const {
        return server_->counters()[static_cast<std::size_t>(counter)];
    }
    // Waits for a counter that nothing else announces.
    [[nodiscard]] bool reaches(telemetry::Counter counter, std::uint64_t value) const {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (count(counter) < value) {
            if (std::chrono::steady_clock::now() > until) return false;
            std::this_thread::yield();
        }
        return true;
    }

    [[nodiscard]] SocketClient udp_client(std::string user = "alice",
                                          std::string password = "wonderland") const {
        return SocketClient{std::make_unique<UdpWire>(endpoint("127.0.0.2:0"), udp()),
                            std::move(user), std::move(password)};
    }
    [[nodiscard]] SocketClient tcp_client(std::string user = "alice",
                                          std::string password = "wonderland") const {
        return SocketClient{std::make_unique<TcpWire>(endpoint("127.0.0.2:0"), tcp()),
                            std::move(user), std::move(password)};
    }

private:
    std::FILE* log_file_;
    std::unique_ptr<telemetry::Log> log_;
    std::unique_ptr<worker::Server> server_;
    std::thread thread_;
};

}  // namespace turnpike::test
