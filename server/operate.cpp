// SPDX-License-Identifier: BSD-3-Clause
#include "server/operate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <istream>
#include <ostream>
#include <thread>

#include "auth/password.hpp"
#include "server/configuration.hpp"
#include "server/serve.hpp"
#include "server/wall_time.hpp"
#include "storage/migrate.hpp"
#include "storage/registry.hpp"
#include "storage/statements.hpp"
#include "storage/waiting.hpp"

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

// An open database and the realm that is spoken of.
class Office {
public:
    explicit Office(const config::Config& config)
        : realm{auth::opaque_string(config.realm).value_or(config.realm)},
          waiting_{config.storage.url, {.connections = 1}, storage::operator_statements()},
          registry_{waiting_.database()} {}

    [[nodiscard]] Result<void> connect() { return waiting_.connect(); }

    // registry.method(realm, arguments...), waited for.
    template <typename T, typename... Parameters, typename... Arguments>
    [[nodiscard]] Result<T> ask(void (Registry::*method)(const std::string&, Parameters...),
                                const Arguments&... arguments) {
        return waiting_.until<T>(
            [&](auto handler) { (registry_.*method)(realm, arguments..., handler); });
    }
    [[nodiscard]] Result<void> put(const storage::Account& account) {
        return waiting_.until<void>([&](auto handler) { registry_.put_account(account, handler); });
    }
    [[nodiscard]] Result<void> create(const storage::Call& call) {
        return waiting_.until<void>([&](auto handler) { registry_.create_call(call, handler); });
    }

    const std::string realm;

private:
    storage::Waiting waiting_;
    Registry registry_;
};

// Users may be in the database alone, and perhaps not yet.
config::Loaded load_for_operator(const ConfigArguments& arguments) {
    config::Inputs inputs = gather_inputs(arguments);
    inputs.spare_secret = "none is needed here";
    return load_configuration(inputs);
}

// Loads the configuration, connects, and does it.
ExitCode in_office(const ConfigArguments& arguments, const Console& console,
                   const std::function<ExitCode(Office&)>& work) {
    const config::Loaded loaded = load_for_operator(arguments);
    if (!loaded.ok()) {
        report(loaded, console.error);
        return ExitCode::bad_configuration;
    }
    Office office{loaded.config};
    if (const auto connected = office.connect(); !connected) {
        return fail(console, connected.error());
    }
    return work(office);
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

// Counts what lives, as far as servers have reported it.
using Count = std::function<Result<std::int64_t>()>;

// How many allocations the servers end because of a change: they report it as they do it.
std::string ended_of(std::int64_t before, const Count& count) {
    using namespace std::chrono_literals;
    std::int64_t left = before;
    for (const auto until = std::chrono::steady_clock::now() + 3s;
         left > 0 && std::chrono::steady_clock::now() < until;) {
        std::this_thread::sleep_for(50ms);
        const auto counted = count();
        if (counted) left = *counted;
    }
    const std::int64_t ended = std::max<std::int64_t>(before - left, 0);
    std::string text = fmt::format("{} allocation{} ended", ended, ended == 1 ? "" : "s");
    if (left > 0) {
        text += fmt::format(
            "; {} not reported yet: see that every server is up and reaches the "
            "database",
            left);
    }
    return text;
}

// A change that ends what runs.
struct Revocation {
    std::function<Result<bool>()> change;
    Count count;  // of what it ends
};
ExitCode revoke(const Console& console, const Revocation& revocation, const std::string& what,
                const std::string& missing) {
    const auto before = revocation.count();
    if (!before) return fail(console, before.error());
    const auto found = revocation.change();
    const bool is_done = found && *found;
    return done(console, found, is_done ? what + ": " + ended_of(*before, revocation.count) : what,
                missing);
}

ExitCode add_user(const UserCommand& command, const Console& console, Office& office) {
    const std::string text = secret_text(command.generate, console);
    const auto password = auth::opaque_string(text);
    if (!password || !auth::opaque_string(command.name)) {
        return fail(console,
                    "a name and a password need at least one character, and none that "
                    "clients cannot send (RFC 8265 section 4.2)");
    }
    const auto octets_of = [&](auto derive) {
        const protocol::Key key = derive(command.name, office.realm, *password);
        return std::string{protocol::as_text(key.octets())};
    };
    const auto put = office.put({.realm = office.realm,
                                 .username = command.name,
                                 .credential = {.key_md5 = octets_of(auth::derive_md5),
                                                .key_sha256 = octets_of(auth::derive_sha256),
                                                .call = command.call,
                                                .deadline = command.deadline,
                                                .limits = command.limits}});
    if (!put) return fail(console, put.error());
    if (command.generate) console.out << text << '\n';
    return ExitCode::clean;
}

ExitCode list_users(const Console& console, Office& office) {
    const auto users = office.ask<std::vector<storage::Account>>(&Registry::list_accounts);
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
    const auto call =
        office.ask<std::optional<storage::Call>>(&Registry::find_call, command.call.id);
    if (!call) return fail(console, call.error());
    if (*call) print(**call, console.out);
    const auto usage =
        office.ask<std::vector<storage::CallUsage>>(&Registry::call_usage, command.call.id);
    if (!usage) return fail(console, usage.error());
    if (!*call && usage->empty()) return fail(console, "no call " + command.call.id);
    for (const storage::CallUsage& row : *usage) {
        console.out << fmt::format(
            "  {}  connected {} s  media {} s  sent {}  received {}  allocations {} ({} open)  "
            "{}\n",
            row.username, row.connected_seconds, row.media_seconds, row.sent_bytes,
            row.received_bytes, row.allocations, row.open, row.reason.value_or("-"));
    }
    return ExitCode::clean;
}

ExitCode list_calls(const Console& console, Office& office) {
    const auto calls = office.ask<std::vector<storage::Call>>(&Registry::list_calls);
    if (!calls) return fail(console, calls.error());
    for (const storage::Call& call : *calls) print(call, console.out);
    return ExitCode::clean;
}

ExitCode create_call(const CallCommand& command, const Console& console, Office& office) {
    storage::Call call = command.call;
    call.realm = office.realm;
    const auto made = office.create(call);
    if (!made) return fail(console, made.error());
    console.out << "call " << call.id << " made\n";
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
    const std::string missing = "no user " + command.name + " in turnpike.account";
    return in_office(command.config, console, [&](Office& office) {
        const Count open = [&] {
            return office.ask<std::int64_t>(&Registry::open_of_user, command.name);
        };
        switch (command.action) {
            case Action::add:
                return add_user(command, console, office);
            case Action::remove:
                return revoke(
                    console,
                    {[&] { return office.ask<bool>(&Registry::remove_account, command.name); },
                     open},
                    "user " + command.name + " removed", missing);
            case Action::enable:
                return done(console,
                            office.ask<bool>(&Registry::enable_account, command.name, true),
                            "user " + command.name + " enabled", missing);
            case Action::disable:
                return revoke(console,
                              {[&] {
                                   return office.ask<bool>(&Registry::enable_account, command.name,
                                                           false);
                               },
                               open},
                              "user " + command.name + " disabled", missing);
            case Action::list:
                break;
        }
        return list_users(console, office);
    });
}

ExitCode operate(const CallCommand& command, const Console& console) {
    using Action = CallCommand::Action;
    const std::string& id = command.call.id;
    const auto now = storage::to_time(std::chrono::system_clock::now());
    return in_office(command.config, console, [&](Office& office) {
        switch (command.action) {
            case Action::create:
                return create_call(command, console, office);
            case Action::extend:
                return done(console, office.ask<bool>(&Registry::extend_call, id, command.seconds),
                            fmt::format("call {} changed by {} s", id, command.seconds),
                            "no call " + id);
            case Action::end:
                return revoke(
                    console,
                    {[&] { return office.ask<bool>(&Registry::end_call, id, now); },
                     [&] { return office.ask<std::int64_t>(&Registry::open_of_call, id); }},
                    "call " + id + " ended", "no call " + id);
            case Action::show:
                return show_call(command, console, office);
            case Action::list:
                break;
        }
        return list_calls(console, office);
    });
}

ExitCode operate(const SecretCommand& command, const Console& console) {
    using Action = SecretCommand::Action;
    return in_office(command.config, console, [&](Office& office) {
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
        const auto secrets =
            office.ask<std::vector<Registry::ListedSecret>>(&Registry::list_secrets);
        if (!secrets) return fail(console, secrets.error());
        for (const auto& secret : *secrets) {
            console.out << fmt::format("{}  {}  expired {}  since {}\n", secret.name,
                                       secret.enabled ? "enabled" : "disabled",
                                       secret.expired.value_or("-"), when(secret.created_at));
        }
        return ExitCode::clean;
    });
}

}  // namespace turnpike
