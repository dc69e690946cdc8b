// SPDX-License-Identifier: BSD-3-Clause
//
// A network namespace of this process alone, with a virtual cable in it. When this goes, the
// process is back where it was, and the kernel clears away the rest.
#pragma once

#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace turnpike::test {

class OwnNetwork {
public:
    static constexpr std::uint32_t loopback = 1;

    OwnNetwork() : before_{::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)} {
        if (before_ < 0 || ::unshare(CLONE_NEWNET) != 0) {
            throw std::runtime_error{"a network namespace needs root"};
        }
        command("ip link set lo up");
        command(
            "ip link add near address 02:00:00:00:00:01 type veth"
            " peer name far address 02:00:00:00:00:02");
        command("ip link set near up");
        command("ip link set far up");
    }
    OwnNetwork(const OwnNetwork&) = delete;
    OwnNetwork& operator=(const OwnNetwork&) = delete;
    ~OwnNetwork() {
        static_cast<void>(::setns(before_, CLONE_NEWNET));
        ::close(before_);
    }

    static void command(const char* line) {
        if (std::system(line) != 0) throw std::runtime_error{line};
    }
    [[nodiscard]] std::uint32_t near() const { return ::if_nametoindex("near"); }
    [[nodiscard]] std::uint32_t far() const { return ::if_nametoindex("far"); }

    // What leaves by `interface` has its checksum in it from now on.
    static void compute_checksums(const char* interface) {
        ifreq request{};
        ethtool_value off{.cmd = ETHTOOL_STXCSUM, .data = 0};
        std::strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
        request.ifr_data = reinterpret_cast<char*>(&off);
        const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const int failed = ::ioctl(socket, SIOCETHTOOL, &request);
        ::close(socket);
        if (failed != 0) throw std::runtime_error{"checksums are left to the network card"};
    }

private:
    int before_;
};

}  // namespace turnpike::test
