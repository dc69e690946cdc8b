// SPDX-License-Identifier: BSD-3-Clause
//
// What passes the interfaces of the network namespace in which it was made, from then on. Owns a
// packet socket; may be read in any thread. BadStart where that is not allowed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/bytes.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike::wire {

class Tap {
public:
    Tap();

    struct Seen {
        protocol::Bytes octets;  // until the next one is taken
        std::uint32_t interface = 0;
        bool is_outgoing = false;
    };
    // The next one; none: there is no more for now.
    [[nodiscard]] std::optional<Seen> next();

private:
    net::FileDescriptor socket_;
    std::vector<std::byte> room_;
};

}  // namespace turnpike::wire
