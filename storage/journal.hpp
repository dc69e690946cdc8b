// SPDX-License-Identifier: BSD-3-Clause
//
// Usage on local disk, until the database has it: the latest state of each allocation that lives,
// and of each that has ended and is not in the database yet. So a database that is away costs
// nothing, and a process that is killed leaves behind what it knew.
//
// It blocks; one thread uses it. A row is there for good once write() has returned: against the
// death of the process always, against a power cut too with Durability::full. Its size is bounded:
// when it is nearly full no new rows are taken, while those that are in it can still be brought up
// to date.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "storage/failure.hpp"
#include "storage/records.hpp"
#include "storage/sqlite/file.hpp"

namespace turnpike::storage {

class Journal {
public:
    // `options.bytes_max` is the whole journal. A file of an older program is brought up to date.
    [[nodiscard]] static Result<Journal> open(const sqlite::FileOptions& options);

    // In one transaction. What is older than what is there changes nothing. What is not due stays
    // here for now: the database need not have it, but if we die it is what is known.
    [[nodiscard]] Result<void> write(std::span<const Usage> rows, bool is_due = true);

    // What the database does not have yet, oldest first.
    [[nodiscard]] Result<std::vector<Usage>> pending(std::size_t count_max);
    // How many rows that are.
    [[nodiscard]] Result<std::size_t> waiting();
    // The database has these, as they are here: what has ended is forgotten.
    [[nodiscard]] Result<void> settle(std::span<const Usage> rows);

    // What runs before `run` left open ends, as of when it was last heard of, with the reason
    // "crash". Yields how many.
    [[nodiscard]] Result<std::size_t> close_left_open(const std::string& run);

    // From 0 to 1. From `full` on new allocations had better not begin.
    [[nodiscard]] double fill() { return file_.fill(); }
    static constexpr double full = 0.9;

private:
    explicit Journal(sqlite::File file) : file_{std::move(file)} {}

    sqlite::File file_;
};

}  // namespace turnpike::storage
