// SPDX-License-Identifier: BSD-3-Clause
#include "storage/journal.hpp"

#include <utility>

#include "storage/rows.hpp"

namespace turnpike::storage {

namespace {

constexpr std::string_view make_table =
    "CREATE TABLE IF NOT EXISTS journal (id TEXT PRIMARY KEY, node TEXT, run TEXT, realm TEXT,"
    " username TEXT, call TEXT, transport TEXT, client TEXT, client_port INTEGER, relayed TEXT,"
    " started_at REAL, first_media_at REAL, last_media_at REAL, media_seconds INTEGER,"
    " updated_at REAL, ended_at REAL, reason TEXT, sent_bytes INTEGER, sent_packets INTEGER,"
    " received_bytes INTEGER, received_packets INTEGER, pending INTEGER NOT NULL DEFAULT 1)"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS journal_pending ON journal (updated_at) WHERE pending = 1;";

constexpr Statement write_row{
    "write_row",
    "INSERT INTO journal AS j (id, node, run, realm, username, call, transport, client,"
    " client_port, relayed, started_at, first_media_at, last_media_at, media_seconds, updated_at,"
    " ended_at, reason, sent_bytes, sent_packets, received_bytes, received_packets, pending)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
    " $20, $21, $22)"
    " ON CONFLICT (id) DO UPDATE SET transport = excluded.transport, client = excluded.client,"
    " client_port = excluded.client_port, first_media_at = excluded.first_media_at,"
    " last_media_at = excluded.last_media_at, media_seconds = excluded.media_seconds,"
    " updated_at = excluded.updated_at, ended_at = excluded.ended_at, reason = excluded.reason,"
    " sent_bytes = excluded.sent_bytes, sent_packets = excluded.sent_packets,"
    " received_bytes = excluded.received_bytes, received_packets = excluded.received_packets,"
    " pending = max(j.pending, excluded.pending)"
    " WHERE j.updated_at <= excluded.updated_at AND j.ended_at IS NULL"};

constexpr Statement read_pending{
    "read_pending",
    "SELECT id, node, run, realm, username, call, transport, client, client_port, relayed,"
    " started_at, first_media_at, last_media_at, media_seconds, updated_at, ended_at, reason,"
    " sent_bytes, sent_packets, received_bytes, received_packets"
    " FROM journal WHERE pending = 1 ORDER BY updated_at LIMIT $1"};

constexpr Statement count_pending{"count_pending",
                                  "SELECT count(*) FROM journal WHERE pending = 1"};

constexpr Statement forget_ended{
    "forget_ended", "DELETE FROM journal WHERE id = $1 AND ended_at IS NOT NULL AND $2"};
constexpr Statement mark_settled{"mark_settled",
                                 "UPDATE journal SET pending = 0 WHERE id = $1 AND updated_at = $2"
                                 " AND (ended_at IS NULL) <> $3"};
constexpr Statement close_rows{"close_rows",
                               "UPDATE journal SET ended_at = updated_at, reason = 'crash',"
                               " pending = 1 WHERE run <> $1 AND ended_at IS NULL RETURNING id"};

}  // namespace

Result<Journal> Journal::open(const sqlite::FileOptions& options) {
    auto file = sqlite::File::open(options);
    if (!file) return file.error();
    if (const auto made = file->script(make_table); !made) return made.error();
    return Journal{*std::move(file)};
}

Result<void> Journal::write(std::span<const Usage> rows, bool is_due) {
    std::vector<Query> batch;
    for (const Usage& usage : rows) {
        batch.push_back({&write_row, to_parameters(usage)});
        batch.back().parameters.emplace_back(std::int64_t{is_due ? 1 : 0});
    }
    const auto done = file_.run_all(batch);
    if (!done) return done.error();
    return {};
}

Result<std::vector<Usage>> Journal::pending(std::size_t count_max) {
    const auto rows = file_.run({&read_pending, {static_cast<std::int64_t>(count_max)}});
    if (!rows) return rows.error();
    std::vector<Usage> pending;
    for (const Row& row : *rows) pending.push_back(to_usage(row));
    return pending;
}

Result<std::size_t> Journal::waiting() {
    const auto rows = file_.run({&count_pending, {}});
    if (!rows) return rows.error();
    return static_cast<std::size_t>(rows->front().integer(0).value_or(0));
}

Result<void> Journal::settle(std::span<const Usage> rows) {
    std::vector<Query> batch;
    for (const Usage& usage : rows) {
        const bool ended = usage.ended_at.has_value();
        batch.push_back({&forget_ended, {usage.id, ended}});
        batch.push_back({&mark_settled, {usage.id, usage.updated_at, ended}});
    }
    const auto done = file_.run_all(batch);
    if (!done) return done.error();
    return {};
}

Result<std::size_t> Journal::close_left_open(const std::string& run) {
    const auto closed = file_.run({&close_rows, {run}});
    if (!closed) return closed.error();
    return closed->size();
}

}  // namespace turnpike::storage
