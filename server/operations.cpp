// SPDX-License-Identifier: BSD-3-Clause
#include "server/operations.hpp"

#include <utility>

#include <boost/asio/post.hpp>

#include "server/configuration.hpp"
#include "server/doctor/self_probe.hpp"
#include "server/reload.hpp"
#include "server/serve.hpp"
#include "server/telemetry/prometheus.hpp"

namespace turnpike {

using telemetry::Area;

namespace {

using WallClock = std::chrono::system_clock;

std::vector<std::string> texts(const config::Problems& problems) {
    std::vector<std::string> all;
    for (const config::Problem& each : problems) all.push_back(each.to_string());
    return all;
}

admin::Phase phase_of(worker::Drain::State state) {
    switch (state) {
        case worker::Drain::State::serving:
            return admin::Phase::serving;
        case worker::Drain::State::draining:
            return admin::Phase::draining;
        case worker::Drain::State::over:
            break;
    }
    return admin::Phase::ended;
}

}  // namespace

Operations::Operations(Start start, worker::Server& relay, telemetry::Log& log, Prepare prepare)
    : arguments_{std::move(start.arguments)},
      spare_secret_{std::move(start.spare_secret)},
      relay_{relay},
      log_{log},
      prepare_{std::move(prepare)},
      present_{std::move(start.loaded)},
      reloaded_at_{WallClock::now().time_since_epoch().count()} {}

Operations::~Operations() {
    end_probes();
}

void Operations::end_probes() {
    probes_.stop();
    probes_.join();
}

admin::ReloadReport Operations::reload() {
    config::Inputs inputs = gather_inputs(arguments_);
    inputs.spare_secret = spare_secret_;
    config::Loaded next = load_configuration(inputs);
    check_certificates(next);
    if (!next.ok()) return refused(texts(next.errors));
    Reload plan = plan_reload(present_, std::move(next));
    if (!plan.errors.empty()) return refused(texts(plan.errors));
    const auto prepared = prepare_(plan.loaded.config);
    if (!prepared) return refused({prepared.error().what});
    const auto applied = relay_.apply(plan.loaded.config);
    if (!applied) return refused({applied.error().what});
    prepared->apply();
    add_changes_of_files(plan.loaded.config,
                         {.has_other_certificates = applied->has_other_certificates,
                          .has_other_token = prepared->has_other_token},
                         plan.changes);
    admin::ReloadReport report{
        .errors = {}, .warnings = texts(plan.loaded.warnings), .changes = std::move(plan.changes)};
    change_levels(turnpike::log_levels(present_.config.log),
                  turnpike::log_levels(plan.loaded.config.log));
    if (applied->workers_unheard != 0) {
        report.warnings.push_back("workers that took no order and go on by the rules of before: " +
                                  std::to_string(applied->workers_unheard) +
                                  "; restart the server");
    }
    present_ = std::move(plan.loaded);
    log_.mask_addresses(present_.config.log.mask_addresses);
    reload_ok_.store(true);
    reloaded_at_.store(WallClock::now().time_since_epoch().count());
    tell(report);
    return report;
}

// What an operator has set meanwhile stays, where the configuration says what it said before.
void Operations::change_levels(const telemetry::LogLevels& before,
                               const telemetry::LogLevels& after) {
    telemetry::LogLevels levels = log_.levels();
    for (std::size_t index = 0; index < telemetry::area_names.size(); ++index) {
        const auto area = static_cast<Area>(index);
        if (before.of(area) != after.of(area)) levels.set(area, after.of(area));
    }
    if (before != after) log_.set_levels(levels);
}

admin::ReloadReport Operations::refused(std::vector<std::string> reasons) {
    reload_ok_.store(false);
    for (const std::string& each : reasons) {
        log_.error(Area::config, "reload refused, nothing has changed", {{"reason", each}});
    }
    return {.errors = std::move(reasons), .warnings = {}, .changes = {}};
}

void Operations::tell(const admin::ReloadReport& report) {
    for (const std::string& each : report.warnings) {
        log_.warning(Area::config, "configuration", {{"warning", each}});
    }
    for (const admin::ConfigChange& each : report.changes) {
        log_.info(Area::config,
                  each.needs_restart ? telemetry::Event{"configuration changes with a restart"}
                                     : telemetry::Event{"configuration changed"},
                  {{"key", each.key}, {"before", each.before}, {"after", each.after}});
    }
    log_.info(Area::config, "configuration reloaded", {{"changes", report.changes.size()}});
}

void Operations::list_sessions(worker::SessionQuery query,
                               admin::Handler<worker::SessionPage> handler) {
    relay_.list_sessions(query, std::move(handler));
}

void Operations::end_sessions(worker::SessionFilter filter,
                              admin::Handler<worker::SessionsEnded> handler) {
    relay_.end_sessions(filter, std::move(handler));
}

void Operations::reload(admin::Handler<admin::ReloadReport> handler) {
    relay_.post([this, handler = std::move(handler)] { handler(reload()); });
}

void Operations::drain(std::optional<std::chrono::seconds> deadline,
                       admin::Handler<admin::DrainStatus> handler) {
    relay_.drain(deadline);
    relay_.post([this, handler = std::move(handler)] { handler(drain_status()); });
}

void Operations::drain_status(admin::Handler<admin::DrainStatus> handler) {
    handler(drain_status());
}

admin::DrainStatus Operations::drain_status() const {
    const worker::Server::Status status = relay_.status();
    return {
        .phase = phase_of(status.state), .allocations = status.allocations, .left = status.left};
}

void Operations::probe(admin::Handler<admin::Readiness> handler) {
    if (relay_.status().stuck != 0) {
        return handler({.ready = false, .reason = "a worker's loop does not turn"});
    }
    relay_.post([this, handler = std::move(handler)]() mutable {
        const auto target = doctor::probe_target({.udp = relay_.udp(),
                                                  .tcp = relay_.tcp(),
                                                  .tls = relay_.tls(),
                                                  .dtls = relay_.dtls(),
                                                  .automatic = relay_.automatic()},
                                                 present_.config.listen.proxies);
        if (!target) {
            return handler({.ready = true, .reason = "every listener wants a PROXY header"});
        }
        boost::asio::post(probes_, [this, target = *target, handler = std::move(handler)] {
            const auto found = doctor::probe_self(target, relay_.probe_login());
            handler({.ready = found.is_ready,
                     .reason = found.reason,
                     .took = std::chrono::duration_cast<std::chrono::microseconds>(found.took)});
        });
    });
}

void Operations::effective_config(admin::Handler<std::vector<admin::ConfigSetting>> handler) {
    relay_.post([this, handler = std::move(handler)] {
        std::vector<admin::ConfigSetting> all;
        for (const auto& [option, value, source] : present_.settings) {
            all.push_back({.key = std::string{option->key},
                           .value = config::to_masked_toml(*option, value),
                           .source = source.empty() ? "default" : source,
                           .needs_restart = option->needs_restart});
        }
        handler(std::move(all));
    });
}

void Operations::metrics(admin::Handler<std::string> handler) {
    telemetry::Metrics metrics = relay_.metrics();
    const WallClock::time_point reloaded{WallClock::duration{reloaded_at_.load()}};
    metrics.condition = {.draining = relay_.status().state != worker::Drain::State::serving,
                         .reload_ok = reload_ok_.load(),
                         .reloaded = reloaded};
    handler(telemetry::to_prometheus(metrics));
}

admin::LogLevels Operations::log_levels() {
    const telemetry::LogLevels levels = log_.levels();
    admin::LogLevels texts;
    for (std::size_t index = 0; index < telemetry::area_names.size(); ++index) {
        const auto area = static_cast<Area>(index);
        texts.emplace(to_string(area), to_string(levels.of(area)));
    }
    return texts;
}

std::string Operations::set_log_levels(const admin::LogLevels& levels) {
    telemetry::LogLevels next = log_.levels();
    for (const auto& [area_text, level_text] : levels) {
        const auto level = telemetry::parse_level(level_text);
        if (!level) return "no level \"" + level_text + "\": debug, info, warning or error";
        if (area_text == "all") next = telemetry::LogLevels{*level};
    }
    for (const auto& [area_text, level_text] : levels) {
        const auto area = telemetry::parse_area(area_text);
        if (area_text == "all") continue;
        if (!area) return "no area \"" + area_text + "\" of the log";
        next.set(*area, *telemetry::parse_level(level_text));
    }
    log_.set_levels(next);
    return {};
}

std::vector<admin::Event> Operations::tail(std::uint64_t after, std::size_t max) {
    std::vector<admin::Event> events;
    for (telemetry::TapLine& each : log_.tail(after, max)) {
        events.push_back({each.number, std::move(each.json)});
    }
    return events;
}

std::uint64_t Operations::newest() {
    return log_.newest();
}

void Operations::on_event(std::function<void()> wake) {
    log_.on_line(std::move(wake));
}

}  // namespace turnpike
