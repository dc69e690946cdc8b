// SPDX-License-Identifier: BSD-3-Clause
#include "server/operate.hpp"

#include <fmt/format.h>

#include <functional>
#include <istream>
#include <ostream>
#include <utility>

#include "server/configuration.hpp"
#include "server/database_office.hpp"
#include "server/serve.hpp"
#include "server/wall_time.hpp"
#include "storage/migrate.hpp"

namespace turnpike {
namespace {

using storage::Failure;
using storage::Registry;
using storage::Result;

ExitCode fail(const Console& console, std::string_view why) {
    console.error << "error: " << why << '\n';
    return ExitCode::system_failure;
}

ExitCode fail(const Console& console, const Failure& failure) {
    return fail(console, failure.what);
}

std::string when(const std::optional<storage::Time>& time) {
    return time ? format_wall_time(*time) : "-";
}

std::string number(const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : "-";
}

// Loads the configuration and does it.
ExitCode with_config(const ConfigArguments& arguments, const Console& console,
                     const std::function<ExitCode(const config::Config&)>& work) {
    const config::Loaded loaded = load_for_operator(arguments);
    if (loaded.ok()) return work(loaded.config);
    report(loaded, console.error);
    return ExitCode::bad_configuration;
}

// Finds who keeps users and calls, and does it there.
ExitCode in_office(const ConfigArguments& arguments, const Console& console,
                   const std::function<ExitCode(Office&)>& work) {
    return with_config(arguments, console, [&](const config::Config& config) {
        const auto office = open_office(config);
        return office ? work(**office) : fail(console, office.error());
    });
}

// What somebody typed or piped, or something that nobody can guess.
std::string secret_text(bool generate, const Console& console) {
    if (generate) return random_secret();
    std::string line;
    std::getline(console.in, line);
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

// `found`: that there was something to do it to.
ExitCode done(const Console& console, const Result<bool>& found, const std::string& what,
              const std::string& missing) {
    if (!found) return fail(console, found.error());
    if (!*found) return fail(console, missing);
    console.out << what << '\n';
    return ExitCode::clean;
}

// How many allocations the servers end because of a change: they report it as they do it.
std::string ended_of(const admin::Revoked& revoked) {
    std::string text =
        fmt::format("{} allocation{} ended", revoked.ended, revoked.ended == 1 ? "" : "s");
    if (revoked.pending > 0) {
        text += fmt::format(
            "; {} not reported yet: see that every server is up and reaches the "
            "database",
            revoked.pending);
    }
    return text;
}

// A change that ends what runs.
ExitCode revoked(const Console& console, const Result<admin::Revoked>& result,
                 const std::string& what, const std::string& missing) {
    if (!result) return fail(console, result.error());
    return done(console, result->found, what + ": " + ended_of(*result), missing);
}

ExitCode add_user(const UserCommand& command, const Console& console, Office& office) {
    const std::string text = secret_text(command.generate, console);
    const auto put = office.put_user({.name = command.name,
                                      .password = text,
                                      .call = command.call,
                                      .deadline = command.deadline,
                                      .limits = command.limits});
    if (!put) return fail(console, put.error());
    if (command.generate) console.out << text << '\n';
    return ExitCode::clean;
}

ExitCode list_users(const Console& console, Office& office) {
    const auto users = office.users();
    if (!users) return fail(console, users.error());
    for (const storage::Account& user : *users) {
        const storage::Credential& it = user.credential;
        console.out << fmt::format(
            "{}  {}  call {}  deadline {}  bytes {}  bits per second {}  allocations {}\n",
            user.username, it.enabled ? "enabled" : "disabled", it.call.value_or("-"),
            when(it.deadline), number(it.limits.bytes), number(it.limits.bits_per_second),
            number(it.limits.allocations));
    }
    return ExitCode::clean;
}

void print(const storage::Call& call, std::ostream& out) {
    out << fmt::format("{}  starts {}  ends {}  seconds {}  first media {}  ended {}\n", call.id,
                       when(call.starts_at), when(storage::end_of(call)), number(call.seconds),
                       when(call.media_at), when(call.ended_at));
}

ExitCode show_call(const CallCommand& command, const Console& console, Office& office) {
    const auto file = office.find_call(command.call.id);
    if (!file) return fail(console, file.error());
    if (!file->call && file->usage.empty()) return fail(console, "no call " + command.call.id);
    if (file->call) print(*file->call, console.out);
    for (const storage::CallUsage& row : file->usage) {
        console.out << fmt::format(
            "  {}  connected {} s  media {} s  sent {}  received {}  allocations {} ({} open)  "
            "{}\n",
            row.username, row.connected_seconds, row.media_seconds, row.sent_bytes,
            row.received_bytes, row.allocations, row.open, row.reason.value_or("-"));
    }
    return ExitCode::clean;
}

ExitCode list_calls(const Console& console, Office& office) {
    const auto calls = office.calls();
    if (!calls) return fail(console, calls.error());
    for (const storage::Call& call : *calls) print(call, console.out);
    return ExitCode::clean;
}

ExitCode create_call(const CallCommand& command, const Console& console, Office& office) {
    const auto made = office.create_call(command.call);
    if (!made) return fail(console, made.error());
    console.out << "call " << command.call.id << " made\n";
    return ExitCode::clean;
}

ExitCode keep_secrets(const SecretCommand& command, const Console& console,
                      DatabaseOffice& office) {
    using Action = SecretCommand::Action;
    if (command.action == Action::remove) {
        return done(console, office.ask<bool>(&Registry::remove_secret, command.name),
                    "secret " + command.name + " removed", "no secret " + command.name);
    }
    if (command.action == Action::add) {
        const std::string text = secret_text(command.generate, console);
        if (text.empty()) return fail(console, "an empty secret is none");
        const auto put = office.ask<void>(&Registry::put_secret,
                                          storage::Secret{command.name, text, command.expired});
        if (!put) return fail(console, put.error());
        if (command.generate) console.out << text << '\n';
        return ExitCode::clean;
    }
    const auto secrets = office.ask<std::vector<Registry::ListedSecret>>(&Registry::list_secrets);
    if (!secrets) return fail(console, secrets.error());
    for (const auto& secret : *secrets) {
        console.out << fmt::format("{}  {}  expired {}  since {}\n", secret.name,
                                   secret.enabled ? "enabled" : "disabled",
                                   secret.expired.value_or("-"), when(secret.created_at));
    }
    return ExitCode::clean;
}

}  // namespace

ExitCode operate(const MigrateCommand& command, const Console& console) {
    const config::Loaded loaded = load_for_operator(command.config);
    if (!loaded.ok()) {
        report(loaded, console.error);
        return ExitCode::bad_configuration;
    }
    const auto migration = storage::migrate(loaded.config.storage.url);
    if (!migration) return fail(console, migration.error());
    for (const std::string& name : migration->applied) console.out << "applied " << name << '\n';
    console.out << "the database is at schema version " << migration->to << '\n';
    return ExitCode::clean;
}

ExitCode operate(const UserCommand& command, const Console& console) {
    using Action = UserCommand::Action;
    const std::string& name = command.name;
    const std::string missing = "no user " + name + " in turnpike.account";
    return in_office(command.config, console, [&](Office& office) {
        switch (command.action) {
            case Action::add:
                return add_user(command, console, office);
            case Action::remove:
                return revoked(console, office.remove_user(name), "user " + name + " removed",
                               missing);
            case Action::enable:
                return done(console, office.enable_user(name), "user " + name + " enabled",
                            missing);
            case Action::disable:
                return revoked(console, office.disable_user(name), "user " + name + " disabled",
                               missing);
            case Action::list:
                break;
        }
        return list_users(console, office);
    });
}

ExitCode operate(const CallCommand& command, const Console& console) {
    using Action = CallCommand::Action;
    const std::string& id = command.call.id;
    return in_office(command.config, console, [&](Office& office) {
        switch (command.action) {
            case Action::create:
                return create_call(command, console, office);
            case Action::extend:
                return done(console, office.extend_call(id, command.seconds),
                            fmt::format("call {} changed by {} s", id, command.seconds),
                            "no call " + id);
            case Action::end:
                return revoked(console, office.end_call(id), "call " + id + " ended",
                               "no call " + id);
            case Action::show:
                return show_call(command, console, office);
            case Action::list:
                break;
        }
        return list_calls(console, office);
    });
}

ExitCode operate(const SecretCommand& command, const Console& console) {
    return with_config(command.config, console, [&](const config::Config& config) {
        DatabaseOffice office{config};
        if (const auto connected = office.connect(); !connected) {
            return fail(console, connected.error());
        }
        return keep_secrets(command, console, office);
    });
}

}  // namespace turnpike
