// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/own_relay.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "auth/timed_secret.hpp"
#include "client/check.hpp"
#include "server/net/file_descriptor.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/assemble.hpp"
#include "server/worker/server.hpp"

namespace turnpike::doctor {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view check = "relay";
constexpr std::string_view name = "turnpike-doctor";
constexpr auto login_lifetime = 10min;

protocol::Uri uri_to(const Entry& entry, const std::string& hostname) {
    return {.host = hostname.empty() ? entry.server.address.to_string() : hostname,
            .port = entry.server.port,
            .transport = entry.transport,
            .transport_given = true,
            .relays = true};
}

client::CheckSettings check_settings(const config::Config& config,
                                     const std::optional<auth::Login>& login) {
    client::CheckSettings settings{.login = login};
    settings.connect.timeout = 3s;
    settings.connect.trust.verify = false;  // certificates are judged apart
    settings.packets = 3;
    settings.now = std::chrono::system_clock::now();
    const auto relays = worker::relay_addresses(config.relay);
    const bool has_v4 = std::ranges::any_of(
        relays, [](const worker::RelayAddress& each) { return each.local.is_v4(); });
    if (!has_v4) settings.relay_family = protocol::Family::ipv6;
    return settings;
}

// A server for the length of an examination. Nobody is told of it, and nothing is written down.
class Trial {
public:
    explicit Trial(const config::Config& config)
        : silence_{::open("/dev/null", O_WRONLY | O_CLOEXEC)},
          log_{{.descriptor = silence_.get(),
                .levels = telemetry::LogLevels{telemetry::Level::error}}},
          server_{config, log_},
          thread_{[this] { run(); }} {}
    ~Trial() {
        server_.stop();
        thread_.join();
    }
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

    [[nodiscard]] Doors doors() const {
        return {.udp = server_.udp(),
                .tcp = server_.tcp(),
                .tls = server_.tls(),
                .dtls = server_.dtls(),
                .automatic = server_.automatic()};
    }
    [[nodiscard]] const auth::Login& login() const noexcept { return server_.probe_login(); }

private:
    void run() {
        try {
            server_.run();
        } catch (const std::exception&) {
            // It does not answer then, and that is found out.
        }
    }

    net::FileDescriptor silence_;
    telemetry::Log log_;
    worker::Server server_;
    std::thread thread_;
};

config::Config trial_config(config::Config config) {
    config.storage.url.clear();
    config.admin.listen.clear();
    config.redirect.mode = config::RedirectMode::off;
    config.server.workers = 1;
    return config;
}

Finding judge_way(const client::CheckReport::Way& way) {
    const auto bad = std::ranges::find(way.steps, false, &client::CheckReport::Step::passed);
    if (bad != way.steps.end()) {
        return {
            .grade = Grade::problem,
            .check = check,
            .seen = fmt::format("{} at {}: {}: {}", way.uri, way.server, bad->name, bad->detail),
            .advice = bad->cause};
    }
    std::string text = fmt::format("{} at {}", way.uri, way.server);
    for (const auto& step : way.steps) {
        if (!step.took || (step.name != "Allocate" && step.name != "relayed packet")) continue;
        text += fmt::format(", {} {:.2f} ms", step.name,
                            std::chrono::duration<double, std::milli>(*step.took).count());
    }
    return well(check, std::move(text));
}

}  // namespace

std::optional<auth::Login> login_for(const config::Config& config, const std::string& secret,
                                     std::chrono::system_clock::time_point now) {
    const std::string& chosen =
        config.auth.secrets.empty() ? secret : config.auth.secrets.front().secret;
    if (!chosen.empty()) {
        const std::string username = auth::timed_username(now + login_lifetime, name, {});
        return auth::Login{username, auth::timed_password(chosen, username)};
    }
    if (config.users.empty()) return std::nullopt;
    return auth::Login{config.users.front().name, config.users.front().password};
}

Findings judge_ways(const client::CheckReport& report) {
    Findings findings;
    for (const auto& way : report.ways()) findings.push_back(judge_way(way));
    return findings;
}

Findings examine_relay(const Doors& doors, const config::Config& config,
                       const std::optional<auth::Login>& login) {
    const client::CheckSettings settings = check_settings(config, login);
    client::CheckReport report{nullptr};
    for (const Entry& entry : entries(doors, config.listen.proxies)) {
        protocol::Uri uri = uri_to(entry, config.server.hostname);
        if (!login) uri.relays = false;
        client::check(uri, entry.server, settings, report);
    }
    Findings findings = judge_ways(report);
    if (login) return findings;
    findings.push_back({.grade = Grade::warning,
                        .check = check,
                        .seen = "no login is known here, so nothing was relayed",
                        .advice = "set auth.secrets, or `turnpike secret add`; or run "
                                  "`turnpike-bench check --user NAME turn:HOST` with a password"});
    return findings;
}

Findings examine_trial(const config::Config& config) {
    try {
        const Trial trial{trial_config(config)};
        Findings findings = examine_relay(trial.doors(), config, trial.login());
        findings.insert(findings.begin(),
                        well(check, "no server runs here; one was started to be asked, and ended"));
        return findings;
    } catch (const std::exception& failure) {
        return {{.grade = Grade::problem,
                 .check = check,
                 .seen = failure.what(),
                 .advice = "the server does not start as long as this is so"}};
    }
}

}  // namespace turnpike::doctor
