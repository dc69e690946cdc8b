// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/limits.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

#include "server/net/socket_options.hpp"
#include "server/net/udp_listener.hpp"

namespace turnpike::doctor {
namespace {

constexpr std::uint64_t descriptors_besides = 128;  // listeners, databases, logs, epoll

std::uint64_t own_limit() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : 0;
}

// As a server gets it that has no privileges: SO_RCVBUFFORCE is for root.
std::uint64_t buffer_of(const net::FileDescriptor& socket, int option) {
    if (net::set_option(socket, SOL_SOCKET, option, net::listener_buffer_bytes)) return 0;
    int octets = 0;
    socklen_t size = sizeof octets;
    if (::getsockopt(socket.get(), SOL_SOCKET, option, &octets, &size) != 0) return 0;
    return static_cast<std::uint64_t>(octets) / 2;  // the kernel doubles it, socket(7)
}

Finding judge_descriptors(const LimitFacts& facts) {
    constexpr std::string_view check = "descriptors";
    const std::uint64_t wanted = facts.relay_ports + facts.connections + descriptors_besides;
    const std::string whose =
        facts.server ? fmt::format("the server that runs here, process {}, may open {}",
                                   *facts.server, facts.descriptors)
                     : fmt::format("a process may open {}", facts.descriptors);
    if (facts.descriptors >= wanted) {
        return well(check,
                    fmt::format("{} descriptors, and {} are enough for everything", whose, wanted));
    }
    return {.grade = Grade::warning,
            .check = check,
            .seen = fmt::format("{} descriptors; {} relay ports and {} TCP connections are {}",
                                whose, facts.relay_ports, facts.connections, wanted),
            .advice = fmt::format("LimitNOFILE={} in the service, or `ulimit -n`; or narrow "
                                  "relay.ports and limits.tcp_connections",
                                  wanted)};
}

Finding judge_buffers(const LimitFacts& facts) {
    constexpr std::string_view check = "socket buffers";
    if (facts.receive_octets >= facts.wanted_octets && facts.send_octets >= facts.wanted_octets) {
        return well(check,
                    fmt::format("{} bytes each way, as listeners ask for", facts.wanted_octets));
    }
    return {.grade = Grade::warning,
            .check = check,
            .seen = fmt::format("listeners ask for {} bytes each way and get {} to receive and {} "
                                "to send: bursts beyond are lost",
                                facts.wanted_octets, facts.receive_octets, facts.send_octets),
            .advice = fmt::format("`sysctl -w net.core.rmem_max={0} net.core.wmem_max={0}`, and "
                                  "the same in a file of /etc/sysctl.d",
                                  facts.wanted_octets)};
}

}  // namespace

std::optional<std::uint64_t> parse_descriptor_limit(std::string_view limits) {
    constexpr std::string_view name = "Max open files";
    const auto place = limits.find(name);
    if (place == std::string_view::npos) return std::nullopt;
    std::string_view line = limits.substr(place + name.size());
    line = line.substr(0, line.find('\n'));
    const auto take = [&line] {
        line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
        const std::string_view word = line.substr(0, line.find(' '));
        line.remove_prefix(word.size());
        return word;
    };
    (void)take();  // the soft one
    const std::string_view hard = take();
    if (hard == "unlimited") return std::numeric_limits<std::uint64_t>::max();
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(hard.data(), hard.data() + hard.size(), value);
    if (failure != std::errc{} || end != hard.data() + hard.size()) return std::nullopt;
    return value;
}

LimitFacts gather_limits(const config::Config& config, const std::optional<PortHolder>& server) {
    const config::PortRange& ports = config.relay.ports;
    LimitFacts facts{.descriptors = own_limit(),
                     .relay_ports = static_cast<std::uint64_t>(ports.max - ports.min) + 1,
                     .connections = config.limits.tcp_connections,
                     .wanted_octets = net::listener_buffer_bytes};
    if (server) {
        std::ifstream stream{fmt::format("/proc/{}/limits", server->process)};
        const std::string text{std::istreambuf_iterator<char>{stream}, {}};
        if (const auto limit = parse_descriptor_limit(text)) {
            facts.descriptors = *limit;
            facts.server = server->process;
        }
    }
    if (const auto socket = net::open_socket(protocol::Family::ipv4, SOCK_DGRAM)) {
        facts.receive_octets = buffer_of(*socket, SO_RCVBUF);
        facts.send_octets = buffer_of(*socket, SO_SNDBUF);
    }
    return facts;
}

Findings judge_limits(const LimitFacts& facts) {
    return {judge_descriptors(facts), judge_buffers(facts)};
}

}  // namespace turnpike::doctor
