// SPDX-License-Identifier: BSD-3-Clause
#include "server/operate.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <istream>
#include <ostream>
#include <utility>

#include "server/admin/account_json.hpp"
#include "server/admin/reply.hpp"
#include "server/configuration.hpp"
#include "server/database_office.hpp"
#include "server/serve.hpp"
#include "server/wall_time.hpp"
#include "storage/migrate.hpp"

namespace turnpike {
namespace {

using boost::json::object;
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

// The same for people and for scripts.
void say(const Console& console, const std::string& line, const object& same) {
    if (console.as_json) {
        console.out << boost::json::serialize(same) << '\n';
    } else {
        console.out << line << '\n';
    }
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

// Somebody or something that was to be changed, for people and for scripts.
struct Subject {
    std::string kind;  // "user", "call", "secret"
    std::string name;

    [[nodiscard]] std::string text() const { return kind + " " + name; }
    [[nodiscard]] object json() const { return {{kind == "call" ? "id" : "name", name}}; }
    [[nodiscard]] std::string missing() const {
        return "no " + text() + (kind == "user" ? " in turnpike.account" : "");
    }
};

// `found`: that there was something to do it to.
ExitCode done(const Console& console, const Result<bool>& found, const Subject& subject,
              const std::string& what) {
    if (!found) return fail(console, found.error());
    if (!*found) return fail(console, subject.missing());
    say(console, subject.text() + " " + what, subject.json());
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
                 const Subject& subject, const std::string& what) {
    if (!result) return fail(console, result.error());
    if (!result->found) return fail(console, subject.missing());
    object same = subject.json();
    same["ended"] = result->ended;
    same["pending"] = result->pending;
    say(console, fmt::format("{} {}: {}", subject.text(), what, ended_of(*result)), same);
    return ExitCode::clean;
}

ExitCode add_user(const UserCommand& command, const Console& console, Office& office) {
    const std::string text = secret_text(command.generate, console);
    const auto put = office.put_user({.name = command.name,
                                      .password = text,
                                      .call = command.call,
                                      .deadline = command.deadline,
                                      .limits = command.limits});
    if (!put) return fail(console, put.error());
    if (command.generate) say(console, text, {{"name", command.name}, {"password", text}});
    return ExitCode::clean;
}

ExitCode list_users(const Console& console, Office& office) {
    const auto users = office.users();
    if (!users) return fail(console, users.error());
    for (const storage::Account& user : *users) {
        const storage::Credential& it = user.credential;
        say(console,
            fmt::format(
                "{}  {}  call {}  deadline {}  bytes {}  bits per second {}  allocations {}",
                user.username, it.enabled ? "enabled" : "disabled", it.call.value_or("-"),
                when(it.deadline), number(it.limits.bytes), number(it.limits.bits_per_second),
                number(it.limits.allocations)),
            admin::to_json(user));
    }
    return ExitCode::clean;
}

std::string text_of(const storage::Call& call) {
    return fmt::format("{}  starts {}  ends {}  seconds {}  first media {}  ended {}", call.id,
                       when(call.starts_at), when(storage::end_of(call)), number(call.seconds),
                       when(call.media_at), when(call.ended_at));
}

std::string text_of(const storage::CallUsage& row) {
    return fmt::format(
        "  {}  connected {} s  media {} s  sent {}  received {}  allocations {} ({} open)  {}",
        row.username, row.connected_seconds, row.media_seconds, row.sent_bytes, row.received_bytes,
        row.allocations, row.open, row.reason.value_or("-"));
}

ExitCode show_call(const CallCommand& command, const Console& console, Office& office) {
    const auto file = office.find_call(command.call.id);
    if (!file) return fail(console, file.error());
    if (!file->call && file->usage.empty()) return fail(console, "no call " + command.call.id);
    std::string text = file->call ? text_of(*file->call) : command.call.id;
    for (const storage::CallUsage& row : file->usage) text += '\n' + text_of(row);
    say(console, text, admin::to_json(file->call.value_or(command.call), file->usage));
    return ExitCode::clean;
}

ExitCode list_calls(const Console& console, Office& office) {
    const auto calls = office.calls();
    if (!calls) return fail(console, calls.error());
    for (const storage::Call& call : *calls) say(console, text_of(call), admin::to_json(call));
    return ExitCode::clean;
}

ExitCode create_call(const CallCommand& command, const Console& console, Office& office) {
    const auto made = office.create_call(command.call);
    if (!made) return fail(console, made.error());
    return done(console, true, {"call", command.call.id}, "made");
}

ExitCode add_secret(const SecretCommand& command, const Console& console, DatabaseOffice& office) {
    const std::string text = secret_text(command.generate, console);
    if (text.empty()) return fail(console, "an empty secret is none");
    const auto put = office.ask<void>(&Registry::put_secret,
                                      storage::Secret{command.name, text, command.expired});
    if (!put) return fail(console, put.error());
    if (command.generate) say(console, text, {{"name", command.name}, {"secret", text}});
    return ExitCode::clean;
}

ExitCode list_secrets(const Console& console, DatabaseOffice& office) {
    const auto secrets = office.ask<std::vector<Registry::ListedSecret>>(&Registry::list_secrets);
    if (!secrets) return fail(console, secrets.error());
    for (const auto& secret : *secrets) {
        say(console,
            fmt::format("{}  {}  expired {}  since {}", secret.name,
                        secret.enabled ? "enabled" : "disabled", secret.expired.value_or("-"),
                        when(secret.created_at)),
            {{"name", secret.name},
             {"enabled", secret.enabled},
             {"expired", admin::text_json(secret.expired)},
             {"since", admin::time_json(secret.created_at)}});
    }
    return ExitCode::clean;
}

ExitCode keep_secrets(const SecretCommand& command, const Console& console,
                      DatabaseOffice& office) {
    switch (command.action) {
        case SecretCommand::Action::add:
            return add_secret(command, console, office);
        case SecretCommand::Action::remove:
            return done(console, office.ask<bool>(&Registry::remove_secret, command.name),
                        {"secret", command.name}, "removed");
        case SecretCommand::Action::list:
            break;
    }
    return list_secrets(console, office);
}

Console as_asked(const Console& console, bool as_json) {
    return {console.in, console.out, console.error, as_json};
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

ExitCode operate(const UserCommand& command, const Console& plain) {
    using Action = UserCommand::Action;
    const Console console = as_asked(plain, command.as_json);
    const std::string& name = command.name;
    const Subject subject{"user", name};
    return in_office(command.config, console, [&](Office& office) {
        switch (command.action) {
            case Action::add:
                return add_user(command, console, office);
            case Action::remove:
                return revoked(console, office.remove_user(name), subject, "removed");
            case Action::enable:
                return done(console, office.enable_user(name), subject, "enabled");
            case Action::disable:
                return revoked(console, office.disable_user(name), subject, "disabled");
            case Action::list:
                break;
        }
        return list_users(console, office);
    });
}

ExitCode operate(const CallCommand& command, const Console& plain) {
    using Action = CallCommand::Action;
    const Console console = as_asked(plain, command.as_json);
    const std::string& id = command.call.id;
    const Subject subject{"call", id};
    return in_office(command.config, console, [&](Office& office) {
        switch (command.action) {
            case Action::create:
                return create_call(command, console, office);
            case Action::extend:
                return done(console, office.extend_call(id, command.seconds), subject,
                            fmt::format("changed by {} s", command.seconds));
            case Action::end:
                return revoked(console, office.end_call(id), subject, "ended");
            case Action::show:
                return show_call(command, console, office);
            case Action::list:
                break;
        }
        return list_calls(console, office);
    });
}

ExitCode operate(const SecretCommand& command, const Console& plain) {
    const Console console = as_asked(plain, command.as_json);
    return with_config(command.config, console, [&](const config::Config& config) {
        DatabaseOffice office{config};
        if (const auto connected = office.connect(); !connected) {
            return fail(console, connected.error());
        }
        return keep_secrets(command, console, office);
    });
}

}  // namespace turnpike
