// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/forward_command.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "bench/wire/neighbour.hpp"
#include "bench/wire/program.hpp"

namespace turnpike::bench {
namespace {

constexpr const char* help =
    "Send UDP on between two interfaces as it is, by XDP, each towards the neighbour with this "
    "MAC: "
    "what every relay is slower than.";

void wait_for_the_end() {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, nullptr);
    std::cout << "forwarding\n" << std::flush;
    int which = 0;
    sigwait(&ends, &which);
}

}  // namespace

// Without a group nobody is shown it: for bench/compare.
ForwardCommand::ForwardCommand(CLI::App& program)
    : command_{program.add_subcommand("forward", help)} {
    command_->group("")
        ->add_option("INTERFACE=MAC", neighbours_, "of both sides")
        ->required()
        ->expected(2);
}

bool ForwardCommand::is_asked() const {
    return command_->parsed();
}

int ForwardCommand::run() const {
    const auto one = wire::neighbour_of(neighbours_[0]);
    const auto other = wire::neighbour_of(neighbours_[1]);
    wire::Program program{wire::way_between(one, other), wire::way_between(other, one)};
    for (const auto& side : {one, other}) program.forward_at(side.interface);
    wait_for_the_end();
    return EXIT_SUCCESS;
}

}  // namespace turnpike::bench
