// SPDX-License-Identifier: BSD-3-Clause
//
// What all workers have in common: immutable, or safe to use from any thread. The server owns it
// all and outlives its workers.
#pragma once

#include <span>
#include <string>

#include "server/accounts/attendance.hpp"
#include "server/accounts/ledger.hpp"
#include "server/accounts/service.hpp"
#include "server/net/dtls_cookie.hpp"
#include "server/net/packet_io.hpp"
#include "server/net/tls_slot.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/connection_directory.hpp"
#include "server/worker/connection_limits.hpp"
#include "server/worker/redirection.hpp"
#include "server/worker/relay_directory.hpp"
#include "server/worker/rules.hpp"

namespace turnpike::worker {

class Acceleration;

struct Shared {
    const RulesSlot& rules;
    // The addresses that carry relayed addresses, as peers see them: none of these is ever sent to
    // through the kernel.
    std::span<const protocol::IpAddress> relayed;
    RelayDirectory& directory;
    Redirection& redirection;
    ConnectionLimits& connections;
    ConnectionDirectory& peer_connections;
    const net::TlsSlot& tls;         // empty where nothing listens for it
    ConnectionLimits& associations;  // of DTLS
    ConnectionLimits& handshakes;    // of TLS and DTLS, while they are under way
    const net::DtlsCookies& cookies;
    accounts::Attendance& attendance;
    accounts::Service* accounts = nullptr;  // none: there is no database
    accounts::Ledger* ledger = nullptr;     // none: usage is not kept
    Acceleration* acceleration = nullptr;   // none: the kernel relays nothing
    net::PacketIo packet_io = net::PacketIo::mmsg;
    std::string node{};  // the name of this server, in rows of usage
    std::string run{};   // ... and of this process
    telemetry::Log& log;
};

}  // namespace turnpike::worker
