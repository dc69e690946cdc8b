// SPDX-License-Identifier: BSD-3-Clause
#include "server/service.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "server/admin/settings.hpp"
#include "server/configuration.hpp"
#include "server/privileges.hpp"
#include "server/self_examination.hpp"

namespace turnpike {

using telemetry::Area;
using worker::Drain;

namespace {

constexpr std::chrono::milliseconds status_interval{900};

bool is_set(const config::Loaded& loaded, std::string_view key) {
    const auto setting = std::ranges::find(
        loaded.settings, key, [](const config::Setting& each) { return each.option->key; });
    return !setting->source.empty();
}

admin::Settings admin_settings(const config::Config& config, std::string token) {
    return admin::make_settings(config, std::move(token), advertised_addresses(config.relay));
}

}  // namespace

Service::Service(Operations::Start start, telemetry::Log& log)
    : log_{log}, at_start_{start.loaded.config} {
    const config::Config& config = at_start_;
    open_admin(start.loaded);
    auto token = admin::read_token(config.admin);
    if (!token) throw std::runtime_error{token.error().what};
    token_ = *token;
    relay_ = std::make_unique<worker::Server>(config, log,
                                              net::InheritedSockets{manager_.take_sockets()});
    allow_niceness(config.server.nice);
    drop_privileges(config.server.user);
    drop_loading_rights();
    forbid_core_dumps();
    operations_ = std::make_unique<Operations>(
        std::move(start), *relay_, log,
        [this](const config::Config& next) { return prepare_admin(next); });
    if (!door_) return;
    admin_ = std::make_unique<admin::Server>(
        *std::move(door_),
        admin::Server::Parts{.backend = *operations_, .events = operations_.get(), .log = log},
        admin::Server::Options{.settings = admin_settings(config, *std::move(token)),
                               .storage_url = config.storage.url});
}

Service::~Service() {
    if (admin_ != nullptr) admin_->stop();
    if (operations_ != nullptr) operations_->end_probes();
    relay_.reset();
}

void Service::open_admin(const config::Loaded& loaded) {
    const std::string& place = loaded.config.admin.listen;
    if (place.empty()) return;
    try {
        door_.emplace(admin::Listener::open(place));
    } catch (const std::runtime_error& failure) {
        // Two servers on one host that say nothing of it are no reason not to relay.
        if (is_set(loaded, "admin.listen")) throw;
        log_.warning(
            Area::admin, "no admin interface, and no metrics",
            {{"reason", std::string_view{failure.what()}}, {"advice", "set admin.listen"}});
    }
}

protocol::Result<Operations::Prepared, worker::ChangeProblem> Service::prepare_admin(
    const config::Config& config) {
    auto token = admin::read_token(config.admin);
    if (!token) return worker::ChangeProblem{token.error().what};
    const bool has_other_token = *token != token_;
    return Operations::Prepared{.apply =
                                    [this, settings = admin_settings(config, *std::move(token))] {
                                        token_ = settings.token;
                                        if (admin_ != nullptr) admin_->apply(settings);
                                    },
                                .has_other_token = has_other_token};
}

void Service::run() {
    SelfExamination examination{*relay_, at_start_, log_};
    relay_->run({.ready =
                     [&] {
                         manager_.ready(status_text(relay_->status()));
                         examination.begin();
                     },
                 .reload = [this] { reload(); },
                 .tick = [this](const auto& status) { tick(status); },
                 .stopping =
                     [&](std::chrono::seconds patience) {
                         examination.end();
                         manager_.stopping(patience);
                     }});
}

std::string Service::status_text(const worker::Server::Status& status) {
    Load load = meter_.look(relay_->counters(), std::chrono::steady_clock::now());
    load.allocations = status.allocations;
    return status_line(
        load, status.state == Drain::State::draining ? std::optional{status.left} : std::nullopt);
}

void Service::reload() {
    manager_.reloading();
    (void)operations_->reload();
    manager_.ready(status_text(relay_->status()));
}

void Service::tick(const worker::Server::Status& status) {
    if (status.stuck == 0) manager_.alive();
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ < status_interval) return;
    told_ = now;
    manager_.status(status_text(status));
    if (status.stuck == 0) return;
    log_.error(Area::server, "a worker's loop does not turn", {{"workers", status.stuck}});
}

}  // namespace turnpike
