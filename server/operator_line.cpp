// SPDX-License-Identifier: BSD-3-Clause
#include "server/operator_line.hpp"

#include <CLI/CLI.hpp>
#include <chrono>

#include "server/command_line.hpp"
#include "server/wall_time.hpp"

namespace turnpike {
namespace {

storage::Time now() {
    return storage::to_time(std::chrono::system_clock::now());
}

template <typename T>
void add_number(CLI::App& command, const std::string& name, std::optional<T>& number,
                const std::string& help) {
    command.add_option(name, number, help)->type_name("N")->check(CLI::PositiveNumber);
}

}  // namespace

void add_json(CLI::App& command, bool& as_json) {
    command.add_flag("--json", as_json, "As JSON, for scripts");
}

void add_config_options(CLI::App& command, ConfigArguments& config) {
    command.add_option("--config", config.file, "Configuration file")->type_name("FILE");
    command.add_option("--set", config.assignments, "Set one option, over the file; repeatable")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
}

OperatorLine::OperatorLine(CLI::App& app) {
    auto& migrate =
        *app.add_subcommand("migrate", "Make or bring up to date the tables of storage.url");
    add_config_options(migrate, migrate_.config);
    migrate.callback([this] { chosen_ = migrate_; });
    add_user(app);
    add_call(app);
    add_secret(app);
}

void OperatorLine::add_time(CLI::App& command, const std::string& name,
                            std::optional<storage::Time>& time, const std::string& help) {
    command
        .add_option_function<std::string>(
            name,
            [&time, name](const std::string& text) {
                time = parse_wall_time(text, now());
                if (!time) {
                    throw CLI::ValidationError{
                        name, text + " is no time; write 2026-11-23T18:00:00Z, or +40m"};
                }
            },
            help)
        ->type_name("TIME");
}

void OperatorLine::add_user(CLI::App& app) {
    using Action = UserCommand::Action;
    auto& user = *app.add_subcommand("user", "Users in the database");
    user.require_subcommand(1);
    const auto add = [&](const char* word, Action action, const char* help) -> CLI::App& {
        auto& command = *user.add_subcommand(word, help);
        add_config_options(command, user_.config);
        add_json(command, user_.as_json);
        if (action != Action::list) {
            command.add_option("NAME", user_.name, "Which user")->required();
        }
        command.callback([this, action] {
            user_.action = action;
            chosen_ = user_;
        });
        return command;
    };
    auto& made = add("add", Action::add,
                     "Make a user, or change one; the password is read from standard input");
    made.add_flag("--generate", user_.generate, "Make a password and print it");
    made.add_option("--call", user_.call, "The call that this user's allocations belong to");
    add_time(made, "--deadline", user_.deadline, "When all ends for this user");
    add_number(made, "--bytes", user_.limits.bytes, "Of one allocation, both ways together");
    add_number(made, "--bits-per-second", user_.limits.bits_per_second,
               "Of all its allocations, each way");
    add_number(made, "--allocations", user_.limits.allocations, "At once");
    add("remove", Action::remove, "Remove a user: running allocations end");
    add("enable", Action::enable, "Let a user in again");
    add("disable", Action::disable, "Keep a user out: running allocations end");
    add("list", Action::list, "List users");
}

void OperatorLine::add_call_limits(CLI::App& command) {
    storage::Call& call = call_.call;
    add_time(command, "--starts", call.starts_at, "Nobody gets in before");
    add_time(command, "--ends", call.ends_at, "Everybody is out by then");
    add_number(command, "--seconds", call.seconds, "How long, from the first relayed media on");
    add_number(command, "--participants", call.participants, "Different users at once");
    add_number(command, "--bytes", call.bytes, "Of the whole call, both ways together");
    add_number(command, "--bits-per-second", call.bits_per_second, "Of the whole call, each way");
    add_number(command, "--leg-bits-per-second", call.leg_bits_per_second,
               "Of each allocation, each way");
}

void OperatorLine::add_call(CLI::App& app) {
    using Action = CallCommand::Action;
    auto& call = *app.add_subcommand("call", "Calls: time, bytes and people that were paid for");
    call.require_subcommand(1);
    const auto add = [&](const char* word, Action action, const char* help) -> CLI::App& {
        auto& command = *call.add_subcommand(word, help);
        add_config_options(command, call_.config);
        add_json(command, call_.as_json);
        if (action != Action::list) {
            command.add_option("ID", call_.call.id, "Which call")->required();
        }
        command.callback([this, action] {
            call_.action = action;
            chosen_ = call_;
        });
        return command;
    };
    add_call_limits(add("create", Action::create, "Make a call"));
    add("extend", Action::extend, "Give a call more seconds, or with a minus fewer")
        .add_option("SECONDS", call_.seconds, "How many")
        ->required();
    add("end", Action::end, "End a call now");
    add("show", Action::show, "Show a call and what its participants have used");
    add("list", Action::list, "List calls");
}

void OperatorLine::add_secret(CLI::App& app) {
    using Action = SecretCommand::Action;
    auto& secret = *app.add_subcommand("secret", "Shared secrets of time-limited usernames");
    secret.require_subcommand(1);
    const auto add = [&](const char* word, Action action, const char* help) -> CLI::App& {
        auto& command = *secret.add_subcommand(word, help);
        add_config_options(command, secret_.config);
        add_json(command, secret_.as_json);
        if (action != Action::list) {
            command.add_option("NAME", secret_.name, "What you call it")->required();
        }
        command.callback([this, action] {
            secret_.action = action;
            chosen_ = secret_;
        });
        return command;
    };
    auto& made =
        add("add", Action::add, "Make a secret, or change one; it is read from standard input");
    made.add_flag("--generate", secret_.generate, "Make one and print it");
    made.add_option("--expired", secret_.expired, "As auth.expired: keep or end")
        ->check(CLI::IsMember({"keep", "end"}));
    add("remove", Action::remove, "Remove a secret: nobody logs in with it any more");
    add("list", Action::list, "List secrets, without themselves");
}

}  // namespace turnpike
