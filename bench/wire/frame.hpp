// SPDX-License-Identifier: BSD-3-Clause
//
// A frame that carried one of our payloads, as it was seen on an interface: where its stamp is, and
// the lane whose frames are to look like it. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "bench/wire/abi.h"
#include "protocol/bytes.hpp"

namespace turnpike::wire {

struct Frame {
    std::uint32_t checksum_at = 0;  // of UDP
    std::uint32_t payload_at = 0;   // behind ChannelData's header where it has one
};

// None where it is not UDP over IP, whole and without options, or is too short for a stamp.
[[nodiscard]] std::optional<Frame> parse_frame(protocol::Bytes octets);
// What stands in front of the payload, with a checksum over it and a payload of zeros.
[[nodiscard]] WireLane lane_of(protocol::Bytes octets, const Frame& frame);

}  // namespace turnpike::wire
