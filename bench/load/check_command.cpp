// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/check_command.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "bench/load/exit_code.hpp"

namespace turnpike::bench {
namespace {

using client::CheckReport;
using client::CheckSettings;
using protocol::Family;
using protocol::Uri;

constexpr const char* check_help =
    "For each URI, over every transport and address that it leaves open: reach the server, look at "
    "its certificate, allocate, relay packets to itself, delete. What fails is said with its "
    "likely cause. turn: without ?transport= means UDP and TCP, turns: TLS and DTLS.\n"
    "Exit code 0: all of it works; 1: something failed; 2: wrong usage.";

}  // namespace

CheckCommand::CheckCommand(CLI::App& program)
    : command_{program.add_subcommand("check", check_help)} {
    command_
        ->add_option("uri", uris_,
                     "turn:HOST[:PORT][?transport=udp|tcp], turns:..., stun:HOST[:PORT], stuns:...")
        ->required();
    login_.add_to(*command_);
    command_->add_option("--realm", settings_.realm, "the realm that the server has to have");
    auto* v4 = command_->add_flag("-4", only_v4_, "IPv4 addresses only");
    command_->add_flag("-6", only_v6_, "IPv6 addresses only")->excludes(v4);
    command_->add_option("--packets", settings_.packets, "to relay on each way")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command_->add_option("--timeout", timeout_seconds_, "seconds to wait for each answer")
        ->check(CLI::Range(0.1, 60.0))
        ->capture_default_str();
    command_->add_flag("--json", json_, "print one JSON object instead");
}

CheckSettings CheckCommand::settings() const {
    CheckSettings settings = settings_;
    settings.connect.timeout =
        std::chrono::milliseconds{static_cast<long>(timeout_seconds_ * 1000)};
    settings.connect.trust = login_.trust();
    settings.now = std::chrono::system_clock::now();
    if (only_v4_) settings.family = Family::ipv4;
    if (only_v6_) settings.family = Family::ipv6;
    if (login_.user.empty()) {
        settings.secret = login_.secret();
    } else {
        settings.login = login_.login();
    }
    return settings;
}

int CheckCommand::run() const {
    std::vector<Uri> uris;
    for (const std::string& text : uris_) {
        const auto uri = Uri::parse(text);
        if (!uri) {
            std::cerr << "turnpike-bench: " << text << ": " << uri.error().text << '\n';
            return exit_usage;
        }
        uris.push_back(*uri);
    }
    const CheckSettings settings = this->settings();
    CheckReport report{json_ ? nullptr : &std::cout};
    for (const Uri& uri : uris) client::check(uri, settings, report);
    report.print_summary();
    if (json_) std::cout << report.json() << '\n';
    return report.all_work() ? EXIT_SUCCESS : exit_failed;
}

}  // namespace turnpike::bench
