// SPDX-License-Identifier: BSD-3-Clause
//
// What may stand in front of a connection that a proxy passes on: whatever it is, the verdict on it
// stays the same when more comes behind it, and none is reached by waiting for ever.
#include <cstdlib>

#include "protocol/proxy_header.hpp"

namespace turnpike::protocol {
namespace {

using State = ProxyHeader::State;

void require(bool holds) {
    if (!holds) std::abort();
}

void judge(Bytes stream) {
    const ProxyHeader whole = read_proxy_header(stream);
    require(whole.state != State::complete ||
            (whole.octets <= stream.size() && whole.octets <= proxy_header_octets_max));
    require(whole.state != State::incomplete || stream.size() < proxy_header_octets_max);
    require(whole.state == State::complete || !whole.ends);
    for (std::size_t size = 0; size < stream.size() && size < 200; ++size) {
        const ProxyHeader part = read_proxy_header(stream.first(size));
        if (part.state == State::incomplete) continue;
        require(part.state == whole.state && part.octets == whole.octets);
        return;
    }
}

}  // namespace
}  // namespace turnpike::protocol

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    turnpike::protocol::judge(std::as_bytes(std::span{data, size}));
    return 0;
}
