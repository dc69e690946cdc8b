// SPDX-License-Identifier: BSD-3-Clause
//
// turnpike-bench: measures a STUN/TURN server from a client's side.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "bench/load/check.hpp"

namespace {

using turnpike::bench::CheckSettings;
using turnpike::bench::Login;
using turnpike::bench::Uri;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

struct Arguments {
    std::vector<std::string> uris;
    std::string user;
    std::string password;
    double timeout_seconds = 5;
};

int run_check(const Arguments& arguments) {
    CheckSettings settings;
    settings.timeout =
        std::chrono::milliseconds{static_cast<long>(arguments.timeout_seconds * 1000)};
    settings.now = std::chrono::system_clock::now();
    std::string password = arguments.password;
    // The environment keeps it out of the process list.
    const char* from_environment = std::getenv("TURNPIKE_PASSWORD");
    if (password.empty() && from_environment != nullptr) password = from_environment;
    if (!arguments.user.empty()) settings.login = Login{arguments.user, password};

    bool all_passed = true;
    for (const std::string& text : arguments.uris) {
        const auto uri = Uri::parse(text);
        if (!uri) {
            std::cerr << "turnpike-bench: " << text << ": " << uri.error().text << '\n';
            return exit_usage;
        }
        all_passed = turnpike::bench::check(*uri, settings, std::cout) && all_passed;
    }
    return all_passed ? EXIT_SUCCESS : exit_failed;
}

}  // namespace

int main(int count, char** values) {
    CLI::App program{"Measures a STUN/TURN server from a client's side."};
    program.set_version_flag("--version", "turnpike-bench " TURNPIKE_VERSION);
    program.require_subcommand(1);

    Arguments arguments;
    auto* check = program.add_subcommand(
        "check",
        "For each URI: reach the server, allocate, relay a packet to itself; say what fails and "
        "why.\n"
        "Exit code 0: all of it works; 1: something failed; 2: wrong usage.");
    check
        ->add_option("uri", arguments.uris,
                     "turn:HOST[:PORT][?transport=udp|tcp] or stun:HOST[:PORT]")
        ->required();
    check->add_option("-u,--user", arguments.user, "username");
    check->add_option("-p,--password", arguments.password,
                      "password; better: the environment's TURNPIKE_PASSWORD");
    check->add_option("--timeout", arguments.timeout_seconds, "seconds to wait for each answer")
        ->check(CLI::Range(0.1, 60.0))
        ->capture_default_str();

    try {
        program.parse(count, values);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? EXIT_SUCCESS : exit_usage;
    }
    return run_check(arguments);
}
