// SPDX-License-Identifier: BSD-3-Clause
#include "storage/statements.hpp"

#include <array>

namespace turnpike::storage {

namespace statements {

const Statement find_user{
    "find_user",
    "SELECT c.key_md5, c.key_sha256, c.password, c.enabled, c.call, c.deadline, c.bytes,"
    " c.bits_per_second, c.allocations,"
    " k.id, k.starts_at, k.ends_at, k.seconds, k.media_at, k.ended_at, k.participants, k.bytes,"
    " k.bits_per_second, k.leg_bits_per_second,"
    " r.session_seconds, r.bytes, r.bits_per_second, r.allocations"
    " FROM turnpike.credential($1, $2) c"
    " LEFT JOIN turnpike.call k ON k.realm = $1 AND k.id = c.call"
    " LEFT JOIN turnpike.realm r ON r.realm = $1",
    "SELECT c.key_md5, c.key_sha256, c.password, c.enabled, c.call, c.deadline, c.bytes,"
    " c.bits_per_second, c.allocations,"
    " k.id, k.starts_at, k.ends_at, k.seconds, k.media_at, k.ended_at, k.participants, k.bytes,"
    " k.bits_per_second, k.leg_bits_per_second,"
    " r.session_seconds, r.bytes, r.bits_per_second, r.allocations"
    " FROM credential c"
    " LEFT JOIN call k ON k.realm = c.realm AND k.id = c.call"
    " LEFT JOIN realm r ON r.realm = c.realm"
    " WHERE c.realm = $1 AND c.username = $2"};

// A realm alone has a row too: its limits hold for whoever has a call id in a time-limited name.
const Statement find_call{
    "find_call",
    "SELECT k.id, k.starts_at, k.ends_at, k.seconds, k.media_at, k.ended_at, k.participants,"
    " k.bytes, k.bits_per_second, k.leg_bits_per_second,"
    " r.session_seconds, r.bytes, r.bits_per_second, r.allocations"
    " FROM (SELECT CAST($1 AS text) AS realm) one"
    " LEFT JOIN turnpike.call k ON k.realm = one.realm AND k.id = $2"
    " LEFT JOIN turnpike.realm r ON r.realm = one.realm"};

const Statement load_secrets{
    "load_secrets",
    "SELECT name, secret, expired FROM turnpike.secret WHERE realm = $1 AND enabled"
    " ORDER BY created_at DESC, name"};

const Statement used_bytes{
    "used_bytes",
    "SELECT coalesce(sum(sent_bytes + received_bytes), 0) FROM turnpike.usage"
    " WHERE realm = $1 AND call = $2 AND run <> $3"};

// A repeat changes nothing, and what comes late does not undo what is newer.
const Statement write_usage{
    "write_usage",
    "INSERT INTO turnpike.usage AS u (id, node, run, realm, username, call, transport, client,"
    " client_port, relayed, started_at, first_media_at, last_media_at, media_seconds, updated_at,"
    " ended_at, reason, sent_bytes, sent_packets, received_bytes, received_packets)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
    " $20, $21)"
    " ON CONFLICT (id) DO UPDATE SET first_media_at = excluded.first_media_at,"
    " last_media_at = excluded.last_media_at, media_seconds = excluded.media_seconds,"
    " updated_at = excluded.updated_at, ended_at = excluded.ended_at, reason = excluded.reason,"
    " transport = excluded.transport, client = excluded.client, client_port = excluded.client_port,"
    " sent_bytes = excluded.sent_bytes, sent_packets = excluded.sent_packets,"
    " received_bytes = excluded.received_bytes, received_packets = excluded.received_packets"
    " WHERE u.updated_at <= excluded.updated_at"
    " AND (u.ended_at IS NULL OR u.reason = 'crash')"};

const Statement close_left_open{"close_left_open",
                                "UPDATE turnpike.usage SET ended_at = updated_at, reason = 'crash'"
                                " WHERE node = $1 AND run <> $2 AND ended_at IS NULL"};

const Statement begin_media{"begin_media",
                            "UPDATE turnpike.call SET media_at = $3"
                            " WHERE realm = $1 AND id = $2 AND media_at IS NULL"};

const Statement put_event{
    "put_event",
    "INSERT INTO turnpike.event (at, kind, realm, call, seconds_left, ends_at)"
    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"};

const Statement see_node{
    "see_node",
    "INSERT INTO turnpike.node (node, run, started_at, seen_at) VALUES ($1, $2, $3, $3)"
    " ON CONFLICT (node) DO UPDATE SET run = excluded.run, seen_at = excluded.seen_at,"
    " started_at = CASE WHEN node.run = excluded.run THEN node.started_at"
    " ELSE excluded.started_at END"};

const Statement put_lease{
    "put_lease",
    "INSERT INTO turnpike.lease (realm, username, call, allocations, node, expires_at)"
    " VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (realm, username, call, node) DO UPDATE"
    " SET allocations = excluded.allocations, expires_at = excluded.expires_at"};

const Statement renew_leases{"renew_leases",
                             "UPDATE turnpike.lease SET expires_at = $2 WHERE node = $1"};

const Statement drop_lease{"drop_lease",
                           "DELETE FROM turnpike.lease"
                           " WHERE realm = $1 AND username = $2 AND call = $3 AND node = $4"};

const Statement drop_leases{"drop_leases", "DELETE FROM turnpike.lease WHERE node = $1"};

const Statement count_elsewhere{
    "count_elsewhere",
    "SELECT coalesce(sum(allocations), 0) FROM turnpike.lease"
    " WHERE realm = $1 AND username = $2 AND node <> $3 AND expires_at > $4"};

const Statement list_participants{
    "list_participants",
    "SELECT DISTINCT username FROM turnpike.lease"
    " WHERE realm = $1 AND call = $2 AND node <> $3 AND expires_at > $4"};

// PostgreSQL has no such table; nothing that could go.
const Statement forget_changes{"forget_changes", "SELECT CAST($1 AS timestamptz)",
                               "DELETE FROM change WHERE at < $1"};

const Statement put_account{
    "put_account",
    "INSERT INTO turnpike.account AS a (realm, username, key_md5, key_sha256, enabled, call,"
    " deadline, bytes, bits_per_second, allocations)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    " ON CONFLICT (realm, username) DO UPDATE SET key_md5 = excluded.key_md5,"
    " key_sha256 = excluded.key_sha256, enabled = excluded.enabled, call = excluded.call,"
    " deadline = excluded.deadline, bytes = excluded.bytes,"
    " bits_per_second = excluded.bits_per_second, allocations = excluded.allocations"};

const Statement enable_account{
    "enable_account",
    "UPDATE turnpike.account SET enabled = $3 WHERE realm = $1 AND username = $2"
    " RETURNING username"};

const Statement remove_account{
    "remove_account",
    "DELETE FROM turnpike.account WHERE realm = $1 AND username = $2 RETURNING username"};

const Statement amend_account{
    "amend_account",
    "UPDATE turnpike.account SET enabled = CASE WHEN $3 THEN $4 ELSE enabled END,"
    " call = CASE WHEN $5 THEN $6 ELSE call END,"
    " deadline = CASE WHEN $7 THEN $8 ELSE deadline END,"
    " bytes = CASE WHEN $9 THEN $10 ELSE bytes END,"
    " bits_per_second = CASE WHEN $11 THEN $12 ELSE bits_per_second END,"
    " allocations = CASE WHEN $13 THEN $14 ELSE allocations END"
    " WHERE realm = $1 AND username = $2 RETURNING username"};

const Statement find_account{
    "find_account",
    "SELECT username, enabled, call, deadline, bytes, bits_per_second, allocations"
    " FROM turnpike.account WHERE realm = $1 AND username = $2"};

const Statement list_accounts{
    "list_accounts",
    "SELECT username, enabled, call, deadline, bytes, bits_per_second, allocations"
    " FROM turnpike.account WHERE realm = $1 AND username > $2 ORDER BY username LIMIT $3"};

const Statement create_call{
    "create_call",
    "INSERT INTO turnpike.call (realm, id, starts_at, ends_at, seconds, participants, bytes,"
    " bits_per_second, leg_bits_per_second) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};

const Statement extend_call{
    "extend_call",
    "UPDATE turnpike.call SET ends_at = ends_at + make_interval(secs => $3),"
    " seconds = seconds + CAST($3 AS integer) WHERE realm = $1 AND id = $2 RETURNING id",
    "UPDATE call SET ends_at = ends_at + $3, seconds = seconds + $3"
    " WHERE realm = $1 AND id = $2 RETURNING id"};

const Statement end_call{
    "end_call", "UPDATE turnpike.call SET ended_at = $3 WHERE realm = $1 AND id = $2 RETURNING id"};

const Statement amend_call{
    "amend_call",
    "UPDATE turnpike.call SET starts_at = CASE WHEN $3 THEN $4 ELSE starts_at END,"
    " ends_at = CASE WHEN $5 THEN $6 ELSE ends_at END,"
    " seconds = CASE WHEN $7 THEN $8 ELSE seconds END,"
    " participants = CASE WHEN $9 THEN $10 ELSE participants END,"
    " bytes = CASE WHEN $11 THEN $12 ELSE bytes END,"
    " bits_per_second = CASE WHEN $13 THEN $14 ELSE bits_per_second END,"
    " leg_bits_per_second = CASE WHEN $15 THEN $16 ELSE leg_bits_per_second END"
    " WHERE realm = $1 AND id = $2 RETURNING id"};

const Statement list_calls{
    "list_calls",
    "SELECT id, starts_at, ends_at, seconds, media_at, ended_at, participants, bytes,"
    " bits_per_second, leg_bits_per_second FROM turnpike.call"
    " WHERE realm = $1 AND id > $2 ORDER BY id LIMIT $3"};

const Statement call_usage{
    "call_usage",
    "SELECT username, started_at, ended_at, connected_seconds, media_seconds, sent_bytes,"
    " received_bytes, allocations, open, reason FROM turnpike.call_usage"
    " WHERE realm = $1 AND call = $2 ORDER BY username"};

const Statement open_of_user{"open_of_user",
                             "SELECT count(*) FROM turnpike.usage"
                             " WHERE realm = $1 AND username = $2 AND ended_at IS NULL"};

const Statement open_of_call{"open_of_call",
                             "SELECT count(*) FROM turnpike.usage"
                             " WHERE realm = $1 AND call = $2 AND ended_at IS NULL"};

const Statement put_secret{
    "put_secret",
    "INSERT INTO turnpike.secret (realm, name, secret, expired) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (realm, name) DO UPDATE SET secret = excluded.secret,"
    " expired = excluded.expired, enabled = excluded.enabled"};

const Statement remove_secret{
    "remove_secret", "DELETE FROM turnpike.secret WHERE realm = $1 AND name = $2 RETURNING name"};

const Statement list_secrets{
    "list_secrets",
    "SELECT name, enabled, expired, created_at FROM turnpike.secret WHERE realm = $1"
    " ORDER BY created_at, name"};

}  // namespace statements

std::span<const Statement* const> server_statements() noexcept {
    using namespace statements;
    static constexpr std::array all{
        &find_user,   &find_call,       &load_secrets,      &used_bytes,
        &write_usage, &close_left_open, &begin_media,       &put_event,
        &see_node,    &put_lease,       &renew_leases,      &drop_lease,
        &drop_leases, &count_elsewhere, &list_participants, &forget_changes};
    return all;
}

std::span<const Statement* const> operator_statements() noexcept {
    using namespace statements;
    static constexpr std::array all{
        &find_user,     &find_call,     &put_account,  &enable_account, &remove_account,
        &list_accounts, &create_call,   &extend_call,  &end_call,       &list_calls,
        &call_usage,    &open_of_user,  &open_of_call, &put_secret,     &remove_secret,
        &list_secrets,  &amend_account, &find_account, &amend_call};
    return all;
}

}  // namespace turnpike::storage
