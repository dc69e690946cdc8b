// SPDX-License-Identifier: BSD-3-Clause
#include "storage/sqlite/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace turnpike::storage::sqlite {

namespace {

constexpr Statement begin{"begin", "BEGIN IMMEDIATE"};
constexpr Statement commit{"commit", "COMMIT"};
constexpr Statement roll_back{"rollback", "ROLLBACK"};
constexpr Statement read_data_version{"data_version", "PRAGMA data_version"};
constexpr Statement read_page_count{"page_count", "PRAGMA page_count"};
constexpr Statement read_free_pages{"freelist_count", "PRAGMA freelist_count"};
constexpr Statement read_page_limit{"max_page_count", "PRAGMA max_page_count"};
constexpr std::uint64_t page_bytes = 4096;

Failure::Kind kind_of(int code) noexcept {
    switch (code & 0xFF) {
        case SQLITE_FULL:
            return Failure::Kind::full;
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return Failure::Kind::read_only;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_INTERRUPT:
            return Failure::Kind::timed_out;
        case SQLITE_ERROR:
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_RANGE:
            return Failure::Kind::refused;
        default:
            return Failure::Kind::unavailable;
    }
}

// The schema's name is the file's own here.
std::string without_schema(std::string_view sql) {
    constexpr std::string_view prefix = "turnpike.";
    std::string text;
    for (;;) {
        const auto place = sql.find(prefix);
        text += sql.substr(0, place);
        if (place == sql.npos) return text;
        sql.remove_prefix(place + prefix.size());
    }
}

struct Bind {
    sqlite3_stmt* statement;
    int place;

    int operator()(Null) const { return sqlite3_bind_null(statement, place); }
    int operator()(bool value) const { return sqlite3_bind_int(statement, place, value ? 1 : 0); }
    int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, place, value); }
    int operator()(double value) const { return sqlite3_bind_double(statement, place, value); }
    int operator()(const std::string& value) const {
        return sqlite3_bind_text64(statement, place, value.data(), value.size(), SQLITE_TRANSIENT,
                                   SQLITE_UTF8);
    }
    int operator()(const Blob& value) const {
        return sqlite3_bind_blob64(statement, place, value.octets.data(), value.octets.size(),
                                   SQLITE_TRANSIENT);
    }
    // Seconds since 1970, as unixepoch() has them.
    int operator()(Time value) const {
        return sqlite3_bind_double(statement, place,
                                   std::chrono::duration<double>(value.time_since_epoch()).count());
    }
};

Value column(sqlite3_stmt* statement, int place) {
    const auto size = [&] {
        return static_cast<std::size_t>(sqlite3_column_bytes(statement, place));
    };
    switch (sqlite3_column_type(statement, place)) {
        case SQLITE_INTEGER:
            return std::int64_t{sqlite3_column_int64(statement, place)};
        case SQLITE_FLOAT:
            return sqlite3_column_double(statement, place);
        case SQLITE_TEXT: {
            const auto* text = sqlite3_column_text(statement, place);
            return std::string{reinterpret_cast<const char*>(text), size()};
        }
        case SQLITE_BLOB: {
            const auto* octets = static_cast<const char*>(sqlite3_column_blob(statement, place));
            return Blob{octets != nullptr ? std::string{octets, size()} : std::string{}};
        }
        default:
            return Null{};
    }
}

void bind(sqlite3_stmt* statement, const std::vector<Value>& parameters) {
    for (std::size_t index = 0; index < parameters.size(); ++index) {
        const std::string name = "$" + std::to_string(index + 1);
        const int place = sqlite3_bind_parameter_index(statement, name.c_str());
        if (place > 0) (void)std::visit(Bind{statement, place}, parameters[index]);
    }
}

// Its last row has been read, or it failed: it must not hold a lock any longer.
struct Reset {
    void operator()(sqlite3_stmt* statement) const noexcept {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
};

void make_folder(const std::filesystem::path& folder) {
    std::error_code failure;
    if (!folder.empty() && std::filesystem::create_directories(folder, failure)) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
    }
}

// What an operator makes as root before the server has ever run is for whoever runs that: the owner
// of the folder. Where that cannot be, in a container, it stays ours, and the doctor will tell.
void give_to_owner_of_folder(int file, const std::string& path) {
    if (::geteuid() != 0) return;
    const std::filesystem::path folder = std::filesystem::path{path}.parent_path();
    struct stat status{};
    if (::stat(folder.empty() ? "." : folder.c_str(), &status) != 0) return;
    [[maybe_unused]] const int given = ::fchown(file, status.st_uid, status.st_gid);
}

// An empty file is a database without tables. SQLite would take a mode of its own for it; those
// that it makes beside it take the mode and the owner that this one has.
std::error_code make_file(const std::string& path) {
    const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0) return {errno == EEXIST ? 0 : errno, std::generic_category()};
    give_to_owner_of_folder(made, path);
    ::close(made);
    return {};
}

}  // namespace

Result<File> File::open(const FileOptions& options) {
    make_folder(std::filesystem::path{options.path}.parent_path());
    if (const std::error_code failure = make_file(options.path)) {
        return Failure{Failure::Kind::unavailable, options.path + ": " + failure.message()};
    }
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(
        options.path.c_str(), &opened,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    File file{std::unique_ptr<sqlite3, Close>{opened}};
    if (code != SQLITE_OK) {
        return Failure{Failure::Kind::unavailable,
                       options.path + ": " +
                           (opened != nullptr ? sqlite3_errmsg(opened) : "not enough memory")};
    }
    sqlite3_busy_timeout(opened, static_cast<int>(options.patience.count()));
    std::string setup = options.is_ours ? "PRAGMA locking_mode = EXCLUSIVE;" : "";
    setup += "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;";
    setup += options.durability == Durability::full ? "PRAGMA synchronous = FULL;"
                                                    : "PRAGMA synchronous = NORMAL;";
    if (options.bytes_max != 0) {
        setup += "PRAGMA max_page_count = " + std::to_string(options.bytes_max / page_bytes) + ";";
        // What was written once is written over, and the log beside it does not outgrow the file.
        setup += "PRAGMA journal_size_limit = " + std::to_string(options.bytes_max / 4) + ";";
    }
    if (const auto done = file.script(setup); !done) return done.error();
    return file;
}

Result<sqlite3_stmt*> File::prepared(const Statement& statement) {
    const auto known = statements_.find(&statement);
    if (known != statements_.end()) return known->second.get();
    const std::string sql =
        without_schema(statement.sqlite.empty() ? statement.sql : statement.sqlite);
    sqlite3_stmt* made = nullptr;
    const int code = sqlite3_prepare_v3(file_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    if (code != SQLITE_OK) return last_failure();
    statements_.emplace(&statement, StatementHandle{made});
    return made;
}

Result<Rows> File::run(const Query& query) {
    const auto statement = prepared(*query.statement);
    if (!statement) return statement.error();
    const std::unique_ptr<sqlite3_stmt, Reset> running{*statement};
    bind(running.get(), query.parameters);
    Rows rows;
    for (;;) {
        const int code = sqlite3_step(running.get());
        if (code == SQLITE_DONE) return rows;
        if (code != SQLITE_ROW) return last_failure();
        std::vector<Value> values;
        for (int place = 0; place < sqlite3_column_count(running.get()); ++place) {
            values.push_back(column(running.get(), place));
        }
        rows.emplace_back(std::move(values));
    }
}

Result<std::vector<Rows>> File::run_all(std::span<const Query> batch) {
    std::vector<Rows> all;
    // A statement alone is a transaction by itself, and a reader needs no lock.
    if (batch.size() == 1) {
        auto rows = run(batch[0]);
        if (!rows) return rows.error();
        all.push_back(*std::move(rows));
        return all;
    }
    if (const auto begun = run({&begin, {}}); !begun) return begun.error();
    for (const Query& query : batch) {
        auto rows = run(query);
        if (!rows) {
            (void)run({&roll_back, {}});
            return rows.error();
        }
        all.push_back(*std::move(rows));
    }
    if (const auto done = run({&commit, {}}); !done) {
        (void)run({&roll_back, {}});
        return done.error();
    }
    return all;
}

Result<void> File::script(std::string_view sql) {
    if (sqlite3_exec(file_.get(), std::string{sql}.c_str(), nullptr, nullptr, nullptr) !=
        SQLITE_OK) {
        const Failure failure = last_failure();
        if (sqlite3_get_autocommit(file_.get()) == 0) (void)run({&roll_back, {}});
        return failure;
    }
    return {};
}

Result<std::int64_t> File::data_version() {
    const auto rows = run({&read_data_version, {}});
    if (!rows) return rows.error();
    return rows->empty() ? 0 : (*rows)[0].integer(0).value_or(0);
}

double File::fill() {
    const auto read = [this](const Statement& statement) {
        const auto rows = run({&statement, {}});
        return rows && !rows->empty() ? static_cast<double>((*rows)[0].integer(0).value_or(0))
                                      : 0.0;
    };
    const double limit = read(read_page_limit);
    return limit > 0 ? (read(read_page_count) - read(read_free_pages)) / limit : 0.0;
}

Failure File::last_failure() const {
    const int code = sqlite3_extended_errcode(file_.get());
    const std::string what = sqlite3_errmsg(file_.get());
    if ((code & 0xFF) == SQLITE_ERROR && what.starts_with("no such")) {
        return {Failure::Kind::schema, what};
    }
    return {kind_of(code), what};
}

}  // namespace turnpike::storage::sqlite
