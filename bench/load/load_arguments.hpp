// SPDX-License-Identifier: BSD-3-Clause
//
// The options of the commands that load a server, in groups that several of them take, and what
// they come to. Lives as long as the application that parses into it.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "bench/load/login_arguments.hpp"
#include "bench/load/settings.hpp"

namespace turnpike::bench {

class LoadArguments {
public:
    // The URI, who asks, where from, how long, what is watched and what becomes of the results.
    void add_common(CLI::App& command);
    // Flows and what they carry.
    void add_load(CLI::App& command);
    // Where peers are; of commands that have some.
    void add_peers(CLI::App& command);

    // Of commands that ask more than they relay.
    void add_in_flight(CLI::App& command);
    void add_allocations(CLI::App& command);
    // Of commands that make calls: which, and how many.
    void add_profile(CLI::App& command);
    void add_calls(CLI::App& command);
    void add_plan(CLI::App& command);

    // Throws CLI::ValidationError where they make no sense together.
    [[nodiscard]] Settings settings(bool needs_login) const;

private:
    void add_places(CLI::App& command);
    void add_output(CLI::App& command);
    void add_packets(CLI::App& command);
    void add_mode(CLI::App& command);
    void add_wire(CLI::App& command);
    void add_call_seconds(CLI::App& command);

    LoginArguments login_;
    std::string uri_;
    double seconds_ = 5;
    std::vector<std::string> client_addresses_;
    std::string peer_address_;
    std::string rate_ = "1000";
    bool from_kernel_ = false;
    bool direct_ = false;
    std::string direction_ = "both";
    std::string mode_ = "channel";
    std::string profile_ = "consult";
    double loss_percent_ = 0.1;
    int server_pid_ = 0;
    int server_core_ = -1;
    bool segments_ = false;
    bool segments_not_ = false;
    std::vector<std::string> labels_;
    std::vector<std::string> requirements_;
    Settings settings_;
};

// Throws CLI::ValidationError where the kernel cannot send such a load.
void check_wire(const Settings& settings);

}  // namespace turnpike::bench
