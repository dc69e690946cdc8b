// SPDX-License-Identifier: BSD-3-Clause
//
// Clients of the server under test, reached as the command line says, and words for what fails.
#pragma once

#include "bench/load/settings.hpp"
#include "client/client.hpp"

namespace turnpike::bench {

// The `number`th client: over the URI's transport, from its address, with its login. Called inside
// of the clients' network namespace. BadStart where the server cannot be reached.
[[nodiscard]] client::Client reach(const Access& access, const Places& places, std::size_t number);

// The first address of its name. BadStart where the URI is not one for UDP.
[[nodiscard]] protocol::Endpoint server_of(const Access& access);
// Whom nobody sends to: port 9 (RFC 863) of the peers' address, or of the one towards the server.
[[nodiscard]] protocol::Endpoint discarding_peer(const Places& places,
                                                 const protocol::Endpoint& server);

// "Allocate: 401 Unauthenticated".
[[noreturn]] void fail(std::string_view step, const client::Failure& failure);

// As many descriptors as the system lets this program have. BadStart where that is fewer than this.
void need_descriptors(std::size_t count);

}  // namespace turnpike::bench
