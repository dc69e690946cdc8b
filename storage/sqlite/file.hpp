// SPDX-License-Identifier: BSD-3-Clause
//
// One SQLite database file, open: statements prepared once, values bound and read, failures named.
// It blocks; whoever uses it does so on a thread that may wait. Not safe for two threads at once.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/database.hpp"

namespace turnpike::storage::sqlite {

struct Close {
    void operator()(sqlite3* file) const noexcept { sqlite3_close_v2(file); }
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, Close>;

// When a process has been killed nothing that was committed is lost. Whether a power cut may take
// the last transactions with it is `durability`.
enum class Durability : std::uint8_t {
    normal,  // the last ones, perhaps; the file is whole all the same
    full,    // none: each commit waits for the disk
};

struct FileOptions {
    std::string path;
    std::chrono::milliseconds patience{3000};  // with another process that writes
    Durability durability = Durability::normal;
    std::uint64_t bytes_max = 0;  // 0: as the disk allows
    bool is_ours = false;         // no other process may have it open
};

class File {
public:
    // Makes the file where there is none; with its folder, readable by this user alone. Root makes
    // it for the owner of the folder.
    [[nodiscard]] static Result<File> open(const FileOptions& options);

    // One statement. The same Statement is compiled once.
    [[nodiscard]] Result<Rows> run(const Query& query);
    // In one transaction, or nothing.
    [[nodiscard]] Result<std::vector<Rows>> run_all(std::span<const Query> batch);
    // Several statements, as a script has them.
    [[nodiscard]] Result<void> script(std::string_view sql);

    // Changes when somebody else has committed something since the last call.
    [[nodiscard]] Result<std::int64_t> data_version();
    // How much of bytes_max is used, from 0 to 1.
    [[nodiscard]] double fill();

private:
    explicit File(std::unique_ptr<sqlite3, Close> file) : file_{std::move(file)} {}
    [[nodiscard]] Result<sqlite3_stmt*> prepared(const Statement& statement);
    [[nodiscard]] Failure last_failure() const;

    // The statements go before the file.
    std::unique_ptr<sqlite3, Close> file_;
    boost::unordered_flat_map<const Statement*, StatementHandle> statements_;
};

}  // namespace turnpike::storage::sqlite
