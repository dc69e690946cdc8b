// SPDX-License-Identifier: BSD-3-Clause
//
// A client's DTLS association on its way from the worker that shook hands with it to the one that
// has the relay whose ticket it shows (RFC 8016). Its datagrams keep coming to the giver, which
// passes each on from then on (visitors.hpp); answers leave from the owner's own socket.
//
// The contract is that of a connection (handed_connection.hpp), but for the message that was found
// to be the owner's: it has been decrypted already, so it travels beside. What stood behind it in
// its datagram is in the session. It has no allocation with the giver. It can be dropped anywhere:
// nothing stays behind.
#pragma once

#include <memory>

#include "server/net/dtls_cookie.hpp"
#include "server/net/dtls_session.hpp"
#include "server/worker/connection_limits.hpp"

namespace turnpike::worker {

struct HandedAssociation {
    std::unique_ptr<net::DtlsSession> session;  // open, with nobody to send through
    net::DtlsCookie hello;                      // which the hello that began it returned
    ConnectionLimits::Place place;
};

}  // namespace turnpike::worker
