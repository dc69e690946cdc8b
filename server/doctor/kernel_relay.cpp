// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/kernel_relay.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "server/worker/kernel_wishes.hpp"
#include "server/xdp/map_memory.hpp"

namespace turnpike::doctor {
namespace {

constexpr std::string_view check = "kernel relay";
constexpr xdp::Capacity small{.routes = 64, .sessions = 64, .pools = 64, .hops = 64};

std::string_view word_of(config::Acceleration wanted) noexcept {
    switch (wanted) {
        case config::Acceleration::automatic:
            return "auto";
        case config::Acceleration::off:
            return "off";
        case config::Acceleration::xdp:
            return "xdp";
        case config::Acceleration::tc:
            return "tc";
    }
    return "";
}

// Of the kernel where we may ask it, which distributions give newer parts; else by its number.
bool knows_tcx(KernelVersion kernel) {
    constexpr std::uint32_t loopback = 1;
    const auto asked = xdp::present_tcx(loopback);
    if (asked) return true;
    if (asked.error().error == boost::system::errc::invalid_argument) return false;
    return kernel >= has_tcx;
}

void gather_interfaces(const config::Config& config,
                       const std::vector<worker::RelayAddress>& relays, KernelRelayFacts& facts) {
    const auto all = xdp::all_interfaces();
    if (!all) {
        facts.trouble = all.error().text;
        return;
    }
    const auto links = xdp::entrances(worker::kernel_addresses(config.listen, relays),
                                      config.relay.interfaces, *all);
    if (!links) {
        facts.trouble = links.error().text;
        return;
    }
    for (const xdp::Link& each : *links) facts.interfaces.push_back(gather_interface(each, *all));
}

void try_program(KernelRelayFacts& facts) {
    if (const auto program = xdp::Program::load(small)) {
        facts.trial = Trial::taken;
    } else {
        facts.trial = Trial::refused;
        facts.last_words = program.error().text;
    }
}

std::string foretold(const KernelRelayFacts& facts) {
    std::string text;
    for (const InterfaceFacts& each : facts.interfaces) {
        if (!text.empty()) text += ", ";
        text +=
            fmt::format("{} on {}", name_of(foretell(each, facts.around).entry), each.link.name);
    }
    return text;
}

bool would_relay(const KernelRelayFacts& facts) {
    return std::ranges::any_of(facts.interfaces, [&](const InterfaceFacts& each) {
        return foretell(each, facts.around).entry.has_value();
    });
}

Finding judge_wish(const KernelRelayFacts& facts) {
    const std::string wish = fmt::format("relay.acceleration is \"{}\"", word_of(facts.wanted));
    if (facts.wanted == config::Acceleration::off) {
        return well(check, wish + ": sockets relay everything");
    }
    if (!facts.trouble.empty()) {
        return {.grade = Grade::warning,
                .check = check,
                .seen = fmt::format("{}: {}, so sockets relay", wish, facts.trouble),
                .advice = "correct relay.interfaces: `ip link` shows their names"};
    }
    if (facts.interfaces.empty()) {
        return well(check, wish +
                               ": packets come in by loopback alone, or by none of "
                               "relay.interfaces, so sockets relay");
    }
    if (!facts.rights.suffice()) {
        const std::string with_them =
            would_relay(facts) ? fmt::format("; with them {}", foretold(facts)) : "";
        return well(check, fmt::format("{}: sockets relay, for want of rights{}", wish, with_them));
    }
    if (facts.trial == Trial::refused) {
        return well(check, wish + ": sockets relay, because the program does not load");
    }
    return well(check, fmt::format("{}: {}", wish, foretold(facts)));
}

Finding judge_program(const KernelRelayFacts& facts) {
    if (facts.trial == Trial::refused) {
        return {.grade = Grade::warning,
                .check = check,
                .seen = facts.last_words + ": sockets relay",
                .advice =
                    "set relay.acceleration = \"off\" for now, and report this with the "
                    "kernel's version"};
    }
    const double megabytes = static_cast<double>(xdp::map_octets(facts.capacity)) / 1e6;
    const bool is_taken = facts.trial == Trial::taken;
    return well(
        check,
        fmt::format("{}; room for {} channels (relay.kernel_channels) {} {:.1f} MB of memory",
                    is_taken ? "the kernel takes the program, as was tried"
                             : "whether the kernel takes the program, only root can try",
                    facts.channels, is_taken ? "takes" : "would take", megabytes));
}

// It may have been started before something was put right.
void judge_server(const KernelRelayFacts& facts, Findings& findings) {
    if (!facts.around.is_served || !facts.sees_programs || !facts.rights.suffice()) return;
    if (std::ranges::any_of(facts.interfaces, is_at_work) || !would_relay(facts)) return;
    findings.push_back({.grade = Grade::warning,
                        .check = check,
                        .seen = "the server that runs here has nothing at work in the kernel",
                        .advice = "its log says why: \"the kernel relays nothing\", at its start; "
                                  "a restart tries again"});
}

}  // namespace

KernelRelayFacts gather_kernel_relay(const config::Config& config,
                                     const std::vector<worker::RelayAddress>& relays,
                                     const std::optional<PortHolder>& server) {
    KernelRelayFacts facts{.wanted = config.relay.acceleration,
                           .channels = config.relay.kernel_channels,
                           .capacity = worker::capacity_for(config.relay.kernel_channels)};
    if (facts.wanted == config::Acceleration::off) return facts;
    const RightFacts own = gather_rights(std::nullopt);
    facts.rights = gather_rights(server);
    facts.rights.locked_wanted = xdp::map_octets(facts.capacity);
    facts.sees_programs = (own.capabilities >> CAP_SYS_ADMIN & 1U) != 0 && !own.is_contained;
    facts.around = {.wanted = worker::wanted_entry(facts.wanted),
                    .kernel = own.kernel,
                    .has_tcx = knows_tcx(own.kernel),
                    .is_served = server.has_value(),
                    .cpus = static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_CONF))};
    gather_interfaces(config, relays, facts);
    if (!facts.interfaces.empty() && own.suffice()) try_program(facts);
    return facts;
}

Findings judge_kernel_relay(const KernelRelayFacts& facts) {
    Findings findings{judge_wish(facts)};
    if (facts.interfaces.empty()) return findings;
    std::ranges::move(judge_rights(facts.rights), std::back_inserter(findings));
    findings.push_back(judge_program(facts));
    for (const InterfaceFacts& each : facts.interfaces) {
        std::ranges::move(judge_interface(each, facts.around), std::back_inserter(findings));
    }
    judge_server(facts, findings);
    return findings;
}

}  // namespace turnpike::doctor
