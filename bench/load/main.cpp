// SPDX-License-Identifier: BSD-3-Clause
//
// turnpike-bench: measures a STUN/TURN server from a client's side.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "bench/load/manual.hpp"
#include "client/check.hpp"

namespace {

using turnpike::client::CheckReport;
using turnpike::client::CheckSettings;
using turnpike::client::Login;
using turnpike::protocol::Family;
using turnpike::protocol::Uri;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

constexpr const char* check_help =
    "For each URI, over every transport and address that it leaves open: reach the server, look at "
    "its certificate, allocate, relay packets to itself, delete. What fails is said with its "
    "likely cause. turn: without ?transport= means UDP and TCP, turns: TLS and DTLS.\n"
    "Exit code 0: all of it works; 1: something failed; 2: wrong usage.";

struct Arguments {
    std::vector<std::string> uris;
    std::string user;
    std::string password;
    std::string password_file;
    std::string secret_file;
    double timeout_seconds = 5;
    bool only_v4 = false;
    bool only_v6 = false;
    bool insecure = false;
    bool json = false;
    CheckSettings settings;
};

// Without the end of the line that editors leave there.
std::string first_line(const std::string& path) {
    std::ifstream file{path};
    std::string line;
    if (!std::getline(file, line)) throw CLI::ValidationError{path + ": cannot be read, or empty"};
    return line;
}

// The environment and files keep secrets out of the process list.
std::string from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : value;
}

CheckSettings settings_of(const Arguments& arguments) {
    CheckSettings settings = arguments.settings;
    settings.connect.timeout =
        std::chrono::milliseconds{static_cast<long>(arguments.timeout_seconds * 1000)};
    settings.connect.trust.verify = !arguments.insecure;
    settings.now = std::chrono::system_clock::now();
    if (arguments.only_v4) settings.family = Family::ipv4;
    if (arguments.only_v6) settings.family = Family::ipv6;
    settings.secret = arguments.secret_file.empty() ? from_environment("TURNPIKE_SECRET")
                                                    : first_line(arguments.secret_file);
    std::string password = arguments.password;
    if (!arguments.password_file.empty()) password = first_line(arguments.password_file);
    if (password.empty()) password = from_environment("TURNPIKE_PASSWORD");
    if (!arguments.user.empty()) {
        settings.login = Login{arguments.user, password};
        settings.secret.clear();
    }
    return settings;
}

// Without a group nobody is shown it: for the package.
CLI::App* add_manual(CLI::App& program, std::string& what) {
    auto* manual = program.add_subcommand("manual", "Print the manual page, or bash's completion");
    manual->group("")
        ->add_option("WHAT", what)
        ->required()
        ->check(CLI::IsMember({"turnpike-bench", "bash-completion"}));
    return manual;
}

int run_check(const Arguments& arguments) {
    std::vector<Uri> uris;
    for (const std::string& text : arguments.uris) {
        const auto uri = Uri::parse(text);
        if (!uri) {
            std::cerr << "turnpike-bench: " << text << ": " << uri.error().text << '\n';
            return exit_usage;
        }
        uris.push_back(*uri);
    }
    const CheckSettings settings = settings_of(arguments);
    CheckReport report{arguments.json ? nullptr : &std::cout};
    for (const Uri& uri : uris) turnpike::client::check(uri, settings, report);
    report.print_summary();
    if (arguments.json) std::cout << report.json() << '\n';
    return report.all_work() ? EXIT_SUCCESS : exit_failed;
}

void add_check(CLI::App& program, Arguments& arguments) {
    auto* check = program.add_subcommand("check", check_help);
    check
        ->add_option("uri", arguments.uris,
                     "turn:HOST[:PORT][?transport=udp|tcp], turns:..., stun:HOST[:PORT], stuns:...")
        ->required();
    check->add_option("-u,--user", arguments.user, "username");
    check->add_option("-p,--password", arguments.password,
                      "password; better: --password-file, or TURNPIKE_PASSWORD in the environment");
    check->add_option("--password-file", arguments.password_file, "file whose first line is it");
    check->add_option("--secret-file", arguments.secret_file,
                      "file whose first line is the secret that logins are minted from, or "
                      "TURNPIKE_SECRET in the environment: tells a wrong secret from wrong clocks");
    check->add_option("--realm", arguments.settings.realm, "the realm that the server has to have");
    check->add_option("--ca", arguments.settings.connect.trust.authorities,
                      "PEM file of the authorities to trust instead of the system's");
    check->add_flag("--insecure", arguments.insecure, "take any certificate");
    auto* v4 = check->add_flag("-4", arguments.only_v4, "IPv4 addresses only");
    check->add_flag("-6", arguments.only_v6, "IPv6 addresses only")->excludes(v4);
    check->add_option("--packets", arguments.settings.packets, "to relay on each way")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    check->add_option("--timeout", arguments.timeout_seconds, "seconds to wait for each answer")
        ->check(CLI::Range(0.1, 60.0))
        ->capture_default_str();
    check->add_flag("--json", arguments.json, "print one JSON object instead");
}

}  // namespace

int main(int count, char** values) {
    std::signal(SIGPIPE, SIG_IGN);  // a server that hangs up is a failure to report, not our end
    CLI::App program{"Measures a STUN/TURN server from a client's side.", "turnpike-bench"};
    program.set_version_flag("--version", "turnpike-bench " TURNPIKE_VERSION);
    program.require_subcommand(1);
    Arguments arguments;
    add_check(program, arguments);
    std::string page;
    const CLI::App* manual = add_manual(program, page);
    try {
        program.parse(count, values);
        if (manual->parsed()) {
            std::cout << turnpike::bench::manual_text(program, page);
            return EXIT_SUCCESS;
        }
        return run_check(arguments);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? EXIT_SUCCESS : exit_usage;
    }
}
