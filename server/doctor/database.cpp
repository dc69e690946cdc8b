// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/database.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "auth/password.hpp"
#include "server/config/option.hpp"
#include "server/config/value.hpp"
#include "server/doctor/journal.hpp"
#include "storage/postgres/target.hpp"
#include "storage/statements.hpp"
#include "storage/store.hpp"
#include "storage/url.hpp"
#include "storage/waiting.hpp"

namespace turnpike::doctor {
namespace {

namespace fs = std::filesystem;
using storage::Failure;

constexpr std::string_view check = "database";
constexpr std::chrono::milliseconds patience{3000};
constexpr storage::Statement read_clock{"read_clock", "SELECT clock_timestamp()"};

std::optional<std::chrono::milliseconds> ahead_of_us(storage::Waiting& waiting) {
    const auto rows = waiting.until<std::vector<storage::Rows>>(
        [&](auto handler) { waiting.database().execute({{&read_clock, {}}}, std::move(handler)); });
    const auto now = std::chrono::system_clock::now();
    if (!rows || rows->empty() || rows->front().empty()) return std::nullopt;
    const auto theirs = rows->front().front().time(0);
    if (!theirs) return std::nullopt;
    return std::chrono::round<std::chrono::milliseconds>(*theirs - now);
}

std::string first_secret(storage::Waiting& waiting, const std::string& realm) {
    storage::Store store{waiting.database()};
    const auto secrets = waiting.until<std::vector<storage::Secret>>([&](auto handler) {
        store.load_secrets(auth::opaque_string(realm).value_or(realm), std::move(handler));
    });
    return secrets && !secrets->empty() ? secrets->front().secret : std::string{};
}

void ask(const config::Config& config, DatabaseFacts& facts) {
    const bool is_file = storage::sqlite_path(config.storage.url).has_value();
    std::vector<const storage::Statement*> statements{storage::server_statements().begin(),
                                                      storage::server_statements().end()};
    if (!is_file) statements.push_back(&read_clock);
    storage::Waiting waiting{config.storage.url,
                             {.timeout = patience, .connect_timeout = patience, .connections = 1},
                             statements};
    if (const auto connected = waiting.connect(); !connected) {
        facts.failure = connected.error();
        return;
    }
    if (!is_file) facts.ahead = ahead_of_us(waiting);
    facts.secret = first_secret(waiting, config.realm);
}

void look_at_file(const std::string& path, const std::optional<Account>& account,
                  DatabaseFacts& facts) {
    std::error_code failure;
    facts.is_missing = !fs::exists(path, failure);
    facts.is_empty = !facts.is_missing && fs::file_size(path, failure) == 0;
    const std::string folder = existing_folder(path);
    if (!facts.is_missing) facts.access = access_as(account, path, R_OK | W_OK);
    // SQLite makes files beside it.
    if (facts.access.value_or(0) == 0) facts.access = access_as(account, folder, W_OK | X_OK);
}

std::string advice_for(const DatabaseFacts& facts) {
    switch (facts.failure->kind) {
        case Failure::Kind::schema:
            return "tables of another version: `turnpike migrate`, as the owner of the database, "
                   "brings older ones up to date";
        case Failure::Kind::refused:
            return "see what the database lets this user do: the schema comes with a role for it";
        default:
            return "see that it runs and lets this host and user in, and that storage.url is "
                   "right";
    }
}

}  // namespace

DatabaseFacts gather_database(const config::Config& config, const std::optional<Account>& account) {
    const std::string& url = config.storage.url;
    DatabaseFacts facts{.is_used = !url.empty()};
    if (!facts.is_used) return facts;
    facts.is_optional = config::quoted(url) == config::find_option("storage.url")->fallback;
    facts.who = account ? account->name : "the server";
    try {
        if (const auto path = storage::sqlite_path(url)) {
            facts.name = *path;
            look_at_file(*path, account, facts);
            if (facts.is_missing || facts.is_empty || facts.access.value_or(0) != 0) return facts;
        } else {
            facts.name = storage::postgres::Target{url}.to_string();
        }
        ask(config, facts);
    } catch (const std::runtime_error& failure) {
        facts.failure = Failure{Failure::Kind::unavailable, failure.what()};
    }
    return facts;
}

Findings judge_database(const DatabaseFacts& facts) {
    if (!facts.is_used) return {well(check, "none: the users of the configuration may log in")};
    // Of a file that is there nobody is to find out by an empty list of users.
    const bool does_without = facts.is_optional && facts.is_missing;
    const Grade bad = does_without ? Grade::warning : Grade::problem;
    if (facts.access.value_or(0) != 0) {
        return {{.grade = bad,
                 .check = check,
                 .seen = fmt::format("{} cannot write {}: {}", facts.who, facts.name,
                                     std::strerror(*facts.access)),
                 .advice = fmt::format("make it and its folder writable for {}", facts.who)}};
    }
    if (facts.is_empty) return {well(check, facts.name + " is empty: the server makes its tables")};
    if (facts.is_missing) {
        return {well(check, facts.name + " is not there yet: the server makes it")};
    }
    if (facts.failure) {
        return {{.grade = bad,
                 .check = check,
                 .seen = fmt::format("{}: {}", facts.name, facts.failure->what),
                 .advice = advice_for(facts)}};
    }
    return {well(check, facts.name + " answers, and has the tables of this version")};
}

}  // namespace turnpike::doctor
