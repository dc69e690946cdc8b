// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/manual.hpp"

#include <array>
#include <chrono>
#include <cstdlib>

#include "manual/command_page.hpp"
#include "manual/completion.hpp"
#include "manual/roff.hpp"

namespace turnpike::bench {
namespace {

constexpr std::string_view description =
    R"(Asks a STUN/TURN server, Turnpike or any other, from where a client stands: does it work, over what,
how quickly, and if not, why not.)";

constexpr std::array sections{
    manual::Section{"EXIT STATUS", R"(* 0: All of it works.
* 1: Something failed.
* 2: The command line is wrong.)"},
    manual::Section{
        "ENVIRONMENT",
        R"(* `TURNPIKE_PASSWORD`: The password that belongs to `--user`, out of the sight of other users of the machine.
* `TURNPIKE_SECRET`: The secret that logins are minted from.)"},
    manual::Section{"EXAMPLES", R"(Every transport, with a login minted on the spot:

    turnpike-bench check --secret-file /etc/turnpike/secret turn:turn.example.org turns:turn.example.org

For a monitor:

    turnpike-bench check --json --password-file /etc/monitor/turn --user monitor turn:turn.example.org)"},
    manual::Section{"SEE ALSO", "`turnpike`(1)"}};

}  // namespace

std::string manual_text(const CLI::App& app, const std::string& what) {
    const manual::CommandNode program = manual::command_tree(app);
    if (what == "bash-completion") return manual::bash_completion(program);
    const std::string date =
        manual::build_date(std::getenv("SOURCE_DATE_EPOCH"), std::chrono::system_clock::now());
    return manual::command_page(program,
                                {.summary = "check a STUN/TURN server from a client's side",
                                 .description = description,
                                 .version = TURNPIKE_VERSION,
                                 .date = date,
                                 .sections = sections});
}

}  // namespace turnpike::bench
