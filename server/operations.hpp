// SPDX-License-Identifier: BSD-3-Clause
//
// The running server as an operator steers it: what the admin interface and signals ask is carried
// out here, over the relay, the log and the configuration. reload() and the hooks are called by the
// thread that runs the relay, the rest by any.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "server/admin/backend.hpp"
#include "server/admin/event_source.hpp"
#include "server/config/load.hpp"
#include "server/config_arguments.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/server.hpp"

namespace turnpike {

class Operations final : public admin::Backend, public admin::EventSource {
public:
    struct Start {
        ConfigArguments arguments;                // where a reload reads
        std::optional<std::string> spare_secret;  // as it was at the start
        config::Loaded loaded;                    // what is in force
    };
    // What a reload changes beside the relay. An error refuses all of it.
    struct Prepared {
        std::function<void()> apply{};  // puts it in force
        bool has_other_token = false;   // than before
    };
    using Prepare =
        std::function<protocol::Result<Prepared, worker::ChangeProblem>(const config::Config&)>;

    // Relay and log outlive it.
    Operations(Start start, worker::Server& relay, telemetry::Log& log, Prepare prepare);
    ~Operations() override;

    // Returns when no probe is under way: its handler was called by then, or is not any more. Those
    // that are asked for from now on are not answered. Before the relay goes, and who asks.
    void end_probes();

    // Reads the configuration anew. All of what can change at once is in force afterwards, or
    // nothing has changed and the reasons are told; both are logged.
    [[nodiscard]] admin::ReloadReport reload();

    void list_sessions(worker::SessionQuery query,
                       admin::Handler<worker::SessionPage> handler) override;
    void end_sessions(worker::SessionFilter filter,
                      admin::Handler<worker::SessionsEnded> handler) override;
    void reload(admin::Handler<admin::ReloadReport> handler) override;
    void drain(std::optional<std::chrono::seconds> deadline,
               admin::Handler<admin::DrainStatus> handler) override;
    void drain_status(admin::Handler<admin::DrainStatus> handler) override;
    void probe(admin::Handler<admin::Readiness> handler) override;
    void effective_config(admin::Handler<std::vector<admin::ConfigSetting>> handler) override;
    void metrics(admin::Handler<std::string> handler) override;
    [[nodiscard]] admin::LogLevels log_levels() override;
    [[nodiscard]] std::string set_log_levels(const admin::LogLevels& levels) override;

    [[nodiscard]] std::vector<admin::Event> tail(std::uint64_t after, std::size_t max) override;
    [[nodiscard]] std::uint64_t newest() override;
    void on_event(std::function<void()> wake) override;

private:
    [[nodiscard]] admin::DrainStatus drain_status() const;
    [[nodiscard]] admin::ReloadReport refused(std::vector<std::string> reasons);
    void change_levels(const telemetry::LogLevels& before, const telemetry::LogLevels& after);
    void tell(const admin::ReloadReport& report);

    // Constant after construction.
    ConfigArguments arguments_;
    std::optional<std::string> spare_secret_;
    worker::Server& relay_;
    telemetry::Log& log_;
    Prepare prepare_;
    // Of the thread that runs the relay.
    config::Loaded present_;
    // For any thread.
    std::atomic<bool> reload_ok_{true};
    std::atomic<std::chrono::system_clock::rep> reloaded_at_;
    boost::asio::thread_pool probes_{1};  // which wait for answers of our own
};

}  // namespace turnpike
