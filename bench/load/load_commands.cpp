// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/load_commands.hpp"

#include <cstdlib>
#include <iostream>

#include "bench/load/exit_code.hpp"
#include "bench/load/publisher.hpp"
#include "bench/load/runner.hpp"

namespace turnpike::bench {
namespace {

constexpr const char* relay_help =
    "Relay packets between clients and peers through allocations, and count them one by one: "
    "delivered, lost, reordered, duplicated, and how long they took. Clients and peers are both in "
    "this program, so that no clocks have to agree.";

void measure_relay(const Settings& settings, Publisher& publisher) {
    Stage stage{settings};
    Runner runner{stage, settings};
    runner.warm_up();
    const Figures figures = runner.run({.packets_per_second = settings.load.rate.packets_per_second,
                                        .duration = settings.duration});
    publisher.publish(relay_result(settings, figures));
}

}  // namespace

LoadCommands::LoadCommands(CLI::App& program)
    : relay_{program.add_subcommand("relay", relay_help)} {
    arguments_.add_common(*relay_);
    arguments_.add_load(*relay_);
    arguments_.add_peers(*relay_);
}

bool LoadCommands::is_asked() const {
    return relay_->parsed();
}

int LoadCommands::run() const {
    const Settings settings = arguments_.settings();
    Publisher publisher{settings.output, std::cout, std::cerr};
    measure_relay(settings, publisher);
    return publisher.all_met() ? EXIT_SUCCESS : exit_failed;
}

}  // namespace turnpike::bench
