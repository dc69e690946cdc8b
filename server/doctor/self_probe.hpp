// SPDX-License-Identifier: BSD-3-Clause
//
// Whether a server that runs does its work: as a client it asks for an allocation, binds a channel
// to its own relayed address, sends a packet there, takes it back and deletes the allocation.
// Blocking, for at most the time that it is given: to be called on a thread of its own.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "auth/login.hpp"
#include "protocol/subnet.hpp"
#include "server/doctor/doors.hpp"
#include "server/doctor/finding.hpp"

namespace turnpike::doctor {

// Where the server can be asked from this host: over UDP, else over TCP, DTLS or TLS. None: of all
// its listeners a PROXY header is demanded from here, for `proxies`.
[[nodiscard]] std::optional<Entry> probe_target(const Doors& doors,
                                                std::span<const protocol::Subnet> proxies);

struct Readiness {
    bool is_ready = false;
    std::string reason;  // why not: which step, and what was seen; empty where it is
    std::chrono::nanoseconds took{0};
};

// Nothing where it is ready.
[[nodiscard]] Findings judge_probe(const Entry& target, const Readiness& readiness);

[[nodiscard]] Readiness probe_self(const Entry& target, const auth::Login& login,
                                   std::chrono::milliseconds limit = std::chrono::seconds{1});

}  // namespace turnpike::doctor
