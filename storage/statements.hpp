// SPDX-License-Identifier: BSD-3-Clause
//
// Everything that this program says to a database, in one place: what a server says, which the role
// turnpike_server may, and what the command line says.
#pragma once

#include <span>

#include "storage/database.hpp"

namespace turnpike::storage {

namespace statements {

extern const Statement find_user;          // realm, username
extern const Statement find_call;          // realm, id
extern const Statement load_secrets;       // realm
extern const Statement used_bytes;         // realm, call, run: by all other runs
extern const Statement write_usage;        // a Usage
extern const Statement close_left_open;    // node, run
extern const Statement begin_media;        // realm, id, at
extern const Statement put_event;          // an Event
extern const Statement see_node;           // node, run, at
extern const Statement put_lease;          // a Lease, node, expires at
extern const Statement renew_leases;       // node, expires at
extern const Statement drop_lease;         // realm, username, call, node
extern const Statement drop_leases;        // node
extern const Statement count_elsewhere;    // realm, username, node, at
extern const Statement list_participants;  // realm, call, node, at
extern const Statement forget_changes;     // before: SQLite's alone

extern const Statement put_account;     // an Account
extern const Statement enable_account;  // realm, username, enabled
extern const Statement remove_account;  // realm, username
extern const Statement amend_account;   // realm, username, an AccountAmendment
extern const Statement find_account;    // realm, username
extern const Statement list_accounts;   // realm, after, limit
extern const Statement create_call;     // a Call
extern const Statement extend_call;     // realm, id, seconds
extern const Statement end_call;        // realm, id, at
extern const Statement amend_call;      // realm, id, a CallAmendment
extern const Statement list_calls;      // realm, after, limit
extern const Statement call_usage;      // realm, id
extern const Statement open_of_user;    // realm, username
extern const Statement open_of_call;    // realm, id
extern const Statement put_secret;      // realm, name, secret, expired
extern const Statement remove_secret;   // realm, name
extern const Statement list_secrets;    // realm

}  // namespace statements

// PostgreSQL prepares them when it is connected, and so finds out what is missing.
[[nodiscard]] std::span<const Statement* const> server_statements() noexcept;
[[nodiscard]] std::span<const Statement* const> operator_statements() noexcept;

}  // namespace turnpike::storage
