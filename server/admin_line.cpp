// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin_line.hpp"

#include <CLI/CLI.hpp>

#include "server/command_line.hpp"
#include "server/operator_line.hpp"

namespace turnpike {

AdminLine::AdminLine(CLI::App& app) {
    add_sessions(app);
    add_drain(app);
    auto& reload = *app.add_subcommand(
        "reload", "Have the running server read its configuration again, and say what changes");
    add_config_options(reload, reload_.config);
    add_json(reload, reload_.as_json);
    reload.callback([this] { chosen_ = reload_; });
    add_log(app);
    auto& events = *app.add_subcommand(
        "events", "Print events of the running server as they happen, one JSON object a line");
    add_config_options(events, events_.config);
    events.callback([this] { chosen_ = events_; });
}

void AdminLine::add_filters(CLI::App& command) {
    command.add_option("--user", sessions_.user, "Of this user");
    command.add_option("--call", sessions_.call, "Of this call");
    command.add_option("--client", sessions_.client, "From this address")->type_name("ADDRESS");
    command.add_option("--transport", sessions_.transport, "Between client and relay")
        ->check(CLI::IsMember({"udp", "tcp", "tls", "dtls"}));
}

void AdminLine::add_sessions(CLI::App& app) {
    using Action = SessionsCommand::Action;
    auto& sessions = *app.add_subcommand("sessions", "Allocations that live on the running server");
    sessions.require_subcommand(0, 1);
    add_config_options(sessions, sessions_.config);
    add_json(sessions, sessions_.as_json);
    const auto choose = [this](Action action) {
        return [this, action] {
            sessions_.action = action;
            chosen_ = sessions_;
        };
    };
    const auto add = [&](const char* word, Action action, const char* help) -> CLI::App& {
        auto& command = *sessions.add_subcommand(word, help);
        add_config_options(command, sessions_.config);
        add_json(command, sessions_.as_json);
        command.callback(choose(action));
        return command;
    };
    sessions.callback([this] {
        if (!chosen_) chosen_ = sessions_;
    });
    add_filters(add("list", Action::list, "List them, or those that every filter fits"));
    add("show", Action::show, "Show one").add_option("ID", sessions_.id, "Which")->required();
    auto& end = add("end", Action::end, "End one, or all that every filter fits");
    end.add_option("--id", sessions_.id, "This one");
    add_filters(end);
}

void AdminLine::add_drain(CLI::App& app) {
    auto& drain = *app.add_subcommand(
        "drain", "Have the running server take no new allocations, and end when it is empty");
    add_config_options(drain, drain_.config);
    add_json(drain, drain_.as_json);
    drain
        .add_option_function<std::string>(
            "--deadline",
            [this](const std::string& text) {
                drain_.deadline = parse_duration(text);
                if (drain_.deadline) return;
                throw CLI::ValidationError{"--deadline",
                                           text + " is no time; write 90s, 15m, 12h or 1d"};
            },
            "When it ends although calls go on; else as server.drain_seconds says")
        ->type_name("TIME");
    drain.add_flag("--wait", drain_.wait, "Say how far it is, until it has ended");
    drain.callback([this] { chosen_ = drain_; });
}

void AdminLine::add_log(CLI::App& app) {
    auto& log = *app.add_subcommand(
        "log", "Say or change what the running server logs, until its next start");
    add_config_options(log, log_.config);
    add_json(log, log_.as_json);
    log.add_option_function<std::vector<std::string>>(
           "LEVELS",
           [this](const std::vector<std::string>& words) {
               for (const std::string& word : words) {
                   const auto middle = word.find('=');
                   if (middle == std::string::npos || middle == 0) {
                       throw CLI::ValidationError{"LEVELS", word + " is no AREA=LEVEL"};
                   }
                   log_.levels[word.substr(0, middle)] = word.substr(middle + 1);
               }
           },
           "Such as session=debug; none: say what they are")
        ->type_name("AREA=LEVEL");
    log.callback([this] { chosen_ = log_; });
}

}  // namespace turnpike
