// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/classify.hpp"

namespace turnpike::protocol {

Kind classify(Bytes datagram, ChannelRange channels) noexcept {
    if (datagram.empty()) return Kind::junk;
    const auto first = std::to_integer<unsigned>(datagram.front());
    if (first <= 3) return Kind::stun;
    if (first >= 20 && first <= 63) return Kind::dtls;
    if (first >= 64 && first <= (channel_max(channels) >> 8U)) return Kind::channel_data;
    return Kind::junk;
}

}  // namespace turnpike::protocol
