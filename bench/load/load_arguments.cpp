// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/load_arguments.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <charconv>

#include "bench/load/stamp.hpp"
#include "bench/wire/abi.h"

namespace turnpike::bench {
namespace {

constexpr auto minted_lifetime = std::chrono::hours{24};
constexpr std::size_t wire_payload_octets_min = stamp_octets + wire::wire_zero_octets;

protocol::IpAddress address_of(const std::string& text) {
    const auto address = protocol::IpAddress::parse(text);
    if (!address) throw CLI::ValidationError{text + " is no IP address"};
    return *address;
}

Rate rate_of(const std::string& text) {
    if (text == "max") return {Rate::Kind::max, 0};
    if (text == "search") return {Rate::Kind::search, 0};
    double number = 0;
    const char* end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || read != end || number <= 0) {
        throw CLI::ValidationError{"--rate: " + text + " is neither a number, max nor search"};
    }
    return {Rate::Kind::fixed, number};
}

std::pair<std::string, std::string> label_of(const std::string& text) {
    const auto at = text.find('=');
    if (at == std::string::npos || at == 0) {
        throw CLI::ValidationError{"--label: " + text + " is no KEY=VALUE"};
    }
    return {text.substr(0, at), text.substr(at + 1)};
}

Requirement requirement_of(const std::string& text) {
    auto requirement = Requirement::parse(text);
    if (!requirement) {
        throw CLI::ValidationError{"--require: " + text + " is no FIELD<=NUMBER or the like"};
    }
    return *std::move(requirement);
}

}  // namespace

void LoadArguments::add_common(CLI::App& command) {
    command.add_option("uri", uri_, "turn:HOST[:PORT][?transport=udp|tcp], turns:... (udp: DTLS)")
        ->required();
    login_.add_to(command);
    command.add_option("--seconds", seconds_, "how long to measure")
        ->check(CLI::Range(0.1, 86400.0))
        ->capture_default_str();
    add_places(command);
    add_output(command);
}

void LoadArguments::add_places(CLI::App& command) {
    command.add_option("--client-netns", settings_.places.client_netns,
                       "network namespace that the clients' sockets are made in");
    command
        .add_option("--client-address", client_addresses_,
                    "addresses that the clients' sockets are bound to in turn, with commas between")
        ->delimiter(',')
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command
        .add_option("--server-pid", server_pid_,
                    "process of the server, where it runs on this machine: its CPU and memory")
        ->check(CLI::PositiveNumber);
    command
        .add_option("--server-core", server_core_,
                    "core that the server has to itself: how busy it is")
        ->check(CLI::NonNegativeNumber);
}

void LoadArguments::add_output(CLI::App& command) {
    command.add_option("--json", settings_.output.json_path,
                       "append each result to this file as one line of JSON; -: standard output");
    command.add_option("--html", settings_.output.html_path,
                       "write a report for people to this file, whole in itself");
    command.add_option("--label", labels_, "KEY=VALUE to keep with each result")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command
        .add_option("--require", requirements_,
                    "what a result has to be, or the exit code is 1: lost<=0.1%, pps>=100000, "
                    "latency_us.p99<=2000; a percentage is of what was sent")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void LoadArguments::add_load(CLI::App& command) {
    Load& load = settings_.load;
    command.add_option("--flows", load.flows, "allocations that carry packets, or pairs of them")
        ->check(CLI::Range(1, 1000000))
        ->capture_default_str();
    add_packets(command);
    command
        .add_option("--rate", rate_,
                    "packets per second of all flows together; max: as fast as it goes; search: "
                    "the largest that loses no more than --loss")
        ->capture_default_str();
    command.add_option("--loss", loss_percent_, "per cent that a search takes for no loss")
        ->check(CLI::Range(0.0, 50.0))
        ->capture_default_str();
    command.add_option("--direction", direction_, "up: client to peer; down; both")
        ->check(CLI::IsMember({"up", "down", "both"}))
        ->capture_default_str();
    add_mode(command);
    add_wire(command);
}

void LoadArguments::add_wire(CLI::App& command) {
    command.add_flag(
        "--wire", from_kernel_,
        "the kernel sends, counts and drops the packets, past all sockets: millions a "
        "second. As root, by XDP; one way; of the cables' other ends each needs XDP or "
        "GRO, and no offload of checksums");
    command.add_flag("--direct", direct_,
                     "clients and peers speak without a relay, and the server is not asked: what "
                     "does carry their packets between them?");
}

void LoadArguments::add_mode(CLI::App& command) {
    command.add_option("--mode", mode_, "ChannelData, or Send and Data indications")
        ->check(CLI::IsMember({"channel", "send"}))
        ->capture_default_str();
}

void LoadArguments::add_packets(CLI::App& command) {
    Load& load = settings_.load;
    command.add_option("--size", load.payload_octets, "octets of each payload")
        ->check(CLI::Range(static_cast<int>(stamp_octets), 9000))
        ->capture_default_str();
    command.add_option("--burst", load.burst, "packets sent to one flow at once")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    auto* on = command.add_flag("--gso", segments_,
                                "a burst leaves as one UDP_SEGMENT send; what bursts do anyway");
    command.add_flag("--no-gso", segments_not_, "a burst leaves packet by packet")->excludes(on);
}

void LoadArguments::add_peers(CLI::App& command) {
    command.add_option("--peer-address", peer_address_,
                       "address of the peers; else that from which the relay is reached");
    command.add_option("--peer-netns", settings_.places.peer_netns,
                       "network namespace that the peers' sockets are made in");
}

void LoadArguments::add_in_flight(CLI::App& command) {
    command
        .add_option("--in-flight", settings_.in_flight, "requests that wait for an answer at once")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
}

void LoadArguments::add_allocations(CLI::App& command) {
    command.add_option("--allocations", settings_.allocations, "how many to hold")
        ->check(CLI::Range(1, 10000000))
        ->capture_default_str();
}

void LoadArguments::add_profile(CLI::App& command) {
    command.add_option("profile", profile_, "consult, conference-4, conference-8 or audio")
        ->required()
        ->check(CLI::IsMember(profile_names()));
}

void LoadArguments::add_calls(CLI::App& command) {
    command.add_option("--calls", settings_.load.calls, "how many go on at once")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    add_mode(command);
    add_call_seconds(command);
}

void LoadArguments::add_call_seconds(CLI::App& command) {
    command
        .add_option("--call-seconds", settings_.call_seconds,
                    "how long a party stays: so often others join and leave")
        ->check(CLI::Range(1.0, 86400.0))
        ->capture_default_str();
}

void LoadArguments::add_plan(CLI::App& command) {
    command.add_option("--profile", profile_, "what the calls are like")
        ->check(CLI::IsMember(profile_names()))
        ->capture_default_str();
    command
        .add_option("--relay-ports", settings_.relay_ports,
                    "how many ports the server has for relays")
        ->check(CLI::Range(1, 10000000))
        ->capture_default_str();
    add_call_seconds(command);
}

Settings LoadArguments::settings(bool needs_login) const {
    Settings settings = settings_;
    const auto uri = protocol::Uri::parse(uri_);
    if (!uri) throw CLI::ValidationError{uri_ + ": " + uri.error().text};
    settings.access = {
        .text = uri_,
        .uri = *uri,
        .connect = {.trust = login_.trust()},
        .login = needs_login ? login_.login_or_minted(minted_lifetime) : client::Login{}};
    for (const auto& each : client_addresses_) {
        settings.places.client_addresses.push_back(address_of(each));
    }
    if (!peer_address_.empty()) settings.places.peer_address = address_of(peer_address_);
    if (server_pid_ > 0) settings.watch.server_pid = server_pid_;
    if (server_core_ >= 0) settings.watch.server_core = server_core_;
    Load& load = settings.load;
    load.rate = rate_of(rate_);
    load.loss_max = loss_percent_ / 100;
    load.direction = direction_ == "up"     ? Direction::up
                     : direction_ == "down" ? Direction::down
                                            : Direction::both;
    load.profile = find_profile(profile_);
    load.from_kernel = from_kernel_;
    load.direct = direct_;
    load.mode = mode_ == "send" ? Mode::send : Mode::channel;
    load.segmentation = !segments_not_ && load.burst > 1;
    settings.duration = std::chrono::nanoseconds{static_cast<std::int64_t>(seconds_ * 1e9)};
    for (const auto& each : labels_) settings.output.labels.push_back(label_of(each));
    for (const auto& each : requirements_) {
        settings.output.requirements.push_back(requirement_of(each));
    }
    return settings;
}

void check_wire(const Settings& settings) {
    const Load& load = settings.load;
    if (!load.from_kernel) return;
    const auto refuse = [](const std::string& why) {
        throw CLI::ValidationError{"--wire: " + why};
    };
    if (load.direction == Direction::both && !load.symmetric) refuse("one --direction, up or down");
    if (load.mode != Mode::channel) refuse("--mode channel only");
    if (load.burst > 1) refuse("no bursts");
    if (load.payload_octets < wire_payload_octets_min) {
        refuse(fmt::format("--size {} or more", wire_payload_octets_min));
    }
    if (load.flows > wire::wire_lanes_max / 2) refuse("fewer --flows");
    if (settings.access.uri.transport != protocol::Transport::udp) refuse("UDP only");
}

}  // namespace turnpike::bench
