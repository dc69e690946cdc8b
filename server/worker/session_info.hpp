// SPDX-License-Identifier: BSD-3-Clause
//
// What an operator is told of an allocation that lives, and which of them are meant: values that
// change threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/allocation_id.hpp"
#include "storage/value.hpp"

namespace turnpike::worker {

struct SessionInfo {
    protocol::AllocationId id{};
    std::string user;  // whose limits and bill it is
    std::string username;
    std::string realm;
    std::string call;  // empty: none
    std::string client;
    std::string transport;
    std::string relayed;  // as peers see it; of a dual allocation both, with a comma between
    storage::Time since{};
    std::optional<storage::Time> first_media{};
    std::optional<storage::Time> last_media{};
    std::int64_t expires_in_seconds = 0;            // without a refresh
    std::optional<std::int64_t> ends_in_seconds{};  // whatever is refreshed
    std::uint64_t permissions = 0;
    std::uint64_t channels = 0;
    std::uint64_t sent_bytes = 0;  // to peers
    std::uint64_t sent_packets = 0;
    std::uint64_t received_bytes = 0;  // from peers
    std::uint64_t received_packets = 0;
};

// Every one that is given has to fit; none given: all.
struct SessionFilter {
    std::optional<protocol::AllocationId> id{};
    std::optional<std::string> user{};  // the user, or the username with its expiry
    std::optional<std::string> call{};
    std::optional<protocol::IpAddress> client{};
    std::optional<std::string> transport{};  // of the client: "udp", "tcp", "tls", "dtls"

    [[nodiscard]] bool is_all() const noexcept {
        return !id && !user && !call && !client && !transport;
    }
};

// In the order of their ids.
struct SessionQuery {
    SessionFilter filter{};
    protocol::AllocationId after{};  // the last one of the page before
    std::size_t limit = 100;
};

struct SessionPage {
    std::vector<SessionInfo> sessions;
    bool has_more = false;
    std::size_t workers_unheard = 0;  // whose sessions are missing
};

struct SessionsEnded {
    std::size_t ended = 0;
    std::size_t workers_unheard = 0;  // whose sessions may go on
};

}  // namespace turnpike::worker
