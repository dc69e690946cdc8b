// SPDX-License-Identifier: BSD-3-Clause
//
// turnpike-bench: measures a STUN/TURN server from a client's side.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "bench/load/check_command.hpp"
#include "bench/load/exit_code.hpp"
#include "bench/load/failure.hpp"
#include "bench/load/forward_command.hpp"
#include "bench/load/load_commands.hpp"
#include "bench/load/login_arguments.hpp"
#include "bench/load/manual.hpp"

namespace {

using namespace turnpike;

// Without a group nobody is shown it: for the package.
CLI::App* add_manual(CLI::App& program, std::string& what) {
    auto* manual = program.add_subcommand("manual", "Print the manual page, or bash's completion");
    manual->group("")
        ->add_option("WHAT", what)
        ->required()
        ->check(CLI::IsMember({"turnpike-bench", "bash-completion"}));
    return manual;
}

}  // namespace

int main(int count, char** values) {
    std::signal(SIGPIPE, SIG_IGN);  // a server that hangs up is a failure to report, not our end
    CLI::App program{"Measures a STUN/TURN server from a client's side.", "turnpike-bench"};
    program.set_version_flag("--version", "turnpike-bench " TURNPIKE_VERSION);
    program.require_subcommand(1);
    const bench::CheckCommand check{program};
    const bench::LoadCommands load{program};
    const bench::ForwardCommand forward{program};
    std::string page;
    const CLI::App* manual = add_manual(program, page);
    try {
        program.parse(count, values);
        if (manual->parsed()) {
            std::cout << bench::manual_text(program, page);
            return EXIT_SUCCESS;
        }
        if (forward.is_asked()) return forward.run();
        const std::vector<std::string> words{values, values + count};
        return load.is_asked() ? load.run(bench::without_password(words)) : check.run();
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? EXIT_SUCCESS : bench::exit_usage;
    } catch (const bench::BadStart& failure) {
        std::cerr << "turnpike-bench: " << failure.what() << '\n';
        return bench::exit_failed;
    }
}
