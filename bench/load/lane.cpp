// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/lane.hpp"

#include <algorithm>
#include <cassert>

#include "protocol/channel_data.hpp"

namespace turnpike::bench {

void Lane::set_header(protocol::Bytes octets, std::size_t payload_octets, bool pads) noexcept {
    assert(octets.size() <= header.size());
    std::ranges::copy(octets, header.begin());
    header_octets = octets.size();
    const std::size_t exact = header_octets + payload_octets;
    frame_octets = pads ? protocol::padded(exact) : exact;
}

}  // namespace turnpike::bench
