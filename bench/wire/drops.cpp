// SPDX-License-Identifier: BSD-3-Clause
#include "bench/wire/drops.hpp"

#include <ifaddrs.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>

namespace turnpike::wire {

std::uint32_t drops_at(std::uint32_t interface) {
    ifaddrs* found = nullptr;
    if (getifaddrs(&found) != 0) return 0;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> all{found, freeifaddrs};
    for (const ifaddrs* each = all.get(); each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_PACKET) continue;
        if (if_nametoindex(each->ifa_name) != interface || each->ifa_data == nullptr) continue;
        rtnl_link_stats statistics{};
        std::memcpy(&statistics, each->ifa_data, sizeof statistics);
        return statistics.rx_dropped;
    }
    return 0;
}

}  // namespace turnpike::wire
