// SPDX-License-Identifier: BSD-3-Clause
//
// Sockets that somebody bound for us before we began, as systemd does for a .socket unit: known by
// where they are bound, they take the place of those that we would open there. Owned by the thread
// that opens listeners. A datagram socket serves one worker and is given once; a listener is shared
// by all, each with a duplicate of its own.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/result.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike::net {

struct Inherited {
    protocol::Endpoint endpoint;
    int type = 0;  // SOCK_DGRAM or SOCK_STREAM
    FileDescriptor descriptor;
    bool is_claimed = false;

    [[nodiscard]] std::string to_string() const;  // "UDP 0.0.0.0:3478"
};

class InheritedSockets {
public:
    InheritedSockets() = default;  // none

    // Owns the descriptors from now on, and has made them non-blocking and closed on exec. Throws
    // std::runtime_error, which says what to change in the socket unit, where one is no Internet
    // socket, is no listener, or takes IPv4 and IPv6 at once.
    explicit InheritedSockets(std::span<const int> descriptors);

    // Whether there was one, given or not: whoever opens this endpoint need not look whether
    // somebody else has it.
    [[nodiscard]] bool has(const protocol::Endpoint& endpoint, int type) const noexcept;

    // One that was not given yet, with the options of open_udp_listener(). None: all are given.
    [[nodiscard]] std::optional<FileDescriptor> take_udp_listener(
        const protocol::Endpoint& endpoint);

    // What take_udp_listener() gave, and nobody reads: it can be taken again.
    void give_back_udp_listener(FileDescriptor socket) noexcept;

    // A duplicate. The endpoint is there: has().
    [[nodiscard]] protocol::Result<FileDescriptor> share_tcp_listener(
        const protocol::Endpoint& endpoint);

    // What nobody asked for. It is bound, and would keep clients waiting: say so.
    [[nodiscard]] std::vector<std::string> unclaimed() const;

private:
    std::vector<Inherited> sockets_;
};

}  // namespace turnpike::net
