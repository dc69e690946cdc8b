// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/load_commands.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "bench/load/exit_code.hpp"
#include "bench/load/measure.hpp"

namespace turnpike::bench {
namespace {

constexpr const char* relay_help =
    "Relay packets between clients and peers through allocations, and count them one by one: "
    "delivered, lost, reordered, duplicated, and how long they took. Clients and peers are both in "
    "this program, so that no clocks have to agree.";
constexpr const char* symmetric_help =
    "As relay, between pairs of clients that are both behind relays: each one's peer is the "
    "other's relayed address, as in a call between two symmetric NATs.";
constexpr const char* allocate_help =
    "Allocate with full authentication, give back, and again with another client, some of them at "
    "once: how many a second?";
constexpr const char* binding_help =
    "Send Binding requests, some of them at once: how many a second?";
constexpr const char* hold_help =
    "Hold allocations, each with a permission and a channel, and see by how much the server's "
    "memory grows for each.";

constexpr const char* profile_help =
    "Make calls: voice, pictures with key frames, RTCP, refreshes, parties that join and leave. "
    "Each "
    "party has an allocation; its peer stands for the other party, or the conference's server.";
constexpr const char* plan_help =
    "Measure what a few calls cost this server for half a minute, and say how many of them the "
    "machine carries, and what gives out first: the core, memory, descriptors or ports. The server "
    "runs on this machine, and nobody else uses it meanwhile.";

constexpr std::chrono::nanoseconds plan_duration = std::chrono::seconds{30};

}  // namespace

LoadCommands::LoadCommands(CLI::App& program)
    : relay_{program.add_subcommand("relay", relay_help)},
      symmetric_{program.add_subcommand("symmetric", symmetric_help)},
      allocate_{program.add_subcommand("allocate", allocate_help)},
      binding_{program.add_subcommand("binding", binding_help)},
      hold_{program.add_subcommand("hold", hold_help)},
      profile_{program.add_subcommand("profile", profile_help)},
      plan_{program.add_subcommand("plan", plan_help)} {
    arguments_.add_profile(*profile_);
    for (CLI::App* each : all()) arguments_.add_common(*each);
    for (CLI::App* each : {relay_, symmetric_}) arguments_.add_load(*each);
    for (CLI::App* each : {relay_, hold_, profile_, plan_}) arguments_.add_peers(*each);
    for (CLI::App* each : {allocate_, binding_, hold_}) arguments_.add_in_flight(*each);
    arguments_.add_allocations(*hold_);
    arguments_.add_calls(*profile_);
    arguments_.add_plan(*plan_);
}

std::vector<CLI::App*> LoadCommands::all() const {
    return {relay_, symmetric_, allocate_, binding_, hold_, profile_, plan_};
}

bool LoadCommands::is_asked() const {
    return std::ranges::any_of(all(), [](const CLI::App* each) { return each->parsed(); });
}

Settings LoadCommands::settings() const {
    Settings settings = arguments_.settings(!binding_->parsed());
    settings.load.symmetric = symmetric_->parsed();
    check_wire(settings);
    if (!profile_->parsed() && !plan_->parsed()) settings.load.profile.reset();
    if (plan_->parsed() && plan_->count("--seconds") == 0) settings.duration = plan_duration;
    return settings;
}

int LoadCommands::run(const std::string& command_line) const {
    Settings settings = this->settings();
    settings.output.command_line = command_line;
    Publisher publisher{settings.output, std::cout, std::cerr};
    if (relay_->parsed() || symmetric_->parsed()) measure_relay(settings, publisher);
    if (allocate_->parsed()) measure_allocate(settings, publisher);
    if (binding_->parsed()) measure_binding(settings, publisher);
    if (hold_->parsed()) measure_hold(settings, publisher);
    if (profile_->parsed()) measure_calls(settings, publisher);
    if (plan_->parsed()) measure_plan(settings, publisher);
    return publisher.all_met() ? EXIT_SUCCESS : exit_failed;
}

}  // namespace turnpike::bench
