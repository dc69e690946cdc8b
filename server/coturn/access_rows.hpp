// SPDX-License-Identifier: BSD-3-Clause
//
// The rows about who gets in, which peers may be reached, and how much.
#pragma once

#include <array>

#include "server/coturn/row.hpp"

namespace turnpike::coturn {

inline constexpr std::array access_rows{
    Row{"lt-cred-mech", Argument::flag, Area::always,
        "long-term credentials are what every allocation needs", 'a'},
    Row{"no-auth", Argument::flag, Area::no_equal,
        "nobody gets a relay without a login: `turnpike user add NAME`, or auth.secrets", 'z'},
    Row{"use-auth-secret", Argument::flag, Area::access},
    Row{"static-auth-secret", Argument::value, Area::access, {}, '\0', true, true},
    Row{"user", Argument::value, Area::access, {}, 'u', true, true},
    Row{"realm", Argument::value, Area::access, {}, 'r'},
    Row{"rest-api-separator", Argument::value, Area::access, {}, 'C'},
    Row{"oauth", Argument::flag, Area::access},
    Row{"server-name", Argument::value, Area::access},
    Row{"secret-ts-exp-time", Argument::optional, Area::nothing,
        "coturn reads it and does nothing with it"},
    Row{"no-auth-pings", Argument::flag, Area::always,
        "secrets in the database take effect when they change; nothing is polled"},
    Row{"no-dynamic-ip-list", Argument::flag, Area::always,
        "peers.allow and peers.deny are said by the configuration alone"},
    Row{"no-dynamic-realms", Argument::flag, Area::always, "one realm is served"},
    Row{"userdb", Argument::value, Area::databases, {}, 'b'},
    Row{"db", Argument::value, Area::databases},
    Row{"psql-userdb", Argument::value, Area::databases, {}, 'e', false, true},
    Row{"sql-userdb", Argument::value, Area::databases, {}, '\0', false, true},
    Row{"mysql-userdb", Argument::value, Area::databases, {}, 'M', false, true},
    Row{"mongo-userdb", Argument::value, Area::databases, {}, 'J', false, true},
    Row{"redis-userdb", Argument::value, Area::databases, {}, 'N', false, true},
    Row{"redis-statsdb", Argument::value, Area::no_equal,
        "usage is in the table turnpike.usage, while it runs too; what happens to calls in "
        "turnpike.event (NOTIFY turnpike_event); counters at /metrics of admin.listen",
        'O', false, true},
    Row{"secret-key-file", Argument::value, Area::no_equal,
        "of an encrypted password in mysql-userdb, which has no equal"},
    Row{"user-quota", Argument::value, Area::limits, {}, 'q'},
    Row{"total-quota", Argument::value, Area::limits, {}, 'Q'},
    Row{"max-bps", Argument::value, Area::limits, {}, 's'},
    Row{"bps-capacity", Argument::value, Area::limits, {}, 'B'},
    Row{"stale-nonce", Argument::optional, Area::limits},
    Row{"max-allocate-lifetime", Argument::optional, Area::limits},
    Row{"max-allocate-timeout", Argument::value, Area::limits},
    Row{"channel-lifetime", Argument::optional, Area::limits},
    Row{"permission-lifetime", Argument::optional, Area::limits},
    Row{"relay-threads", Argument::value, Area::limits, {}, 'm'},
    Row{"allowed-peer-ip", Argument::value, Area::peers, {}, '\0', true},
    Row{"denied-peer-ip", Argument::value, Area::peers, {}, '\0', true},
    Row{"allow-loopback-peers", Argument::flag, Area::peers},
    Row{"no-loopback-peers", Argument::flag, Area::always,
        "peers on loopback addresses are refused unless peers.allow names them"},
    Row{"no-multicast-peers", Argument::flag, Area::always,
        "multicast and broadcast addresses are never peers, not even where peers.allow names "
        "them"},
    Row{"alternate-server", Argument::value, Area::redirection, {}, '\0', true},
    Row{"tls-alternate-server", Argument::value, Area::redirection, {}, '\0', true},
};

}  // namespace turnpike::coturn
