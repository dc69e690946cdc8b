// SPDX-License-Identifier: BSD-3-Clause
//
// How many client connections there may be, in all and from one address (IPv6: from one /64), over
// all workers. Asked when a connection opens and closes, never for a packet. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/address.hpp"

namespace turnpike::worker {

class ConnectionLimits {
public:
    ConnectionLimits(std::uint32_t total, std::uint32_t per_address) noexcept
        : total_{total}, per_address_{per_address} {}

    // True, and counted, where one more may open. 0 as a limit: none.
    [[nodiscard]] bool take(const protocol::IpAddress& client);
    void give_back(const protocol::IpAddress& client);
    [[nodiscard]] std::size_t held() const;

private:
    // Constant after construction.
    std::uint32_t total_;
    std::uint32_t per_address_;
    // Shared by the workers.
    mutable std::mutex mutex_;
    std::size_t held_ = 0;
    boost::unordered_flat_map<protocol::IpAddress, std::uint32_t> by_address_;
};

}  // namespace turnpike::worker
