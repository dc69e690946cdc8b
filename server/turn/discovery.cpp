// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/discovery.hpp"

#include <algorithm>

namespace turnpike::turn {
namespace {

template <typename Value>
const Value& other_of(const std::array<Value, 2>& pair, const Value& one) noexcept {
    return pair[0] == one ? pair[1] : pair[0];
}

}  // namespace

bool Discovery::takes_part(const protocol::Endpoint& endpoint) const noexcept {
    return std::ranges::find(addresses, endpoint.address) != addresses.end() &&
           std::ranges::find(ports, endpoint.port) != ports.end();
}

protocol::Endpoint Discovery::changed(const protocol::Endpoint& endpoint,
                                      protocol::ChangeRequest change) const noexcept {
    return {change.address ? other_of(addresses, endpoint.address) : endpoint.address,
            change.port ? other_of(ports, endpoint.port) : endpoint.port};
}

}  // namespace turnpike::turn
