// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/examine.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "server/config/closed_file.hpp"
#include "server/doctor/admin.hpp"
#include "server/doctor/certificates.hpp"
#include "server/doctor/clock.hpp"
#include "server/doctor/configuration.hpp"
#include "server/doctor/database.hpp"
#include "server/doctor/journal.hpp"
#include "server/doctor/kernel.hpp"
#include "server/doctor/kernel_relay.hpp"
#include "server/doctor/limits.hpp"
#include "server/doctor/listeners.hpp"
#include "server/doctor/own_relay.hpp"
#include "server/doctor/relay_addresses.hpp"
#include "server/doctor/relay_ports.hpp"

namespace turnpike::doctor {
namespace {

void add(Findings& findings, Findings more) {
    std::ranges::move(more, std::back_inserter(findings));
}

Findings without_good(Findings findings) {
    std::erase_if(findings, [](const Finding& each) { return each.grade == Grade::ok; });
    return findings;
}

// Whom the server runs as: as configured, or as it does run. None: as we do.
std::optional<Account> account_for(const config::Config& config,
                                   const std::optional<PortHolder>& server) {
    if (!config.server.user.empty()) return find_account(config.server.user);
    return server ? account_of(server->process) : std::nullopt;
}

void examine_file(const std::string& file, const std::optional<Account>& account,
                  Findings& findings) {
    if (file.empty() || !account) return;
    const int error = access_as(account, file, R_OK).value_or(0);
    if (error == 0) return;
    findings.push_back(
        {.grade = Grade::problem,
         .check = "user",
         .seen = fmt::format("{0} cannot read {1}: {2}; neither a start as {0} nor a reload "
                             "succeeds",
                             account->name, file, std::strerror(error)),
         .advice = fmt::format("`{}`, and let {} enter its folder",
                               config::command_to_close(file, account->name), account->name)});
}

void examine_user(const config::Config& config, Findings& findings) {
    const std::string& user = config.server.user;
    if (user.empty() || find_account(user)) return;
    findings.push_back({.grade = Grade::problem,
                        .check = "user",
                        .seen = "server.user: this system has no user " + user,
                        .advice = "`adduser --system --group " + user + "`"});
}

Findings examine_server(const config::Loaded& loaded, const std::vector<ListenerFacts>& listeners,
                        const std::string& secret, bool may_start) {
    const config::Config& config = loaded.config;
    const auto is = [](int error) {
        return [error](const ListenerFacts& each) { return each.error == error; };
    };
    const bool is_taken = std::ranges::any_of(listeners, is(EADDRINUSE));
    // Taken by whoever cannot be seen: perhaps it is ours.
    const bool may_run = std::ranges::any_of(listeners, [](const ListenerFacts& each) {
        return each.error == EADDRINUSE && (each.is_ours || !each.holder);
    });
    if (may_run) {
        const auto login = loaded.used_spare_secret
                               ? std::nullopt
                               : login_for(config, secret, std::chrono::system_clock::now());
        return examine_relay(doors_of(config.listen), config, login);
    }
    if (is_taken || !std::ranges::all_of(listeners, is(0))) {
        return {{.grade = Grade::warning,
                 .check = "relay",
                 .seen = "nothing was relayed: no server of ours runs here, and none can start",
                 .advice = "see the listeners above"}};
    }
    if (!may_start) return {well("relay", "no server runs here, so nothing was relayed")};
    return examine_trial(config);
}

}  // namespace

Findings examine(const config::Loaded& loaded, const Wishes& wishes) {
    Findings findings = judge_configuration(loaded, wishes.name);
    if (!loaded.ok()) return findings;
    const config::Config& config = loaded.config;
    const auto listeners = gather_listeners(config);
    const auto server = running_server(listeners);
    const CertificateQuestion question{.host = config.server.hostname,
                                       .now = std::chrono::system_clock::now(),
                                       .account = account_for(config, server)};
    const auto relays = gather_relay_addresses(config.relay);
    const DatabaseFacts database = gather_database(config, question.account);
    ClockFacts clock = gather_clock();
    clock.database_ahead = database.ahead;

    examine_user(config, findings);
    examine_file(wishes.file, question.account, findings);
    examine_file(config.auth.secrets_file, question.account, findings);
    add(findings, judge_listeners(listeners, relays.host));
    add(findings, judge_relay_addresses(relays));
    add(findings, judge_relay_ports(config.relay.ports, wishes.around));
    add(findings, judge_limits(gather_limits(config, server)));
    add(findings, judge_certificates(gather_certificates(config.listen, question), question));
    add(findings, judge_clock(clock));
    add(findings, judge_database(database));
    add(findings, judge_journal(gather_journal(config.storage, question.account)));
    add(findings, judge_admin(gather_admin(config.admin, question.account)));
    add(findings, judge_kernel(gather_kernel()));
    add(findings, judge_kernel_relay(gather_kernel_relay(config, relays.relays, server)));
    add(findings, examine_server(loaded, listeners, database.secret, wishes.may_start));
    return findings;
}

Findings examine_at_start(const config::Loaded& loaded) {
    const config::Config& config = loaded.config;
    const CertificateQuestion question{.host = config.server.hostname,
                                       .now = std::chrono::system_clock::now(),
                                       .account = account_for(config, {}),
                                       .asks_authorities = false};
    auto certificates = gather_certificates(config.listen, question);
    // The configuration's own report has these.
    for (CertificateFacts& each : certificates) each.objection.reset();
    Findings findings;
    add(findings, judge_relay_addresses(gather_relay_addresses(config.relay)));
    add(findings, judge_limits(gather_limits(config, {})));
    add(findings, judge_certificates(certificates, question));
    add(findings, judge_clock(gather_clock()));
    add(findings, judge_journal(gather_journal(config.storage, question.account)));
    add(findings, judge_admin(gather_admin(config.admin, question.account)));
    add(findings, judge_kernel(gather_kernel()));
    return without_good(std::move(findings));
}

Findings examine_when_ready(const config::Config& config) {
    const DatabaseFacts database = gather_database(config, std::nullopt);
    Findings findings = judge_database(database);
    // Whether something keeps our clock right was looked at before.
    add(findings,
        judge_clock({.now = std::chrono::system_clock::now(), .database_ahead = database.ahead}));
    return without_good(std::move(findings));
}

}  // namespace turnpike::doctor
