// SPDX-License-Identifier: BSD-3-Clause
//
// A client's connection and a peer's, joined: what the one sends the other gets, as it is (RFC 6062
// section 5.4). Each way holds a bounded number of octets that its reader has not taken, and reads
// nothing meanwhile. Plain connections go through a pipe without a copy, TLS through a buffer.
// Knows no clock and no readiness. Owned by one worker; the descriptors belong to the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "protocol/bytes.hpp"
#include "server/net/flow.hpp"
#include "server/net/pipe_pool.hpp"
#include "server/net/splice.hpp"
#include "server/net/tcp_connection.hpp"

namespace turnpike::net {

enum class Passage : std::uint8_t {
    splice,  // both ends are plain sockets
    copy,
};

class JoinedStreams {
public:
    // `client` with what it read and has not written; the pool outlives this.
    JoinedStreams(TcpConnection client, int peer, Passage passage, PipePool& pool);

    // Each moves at most `allowed` octets, and reads none where something waits; what waits moves
    // on also where none are allowed. `shared`, which has TcpConnection::least_shared_octets, is
    // what it copies through. After `ended` the reader has been told. None is called again after
    // `ended`, `gone` or `broken`.
    [[nodiscard]] Moved to_peer(std::size_t allowed, protocol::MutableBytes shared);
    [[nodiscard]] Moved to_client(std::size_t allowed, protocol::MutableBytes shared);
    // There is more for the peer, although the client's socket does not say so.
    [[nodiscard]] bool has_more() const noexcept { return !ahead_.empty(); }

    // After `broken`: takes what is there, for nobody, so that what the other way still owes is not
    // lost with it (RFC 1122 section 4.2.2.13). Yields `moving`, `idle`, `ended` or `gone`.
    [[nodiscard]] Flow discard_from_client(protocol::MutableBytes shared) const noexcept;
    [[nodiscard]] Flow discard_from_peer(protocol::MutableBytes shared) const noexcept;

private:
    [[nodiscard]] Moved copy_to_peer(std::size_t allowed, protocol::MutableBytes shared);
    [[nodiscard]] Moved copy_to_client(std::size_t allowed, protocol::MutableBytes shared);
    // What is there now. Notes the end.
    [[nodiscard]] protocol::Bytes read_client(protocol::MutableBytes shared);
    [[nodiscard]] Moved send_to_peer(protocol::Bytes octets) const noexcept;
    // The first `sent` of these are the peer's; the rest is kept.
    void keep(protocol::Bytes octets, std::size_t sent);
    [[nodiscard]] Flow flush_to_client(std::size_t& taken);

    // Constant after construction.
    int peer_;
    Passage passage_;
    // Owned by the worker.
    TcpConnection client_;
    Splice upwards_;
    Splice downwards_;
    std::vector<std::byte> ahead_;    // read from the client, for the peer
    std::size_t ahead_sent_ = 0;      // of that
    std::size_t queued_ = 0;          // the peer's, in the client's queue
    bool owes_answer_ = true;         // to the ConnectionBind, before anything of the peer's
    Flow client_end_ = Flow::moving;  // or how it ended, where that is copied
    Flow peer_end_ = Flow::moving;
};

}  // namespace turnpike::net
