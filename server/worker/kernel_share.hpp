// SPDX-License-Identifier: BSD-3-Clause
//
// What the kernel has of one allocation. A value of its Holding; KernelRelay alone changes it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "server/relay/account.hpp"
#include "server/xdp/neighbourhood.hpp"
#include "server/xdp/route.hpp"

namespace turnpike::worker {

struct KernelShare {
    struct Passages {
        std::optional<xdp::Passage> to_peer;  // none: a hairpin
        xdp::Passage to_client;
    };
    struct Channel {
        xdp::BoundChannel bound;
        std::optional<Passages> passages{};  // none: the kernel could not have it when it was tried
    };
    std::uint32_t slot = 0;
    std::vector<Channel> channels;
    std::array<relay::Traffic, 2> counted{};  // by way: of what the kernel relayed
};

}  // namespace turnpike::worker
