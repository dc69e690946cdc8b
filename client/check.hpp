// SPDX-License-Identifier: BSD-3-Clause
//
// A client's view of a server by its URI: every transport that the URI leaves open and every
// address behind its name is tried. Is it reachable, is it who it says, does it let me in, does it
// relay a packet to myself? The first step that fails ends a way and says why.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "client/check_report.hpp"
#include "client/client.hpp"
#include "protocol/uri.hpp"

namespace turnpike::client {

struct CheckSettings {
    std::optional<Login> login{};
    std::string secret{};  // where set, logins are minted from it, and clocks are compared
    std::string realm{};   // where set, the server's has to be the same
    ConnectSettings connect{};
    std::optional<protocol::Family> family{};        // where set, only addresses of it
    std::optional<protocol::Family> relay_family{};  // of the allocation; none: the server's choice
    int packets = 10;                                // relayed to myself, one after the other
    std::chrono::system_clock::time_point now{};
};

void check(const protocol::Uri& uri, const CheckSettings& settings, CheckReport& report);
// This one way: the URI's transport, to this address, whose certificate is to be for the URI's
// host.
void check(const protocol::Uri& uri, const protocol::Endpoint& server,
           const CheckSettings& settings, CheckReport& report);

}  // namespace turnpike::client
