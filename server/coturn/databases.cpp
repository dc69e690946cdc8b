// SPDX-License-Identifier: BSD-3-Clause
//
// coturn keeps MD5 keys of users, as hexadecimal digits in turnusers_lt, and secrets in
// turn_secret. Both can be copied as they are: the keys are those of the long-term credential
// mechanism.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "server/config/value.hpp"
#include "server/coturn/areas.hpp"

namespace turnpike::coturn {
namespace {

constexpr std::array names{"userdb",       "db",           "psql-userdb", "sql-userdb",
                           "mysql-userdb", "mongo-userdb", "redis-userdb"};
constexpr std::string_view default_database = "/var/lib/turn/turndb";

constexpr std::string_view copy_postgres = R"(to copy coturn's users and secrets, once:
        turnpike migrate
        INSERT INTO turnpike.account (realm, username, key_md5)
            SELECT trim(realm), name, decode(trim(hmackey), 'hex') FROM turnusers_lt
            WHERE length(trim(hmackey)) = 32 ON CONFLICT DO NOTHING;
        INSERT INTO turnpike.secret (realm, name, secret)
            SELECT trim(realm), 'coturn ' || row_number() OVER (), value FROM turn_secret
            ON CONFLICT DO NOTHING;
    The realm of the rows must be the realm of this configuration.)";

constexpr std::string_view copy_sqlite = R"(to copy coturn's users and secrets, once:
        turnpike migrate
        sqlite3 {0} "SELECT 'INSERT OR IGNORE INTO account (realm, username, key_md5) VALUES (' ||
            quote(realm) || ', ' || quote(name) || ', x''' || hmackey || ''');' FROM turnusers_lt
            WHERE length(hmackey) = 32" | sqlite3 /var/lib/turnpike/turnpike.db
        sqlite3 {0} "SELECT 'INSERT OR IGNORE INTO secret (realm, name, secret) VALUES (' ||
            quote(realm) || ', ' || quote('coturn ' || rowid) || ', ' || quote(value) || ');'
            FROM turn_secret" | sqlite3 /var/lib/turnpike/turnpike.db
    The realm of the rows must be the realm of this configuration.)";

constexpr std::string_view copy_others =
    "to copy coturn's users: let its database print realm, name and key of each (turnusers_lt, or "
    "turn/realm/*/user/*/key), and say INSERT INTO turnpike.account (realm, username, key_md5) for "
    "each; a key of 32 hexadecimal digits is decode('...', 'hex') in PostgreSQL, x'...' in SQLite. "
    "Its secrets go into auth.secrets, or to `turnpike secret add NAME`";

// As libpq takes it: a URL, or keywords.
[[nodiscard]] bool is_postgres(std::string_view text) {
    if (text.starts_with("postgresql://") || text.starts_with("postgres://")) return true;
    return text.find("://") == std::string_view::npos && text.find('=') != std::string_view::npos;
}

void carry_postgres(Work& work, const Setting& setting) {
    if (!is_postgres(setting.value)) {
        return work.wrong(setting,
                          "nothing that libpq connects to; write host=... dbname=... "
                          "user=..., or postgresql://USER@HOST/DATABASE");
    }
    work.draft().set("storage.url", config::quoted(setting.value), setting.line);
    work.changed(setting,
                 "storage.url: the same database, with tables of our own in the schema "
                 "turnpike; coturn's are not read. See the note on copying");
    work.note(std::string{copy_postgres});
}

// Whoever runs the command reads it first; a path that a shell would take apart is left to them.
[[nodiscard]] std::string for_shell(std::string_view path) {
    const bool is_plain =
        path.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") ==
        std::string_view::npos;
    return is_plain ? std::string{path} : "TURNDB";
}

void carry_database(Work& work, const Setting& setting) {
    const bool is_sqlite = setting.name == "userdb" || setting.name == "db" || setting.name == "b";
    if (is_sqlite) {
        work.no_equal(setting,
                      "storage.url stays \"sqlite:/var/lib/turnpike/turnpike.db\": a database of "
                      "our own. See the note on copying");
        return work.note(fmt::format(copy_sqlite, for_shell(setting.value)));
    }
    work.no_equal(setting,
                  "users are kept in PostgreSQL or SQLite: storage.url. See the note on copying");
    work.note(std::string{copy_others});
}

// The one whose line is last is the one that turnserver uses.
[[nodiscard]] std::vector<Setting> given(const Work& work) {
    std::vector<Setting> found;
    for (const char* name : names) {
        if (const Setting* setting = work.find(name)) found.push_back(*setting);
    }
    std::ranges::sort(found, {}, &Setting::line);
    return found;
}

}  // namespace

void carry_databases(Work& work) {
    auto found = given(work);
    if (found.empty()) {
        const bool needs_logins = work.is_on("lt-cred-mech") || work.is_on("use-auth-secret");
        const bool has_none = work.all("user").empty() && work.all("static-auth-secret").empty();
        if (needs_logins && has_none) work.note(fmt::format(copy_sqlite, default_database));
        return;
    }
    const Setting last = found.back();
    found.pop_back();
    for (const Setting& each : found) {
        work.unused(each, fmt::format("line {} names another database, and counts", last.line));
    }
    const bool is_own = last.name == "psql-userdb" || last.name == "sql-userdb" || last.name == "e";
    return is_own ? carry_postgres(work, last) : carry_database(work, last);
}

}  // namespace turnpike::coturn
