// SPDX-License-Identifier: BSD-3-Clause
//
// What a worker needs to know of the configuration.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "protocol/subnet.hpp"
#include "server/accounts/record_cache.hpp"
#include "server/turn/settings.hpp"
#include "server/worker/answer_budget.hpp"

namespace turnpike::worker {

struct StreamSettings {
    std::size_t queue_octets_max = 262144;
    std::chrono::seconds idle{30};           // without an allocation
    std::chrono::seconds first_message{10};  // from accepting to a whole message
    std::chrono::seconds half_message{10};   // from its first octet to its last
    std::chrono::seconds not_reading{10};    // with a queue that does not shrink
    std::chrono::seconds handshake{10};      // of TLS
};

struct DtlsSettings {
    std::chrono::seconds handshake{10};  // from the cookie to the end of the handshake
    std::chrono::seconds idle{30};       // without an allocation
};

struct PeerStreamSettings {
    std::chrono::seconds not_reading{300};  // octets wait, and their reader takes none
    std::chrono::seconds half_closed{60};   // one side has ended, and nothing comes from the other
};

struct Settings {
    turn::Settings turn;
    StreamSettings stream;
    DtlsSettings dtls;
    PeerStreamSettings peer_stream;
    std::vector<protocol::Subnet> proxies;  // whose connections begin with a PROXY header
    AnswerBudgetSettings budget;            // of one worker
    accounts::RecordCache::Limits cache{};  // of one worker
    bool rfc3489 = false;                   // Binding requests without a cookie are answered
    // DSCP and ECN go on from client to peer and back (RFC 8656 sections 13 and 14).
    bool copies_traffic_class = true;
    std::chrono::seconds reservation{60};  // RFC 8656 section 7.2: at least 30 s
};

}  // namespace turnpike::worker
