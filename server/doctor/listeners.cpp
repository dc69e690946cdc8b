// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/listeners.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "server/doctor/relay_addresses.hpp"
#include "server/net/udp_listener.hpp"
#include "server/worker/assemble.hpp"

namespace turnpike::doctor {
namespace {

using protocol::Endpoint;

constexpr std::string_view check = "listeners";

ListenerFacts examine(std::string_view key, const Endpoint& endpoint, bool is_stream) {
    ListenerFacts facts{.key = key, .endpoint = endpoint, .is_stream = is_stream};
    facts.error = net::probe(endpoint, is_stream ? SOCK_STREAM : SOCK_DGRAM).value();
    if (facts.error == EADDRINUSE) facts.holder = find_port_holder(endpoint, is_stream);
    facts.is_ours = facts.holder && facts.holder->program == own_program();
    return facts;
}

std::string name_of(const ListenerFacts& facts) {
    return fmt::format("{} {} {}", facts.key, facts.is_stream ? "TCP" : "UDP",
                       facts.endpoint.to_string());
}

Finding taken(const ListenerFacts& facts) {
    const std::string name = name_of(facts);
    if (!facts.holder) {
        return {.grade = Grade::warning,
                .check = check,
                .seen = name + " is taken, by a process that this user cannot see",
                .advice = "run `turnpike doctor` as root to see whose it is"};
    }
    const auto& [process, program] = *facts.holder;
    if (facts.is_ours) {
        return well(check, fmt::format("{}, served by the server that runs here, process {}", name,
                                       process));
    }
    return {.grade = Grade::problem,
            .check = check,
            .seen = fmt::format("{} is taken by {}, process {}", name, program, process),
            .advice = fmt::format("stop {}, or choose another port in {}", program, facts.key)};
}

Finding examine_one(const ListenerFacts& facts, const std::vector<protocol::IpAddress>& host) {
    const auto problem = [&](std::string_view what, std::string advice) {
        return Finding{.grade = Grade::problem,
                       .check = check,
                       .seen = fmt::format("{} {}", name_of(facts), what),
                       .advice = std::move(advice)};
    };
    switch (facts.error) {
        case 0:
            return well(check, name_of(facts) + " is free");
        case EADDRINUSE:
            return taken(facts);
        case EADDRNOTAVAIL:
            return problem(fmt::format("is no address of this host, which has {}", listed(host)),
                           fmt::format("correct it in {}, or write 0.0.0.0 or [::]", facts.key));
        case EACCES:
            return problem("needs privileges, as every port below 1024",
                           "give the service CAP_NET_BIND_SERVICE, or start it as root with "
                           "server.user set, or choose another port");
        case EAFNOSUPPORT:
            return problem("is IPv6, which this host does not have",
                           fmt::format("leave it out of {}", facts.key));
        default:
            return problem(fmt::format("cannot be bound: {}", std::strerror(facts.error)),
                           fmt::format("see {} in the configuration", facts.key));
    }
}

}  // namespace

std::vector<ListenerFacts> gather_listeners(const config::Config& config) {
    const config::Listen& listen = config.listen;
    std::vector<ListenerFacts> facts;
    const auto add = [&](std::string_view key, const std::vector<Endpoint>& endpoints,
                         bool is_stream) {
        for (const Endpoint& each : endpoints) facts.push_back(examine(key, each, is_stream));
    };
    add("listen.udp", listen.udp, false);
    add("listen.tcp", listen.tcp, true);
    add("listen.tls", listen.tls, true);
    add("listen.dtls", listen.dtls, false);
    add("listen.auto", listen.automatic, false);
    add("listen.auto", listen.automatic, true);
    add("discovery", worker::discovery_endpoints(config.discovery), false);
    return facts;
}

Findings judge_listeners(const std::vector<ListenerFacts>& facts,
                         const std::vector<protocol::IpAddress>& host) {
    Findings findings;
    for (const ListenerFacts& each : facts) findings.push_back(examine_one(each, host));
    return findings;
}

std::optional<PortHolder> running_server(const std::vector<ListenerFacts>& facts) {
    const auto ours = std::ranges::find(facts, true, &ListenerFacts::is_ours);
    return ours == facts.end() ? std::nullopt : ours->holder;
}

}  // namespace turnpike::doctor
