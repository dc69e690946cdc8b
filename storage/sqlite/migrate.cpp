// SPDX-License-Identifier: BSD-3-Clause
#include "storage/sqlite/migrate.hpp"

#include "storage/schema.hpp"

namespace turnpike::storage::sqlite {

namespace {

constexpr Statement table_exists{
    "table_exists", "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'"};
constexpr Statement read_version{"read_version",
                                 "SELECT coalesce(max(version), 0) FROM schema_version"};
constexpr Statement note_version{"note_version",
                                 "INSERT INTO schema_version (version) VALUES ($1)"};

Result<std::int64_t> version(File& file) {
    auto rows = file.run({&table_exists, {}});
    if (rows && rows->front().integer(0) == 1) rows = file.run({&read_version, {}});
    if (!rows) return rows.error();
    return rows->front().integer(0).value_or(0);
}

Result<void> apply(File& file, const Script& script) {
    if (const auto begun = file.script("BEGIN IMMEDIATE"); !begun) return begun.error();
    if (const auto done = file.script(script.sql); !done) return done.error();
    const auto noted = file.run({&note_version, {std::int64_t{script.number}}});
    if (!noted) {
        (void)file.script("ROLLBACK");
        return noted.error();
    }
    return file.script("COMMIT");
}

}  // namespace

Result<Migration> migrate(File& file) {
    const auto found = version(file);
    if (!found) return found.error();
    if (*found > schema_version()) return wrong_schema(*found, schema_version());
    Migration done{.from = static_cast<int>(*found), .to = schema_version(), .applied = {}};
    for (const Script& script : sqlite_scripts()) {
        if (script.number <= *found) continue;
        if (const auto result = apply(file, script); !result) {
            // Somebody else may have been faster.
            const auto now = version(file);
            if (now && *now >= script.number) continue;
            return result.error();
        }
        done.applied.emplace_back(script.name);
    }
    return done;
}

Result<void> make_or_check(File& file) {
    const auto found = version(file);
    if (!found) return found.error();
    if (*found == schema_version()) return {};
    if (*found != 0) return wrong_schema(*found, schema_version());
    const auto made = migrate(file);
    if (!made) return made.error();
    return {};
}

}  // namespace turnpike::storage::sqlite
