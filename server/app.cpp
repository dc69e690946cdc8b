// SPDX-License-Identifier: BSD-3-Clause
#include "server/app.hpp"

#include <exception>
#include <iostream>
#include <ostream>

#include "server/admin_commands.hpp"
#include "server/command_line.hpp"
#include "server/config/reference.hpp"
#include "server/configuration.hpp"
#include "server/credentials_command.hpp"
#include "server/doctor_command.hpp"
#include "server/import_coturn.hpp"
#include "server/operate.hpp"
#include "server/serve.hpp"

namespace turnpike {
namespace {

// One overload per alternative of Command.
struct Runner {
    std::ostream& out;
    std::ostream& error;

    ExitCode operator()(const Farewell& farewell) const {
        (farewell.code == ExitCode::clean ? out : error) << farewell.text;
        return farewell.code;
    }

    ExitCode operator()(const ServeCommand& command) const { return serve(command, error); }

    ExitCode operator()(const CheckConfigCommand& command) const {
        config::Loaded loaded = load_configuration(gather_inputs(command.config));
        check_certificates(loaded);
        report(loaded, error);
        if (!loaded.ok()) return ExitCode::bad_configuration;
        if (!command.quiet) print_effective(loaded, out);
        return ExitCode::clean;
    }

    ExitCode operator()(const CredentialsCommand& command) const {
        return operate(command, console());
    }

    ExitCode operator()(const DoctorCommand& command) const { return examine(command, out); }

    ExitCode operator()(const OptionsCommand&) const {
        out << config::reference();
        return ExitCode::clean;
    }

    ExitCode operator()(const SampleConfigCommand&) const {
        out << config::sample_file();
        return ExitCode::clean;
    }

    ExitCode operator()(const ImportCoturnCommand& command) const {
        return import_coturn(command, console());
    }
    ExitCode operator()(const MigrateCommand& command) const { return operate(command, console()); }
    ExitCode operator()(const UserCommand& command) const { return operate(command, console()); }
    ExitCode operator()(const CallCommand& command) const { return operate(command, console()); }
    ExitCode operator()(const SecretCommand& command) const { return operate(command, console()); }
    ExitCode operator()(const SessionsCommand& command) const {
        return operate(command, console());
    }
    ExitCode operator()(const DrainCommand& command) const { return operate(command, console()); }
    ExitCode operator()(const ReloadCommand& command) const { return operate(command, console()); }
    ExitCode operator()(const LogCommand& command) const { return operate(command, console()); }
    ExitCode operator()(const EventsCommand& command) const { return operate(command, console()); }

    [[nodiscard]] Console console() const { return {std::cin, out, error}; }
};

}  // namespace

ExitCode run(std::vector<std::string> arguments, std::ostream& out, std::ostream& error) {
    try {
        return std::visit(Runner{out, error}, parse_command_line(std::move(arguments)));
    } catch (const std::exception& failure) {
        error << "error: " << failure.what() << '\n';
        return ExitCode::system_failure;
    }
}

}  // namespace turnpike
