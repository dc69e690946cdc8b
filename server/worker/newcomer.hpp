// SPDX-License-Identifier: BSD-3-Clause
//
// A connection that has come and of which the first octets have to tell what it is: whose, where a
// proxy passes it on (PROXY protocol), and whether TLS follows, where a port takes both (RFC 7983,
// RFC 8489 section 8.1). It leaves as soon as both are known. Owned by one worker.
#pragma once

#include <memory>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/net/tcp_listener.hpp"
#include "server/net/watch.hpp"
#include "server/worker/connection_limits.hpp"
#include "server/worker/entrance.hpp"

namespace turnpike::worker {

// A connection of which all is known.
struct Arrival {
    net::FileDescriptor socket;
    protocol::FiveTuple five_tuple;  // as the proxy says, where there is one
    ConnectionLimits::Place place;
    std::vector<std::byte> first;  // what has been read already, and belongs to it
};

class Newcomer {
public:
    enum class State : std::uint8_t {
        header,       // the proxy has not said all
        first_octet,  // of the client
        known,
        broken,  // a header is missing or malformed
        gone,    // closed before anything was known
    };
    struct Setup {
        std::unique_ptr<net::Watch> socket;
        protocol::Endpoint client;
        protocol::Endpoint server;
        ConnectionLimits::Place place;
        Entrance entrance = Entrance::plain;
        bool has_proxy = false;
        protocol::TimePoint now;
    };

    explicit Newcomer(Setup setup);

    // Takes what is there; `shared` holds nothing of it afterwards.
    State read(protocol::MutableBytes shared);
    // Once it is known; nothing may be asked of it afterwards.
    [[nodiscard]] Arrival leave();

    [[nodiscard]] State state() const noexcept { return state_; }
    // Its own, where a proxy has named another.
    [[nodiscard]] bool renamed() const noexcept { return renamed_; }
    [[nodiscard]] protocol::TimePoint since() const noexcept { return setup_.now; }
    [[nodiscard]] net::Watch& socket() noexcept { return *setup_.socket; }

private:
    void look();
    void take_header();

    Setup setup_;
    State state_;
    bool renamed_ = false;
    std::vector<std::byte> octets_;  // read and not yet understood
};

}  // namespace turnpike::worker
