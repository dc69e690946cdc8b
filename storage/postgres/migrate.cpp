// SPDX-License-Identifier: BSD-3-Clause
#include "storage/postgres/migrate.hpp"

#include <charconv>
#include <string_view>

#include "storage/postgres/convert.hpp"
#include "storage/postgres/handle.hpp"
#include "storage/schema.hpp"

namespace turnpike::storage::postgres {

namespace {

// "turnpike" in octets: whoever else migrates waits for this lock.
constexpr const char* lock = "SELECT pg_advisory_lock(8391172886906235749)";
// None of the tables: 0.
constexpr const char* has_versions =
    "SELECT count(*) FROM information_schema.tables"
    " WHERE table_schema = 'turnpike' AND table_name = 'schema_version'";
constexpr const char* read_version =
    "SELECT coalesce(max(version), 0) FROM turnpike.schema_version";

Result<ResultHandle> judge(ResultHandle result) {
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
    return to_failure(*result);
}

Result<ResultHandle> run(PGconn* connection, const char* sql) {
    return judge(ResultHandle{PQexec(connection, sql)});
}

Result<std::int64_t> number(PGconn* connection, const char* sql) {
    const auto result = run(connection, sql);
    if (!result) return result.error();
    const auto rows = to_rows(**result);
    return rows.empty() ? 0 : rows[0].integer(0).value_or(0);
}

Result<std::int64_t> version(PGconn* connection) {
    const auto tables = number(connection, has_versions);
    if (!tables || *tables == 0) return tables;
    return number(connection, read_version);
}

Result<ResultHandle> note_version(PGconn* connection, int number) {
    const std::string text = std::to_string(number);
    const char* value = text.c_str();
    return judge(ResultHandle{
        PQexecParams(connection, "INSERT INTO turnpike.schema_version (version) VALUES ($1)", 1,
                     nullptr, &value, nullptr, nullptr, 0)});
}

Result<void> apply(PGconn* connection, const Script& script) {
    auto done = run(connection, "BEGIN");
    if (done) done = run(connection, std::string{script.sql}.c_str());
    if (done) done = note_version(connection, script.number);
    if (done) done = run(connection, "COMMIT");
    if (done) return {};
    (void)run(connection, "ROLLBACK");
    return Failure{done.error().kind, std::string{script.name} + ": " + done.error().what};
}

}  // namespace

Result<Migration> migrate(const std::string& url) {
    const ConnectionHandle connection{PQconnectdb(url.c_str())};
    if (PQstatus(connection.get()) != CONNECTION_OK) {
        std::string what = PQerrorMessage(connection.get());
        while (what.ends_with('\n')) what.pop_back();
        return Failure{Failure::Kind::unavailable, what};
    }
    if (const auto locked = run(connection.get(), lock); !locked) return locked.error();
    const auto found = version(connection.get());
    if (!found) return found.error();
    if (*found > schema_version()) return wrong_schema(*found, schema_version());
    Migration done{.from = static_cast<int>(*found), .to = schema_version(), .applied = {}};
    for (const Script& script : postgres_scripts()) {
        if (script.number <= *found) continue;
        if (const auto applied = apply(connection.get(), script); !applied) return applied.error();
        done.applied.emplace_back(script.name);
    }
    return done;
}

}  // namespace turnpike::storage::postgres
