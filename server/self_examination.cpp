// SPDX-License-Identifier: BSD-3-Clause
#include "server/self_examination.hpp"

#include <exception>
#include <utility>

#include "server/doctor/examine.hpp"
#include "server/doctor/self_probe.hpp"

namespace turnpike {

void tell(const doctor::Findings& findings, telemetry::Log& log) {
    for (const doctor::Finding& each : findings) {
        log.warning(telemetry::Area::server, "doctor",
                    {{"check", each.check}, {"seen", each.seen}, {"advice", each.advice}});
    }
}

SelfExamination::SelfExamination(const worker::Server& relay, config::Config config,
                                 telemetry::Log& log, std::chrono::milliseconds patience)
    : relay_{relay}, config_{std::move(config)}, log_{log}, patience_{patience} {}

SelfExamination::~SelfExamination() {
    if (thread_.joinable()) thread_.join();
}

void SelfExamination::begin() {
    if (thread_.joinable()) return;
    const auto target = doctor::probe_target({.udp = relay_.udp(),
                                              .tcp = relay_.tcp(),
                                              .tls = relay_.tls(),
                                              .dtls = relay_.dtls(),
                                              .automatic = relay_.automatic()},
                                             config_.listen.proxies);
    thread_ = std::thread{[this, target] { examine(target); }};
}

void SelfExamination::examine(const std::optional<doctor::Entry>& target) {
    const auto tell_if_current = [this](const doctor::Findings& findings) {
        // Who drains refuses new allocations, ours too.
        const bool serves = relay_.status().state == worker::Drain::State::serving;
        if (serves && !is_over_.load()) tell(findings, log_);
    };
    try {
        if (target) {
            tell_if_current(doctor::judge_probe(
                *target, doctor::probe_self(*target, relay_.probe_login(), patience_)));
        }
        if (!is_over_.load()) tell_if_current(doctor::examine_when_ready(config_));
    } catch (const std::exception& failure) {
        tell_if_current({{.grade = doctor::Grade::warning,
                          .check = "relay",
                          .seen = failure.what(),
                          .advice = "`turnpike doctor` looks again"}});
    }
}

}  // namespace turnpike
