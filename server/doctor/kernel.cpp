// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/kernel.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "server/net/socket_options.hpp"

namespace turnpike::doctor {

KernelFacts gather_kernel() {
    KernelFacts facts;
    utsname name{};
    if (::uname(&name) == 0) facts.release = name.release;
    if (const auto socket = net::open_socket(protocol::Family::ipv4, SOCK_DGRAM)) {
        facts.segments_udp = !net::set_option(*socket, IPPROTO_UDP, UDP_SEGMENT, 1200);
        facts.coalesces_udp = !net::set_option(*socket, IPPROTO_UDP, UDP_GRO, 1);
    }
    return facts;
}

Findings judge_kernel(const KernelFacts& facts) {
    const auto has = [](bool it) { return it ? "yes" : "no"; };
    return {
        well("kernel", fmt::format("Linux {}; segments UDP: {}, coalesces UDP: {}", facts.release,
                                   has(facts.segments_udp), has(facts.coalesces_udp)))};
}

}  // namespace turnpike::doctor
