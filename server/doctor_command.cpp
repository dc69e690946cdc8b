// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor_command.hpp"

#include <csignal>
#include <ostream>
#include <utility>

#include "server/configuration.hpp"
#include "server/doctor/examine.hpp"
#include "server/doctor/report.hpp"
#include "server/serve.hpp"

namespace turnpike {

ExitCode examine(const DoctorCommand& command, std::ostream& out) {
    std::signal(SIGPIPE, SIG_IGN);  // a server that hangs up is something to report
    config::Inputs inputs = gather_inputs(command.config);
    if (!inputs.file) inputs.spare_secret = random_secret();
    // Judged with more words than a configuration's warning has.
    const config::Surroundings around = std::exchange(inputs.around, {});
    const config::Loaded loaded = load_configuration(inputs);
    const std::string name = inputs.file ? inputs.file->string() : "defaults, without a file";
    const doctor::Findings findings =
        doctor::examine(loaded, {.name = name,
                                 .around = around,
                                 .may_start = command.may_start,
                                 .file = inputs.file ? name : std::string{}});
    if (command.as_json) {
        out << doctor::json(findings) << '\n';
    } else {
        doctor::print(findings, out);
    }
    return doctor::has_problem(findings) ? ExitCode::bad_configuration : ExitCode::clean;
}

}  // namespace turnpike
