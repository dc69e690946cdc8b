// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/kernel_interface.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/doctor/driver_rules.hpp"

namespace turnpike::doctor {
namespace {

using xdp::EntryPoint;

constexpr std::string_view check = "kernel relay";

std::string in_place_of_xdp(const Circumstances& around) {
    std::string advice = "set relay.acceleration = \"auto\"";
    if (around.has_tcx) advice += ", which takes tc here";
    return advice;
}

DeviceQuestion question_of(const InterfaceFacts& facts, const Circumstances& around) {
    return {.interface = facts.link.name,
            .mtu = facts.link.mtu,
            .cpus = around.cpus,
            .device = facts.device};
}

// What it is called where its driver is of no matter: a bridge's is "bridge" too.
std::string kind_of(const InterfaceFacts& facts) {
    if (!facts.device.driver.empty()) return facts.device.driver;
    return facts.link.kind.empty() ? "its driver" : facts.link.kind;
}

std::string named(const xdp::PresentProgram& program) {
    if (program.name.empty()) return fmt::format("program {}", program.id);
    return fmt::format("program {}, {}", program.id, program.name);
}

Obstacle obstacle_by_program(const InterfaceFacts& facts, const Circumstances& around) {
    if (!facts.xdp) return {};
    const bool is_ours = xdp::is_relay(*facts.xdp);
    if (is_ours && around.is_served) return {};
    return {.reason = fmt::format("{} is on it ({})",
                                  is_ours ? "XDP of another Turnpike" : "another XDP program",
                                  named(*facts.xdp))};
}

Obstacle obstacle_by_driver(const InterfaceFacts& facts) {
    const std::string kind = kind_of(facts);
    if (!facts.features) {
        if (has_native_xdp(facts.device.driver)) return {};
        return {.reason = fmt::format("whether {} has native XDP is seen only when the server "
                                      "tries it",
                                      kind)};
    }
    if (facts.features->basic) return {};
    if (kind == "veth") {
        return {.reason = "its other end sends by more queues than this one receives by",
                .advice = fmt::format("`ethtool -L {} rx N`, with as many as the other end has tx",
                                      facts.link.name)};
    }
    return {.reason = fmt::format("{} has no native XDP", kind)};
}

Obstacle obstacle_to_xdp(const InterfaceFacts& facts, const Circumstances& around) {
    if (around.kernel < has_xdp_links) return {.reason = "XDP needs Linux 5.9"};
    if (Obstacle found = obstacle_by_program(facts, around); !found.reason.empty()) return found;
    if (Obstacle found = obstacle_by_driver(facts); !found.reason.empty()) return found;
    return refusal_of(question_of(facts, around));
}

std::string described(const InterfaceFacts& facts, const Circumstances& around) {
    std::string text = fmt::format("{}, MTU {}", kind_of(facts), facts.link.mtu);
    if (const auto most = xdp_mtu_max(facts.device.driver)) {
        text += fmt::format(" (XDP up to {}, it is believed)", *most);
    }
    if (facts.device.queues) {
        text += fmt::format(", {} for {} CPU{}", to_string(*facts.device.queues), around.cpus,
                            around.cpus == 1 ? "" : "s");
    }
    if (facts.features) text += fmt::format(", XDP features: {}", to_string(*facts.features));
    if (!facts.master.empty()) text += fmt::format(", a part of {}", facts.master);
    return text;
}

// Of the server that is asked about: another Turnpike may have its programs there too.
std::string at_work(const InterfaceFacts& facts, const Circumstances& around,
                    std::optional<EntryPoint> entry) {
    if (!around.is_served) return {};
    if (entry == EntryPoint::xdp && facts.xdp && xdp::is_relay(*facts.xdp)) {
        return fmt::format(", at work now ({})", named(*facts.xdp));
    }
    const auto ours = std::ranges::find_if(facts.tcx, xdp::is_relay);
    if (entry != EntryPoint::tc || ours == facts.tcx.end()) return {};
    return fmt::format(", at work now ({})", named(*ours));
}

// veth_set_xdp_features: it says that it sends where its other end has XDP or GRO.
Findings judge_cable(const InterfaceFacts& facts, const Circumstances& around) {
    if (!xdp::hides_its_other_end(facts.link) || !facts.features || facts.features->sends)
        return {};
    return {{.grade = Grade::warning,
             .check = check,
             .seen = fmt::format("{}: its other end takes no frames from XDP now, so what is "
                                 "relayed there is lost",
                                 facts.link.name),
             .advice = fmt::format("`ethtool -K OTHER-END gro on`, or an XDP program there; or {}",
                                   in_place_of_xdp(around))}};
}

}  // namespace

std::string_view name_of(const std::optional<EntryPoint>& entry) noexcept {
    if (!entry) return "sockets";
    return *entry == EntryPoint::xdp ? "XDP" : "tc";
}

InterfaceFacts gather_interface(const xdp::Link& link, std::span<const xdp::Interface> all) {
    InterfaceFacts facts{.link = link,
                         .device = gather_device(link.name),
                         .features = xdp::look_up_features(link.index)};
    const auto master = std::ranges::find(
        all, link.master, [](const xdp::Interface& each) { return each.link.index; });
    if (link.master != 0 && master != all.end()) facts.master = master->link.name;
    if (const auto present = xdp::present_xdp(link.index)) facts.xdp = *present;
    if (auto present = xdp::present_tcx(link.index)) facts.tcx = *std::move(present);
    return facts;
}

Forecast foretell(const InterfaceFacts& facts, const Circumstances& around) {
    const auto entry = xdp::entry_for(facts.link, around.wanted);
    Obstacle obstacle;
    if (entry == EntryPoint::tc && !around.wanted) {
        obstacle.reason = "a virtual cable's other end may take no frames from XDP";
    } else if (entry != EntryPoint::tc) {
        obstacle = obstacle_to_xdp(facts, around);
        if (obstacle.reason.empty()) return {.entry = EntryPoint::xdp};
    }
    if (entry != EntryPoint::xdp && around.has_tcx) {
        return {.entry = EntryPoint::tc, .reason = obstacle.reason, .advice = obstacle.advice};
    }
    Forecast forecast{.reason = obstacle.reason, .advice = obstacle.advice};
    if (entry == EntryPoint::xdp) {
        if (!forecast.advice.empty()) forecast.advice += ", or ";
        forecast.advice += in_place_of_xdp(around);
        return forecast;
    }
    if (!forecast.reason.empty()) forecast.reason += "; ";
    forecast.reason += "tc needs Linux 6.6";
    if (forecast.advice.empty()) forecast.advice = "a newer kernel, if sockets are too slow";
    return forecast;
}

bool is_at_work(const InterfaceFacts& facts) {
    return (facts.xdp && xdp::is_relay(*facts.xdp)) ||
           std::ranges::any_of(facts.tcx, xdp::is_relay);
}

Findings judge_interface(const InterfaceFacts& facts, const Circumstances& around) {
    const Forecast forecast = foretell(facts, around);
    const std::string why = forecast.reason.empty() ? "" : ", because " + forecast.reason;
    const bool is_well = forecast.entry && forecast.advice.empty();
    Findings findings{
        {.grade = is_well ? Grade::ok : Grade::warning,
         .check = check,
         .seen = fmt::format("{}: by {}{}{}; {}", facts.link.name, name_of(forecast.entry),
                             at_work(facts, around, forecast.entry), why, described(facts, around)),
         .advice = forecast.advice}};
    if (forecast.entry != EntryPoint::xdp) return findings;
    if (const Obstacle brake = brake_of(question_of(facts, around)); !brake.reason.empty()) {
        findings.push_back({.grade = Grade::warning,
                            .check = check,
                            .seen = fmt::format("{}: {}", facts.link.name, brake.reason),
                            .advice = brake.advice});
    }
    std::ranges::move(judge_cable(facts, around), std::back_inserter(findings));
    return findings;
}

}  // namespace turnpike::doctor
