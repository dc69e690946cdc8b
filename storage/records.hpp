// SPDX-License-Identifier: BSD-3-Clause
//
// What is remembered, as plain values: a row each. An empty optional is a null: "not said here".
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "storage/value.hpp"

namespace turnpike::storage {

// Limits as a user, a call and a realm may state them.
struct Limits {
    std::optional<std::int64_t> bytes{};  // both ways together
    std::optional<std::int64_t> bits_per_second{};
    std::optional<std::int64_t> allocations{};  // at once
    bool operator==(const Limits&) const = default;
};

struct Realm {
    std::optional<std::int64_t> session_seconds{};
    Limits limits{};  // bytes: of an allocation; bits_per_second: of a user
    bool operator==(const Realm&) const = default;
};

struct Call {
    std::string realm{};
    std::string id{};
    std::optional<Time> starts_at{};
    std::optional<Time> ends_at{};
    std::optional<std::int64_t> seconds{};  // from media_at
    std::optional<Time> media_at{};
    std::optional<Time> ended_at{};
    std::optional<std::int64_t> participants{};
    std::optional<std::int64_t> bytes{};
    std::optional<std::int64_t> bits_per_second{};
    std::optional<std::int64_t> leg_bits_per_second{};
    bool operator==(const Call&) const = default;
};
// The earliest of its ends that is known by now.
[[nodiscard]] std::optional<Time> end_of(const Call& call);

// What turnpike.credential() says of a user.
struct Credential {
    std::optional<std::string> key_md5{};     // 16 octets
    std::optional<std::string> key_sha256{};  // 32 octets
    std::optional<std::string> password{};    // of a site that keeps it
    bool enabled = true;
    std::optional<std::string> call{};
    std::optional<Time> deadline{};
    Limits limits{};  // bytes: of an allocation
    bool operator==(const Credential&) const = default;
};

// A user with all that bears on it.
struct User {
    Credential credential{};
    std::optional<Call> call{};  // none: has none, or one that has no row
    Realm realm{};
    bool operator==(const User&) const = default;
};

struct Secret {
    std::string name{};
    std::string secret{};
    std::optional<std::string> expired{};  // "keep", "end"
    bool operator==(const Secret&) const = default;
};

// The server's own user, as `turnpike user` writes it.
struct Account {
    std::string realm{};
    std::string username{};
    Credential credential{};  // without a password
    bool operator==(const Account&) const = default;
};

// What is to change of a call or an account: none leaves it as it is, a none within sets it free.
template <typename T>
using Amended = std::optional<std::optional<T>>;

struct CallAmendment {
    Amended<Time> starts_at{};
    Amended<Time> ends_at{};
    Amended<std::int64_t> seconds{};
    Amended<std::int64_t> participants{};
    Amended<std::int64_t> bytes{};
    Amended<std::int64_t> bits_per_second{};
    Amended<std::int64_t> leg_bits_per_second{};
};

struct AccountAmendment {
    std::optional<bool> enabled{};
    Amended<std::string> call{};
    Amended<Time> deadline{};
    Amended<std::int64_t> bytes{};
    Amended<std::int64_t> bits_per_second{};
    Amended<std::int64_t> allocations{};
};

// A part of a list in the order of names: those after this one, at most so many.
struct Page {
    std::string after{};
    std::int64_t limit = std::numeric_limits<std::int64_t>::max();
};

// One allocation, as far as it has come.
struct Usage {
    std::string id{};
    std::string node{};
    std::string run{};
    std::string realm{};
    std::string username{};
    std::optional<std::string> call{};
    std::string transport{};
    std::string client{};
    std::int64_t client_port = 0;
    std::string relayed{};
    Time started_at{};
    std::optional<Time> first_media_at{};
    std::optional<Time> last_media_at{};
    std::int64_t media_seconds = 0;
    Time updated_at{};
    std::optional<Time> ended_at{};
    std::optional<std::string> reason{};
    std::int64_t sent_bytes = 0;
    std::int64_t sent_packets = 0;
    std::int64_t received_bytes = 0;
    std::int64_t received_packets = 0;
    bool operator==(const Usage&) const = default;
};

// A row of turnpike.call_usage.
struct CallUsage {
    std::string username{};
    std::optional<Time> started_at{};
    std::optional<Time> ended_at{};
    std::int64_t connected_seconds = 0;
    std::int64_t media_seconds = 0;
    std::int64_t sent_bytes = 0;
    std::int64_t received_bytes = 0;
    std::int64_t allocations = 0;
    std::int64_t open = 0;
    std::optional<std::string> reason{};
    bool operator==(const CallUsage&) const = default;
};

// How many allocations one server holds for a user and a call.
struct Lease {
    std::string realm{};
    std::string username{};
    std::string call{};            // empty: none
    std::int64_t allocations = 0;  // 0: none any more
    bool operator==(const Lease&) const = default;
};

struct Event {
    Time at{};
    std::string kind{};  // "warning", "ended"
    std::string realm{};
    std::string call{};
    std::int64_t seconds_left = 0;
    Time ends_at{};  // the call, as of then
    bool operator==(const Event&) const = default;
};

}  // namespace turnpike::storage
