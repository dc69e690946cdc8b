// SPDX-License-Identifier: BSD-3-Clause
#include "client/resolve.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>

namespace turnpike::client {
namespace {

using protocol::Endpoint;
using protocol::IpAddress;

Endpoint endpoint_of(const addrinfo& info) {
    if (info.ai_family == AF_INET6) {
        sockaddr_in6 address{};
        std::memcpy(&address, info.ai_addr, sizeof address);
        return {IpAddress::v6(std::as_bytes(std::span{address.sin6_addr.s6_addr})),
                ntohs(address.sin6_port)};
    }
    sockaddr_in address{};
    std::memcpy(&address, info.ai_addr, sizeof address);
    return {IpAddress::v4(ntohl(address.sin_addr.s_addr)), ntohs(address.sin_port)};
}

}  // namespace

protocol::Result<std::vector<Endpoint>, Failure> resolve(const std::string& host,
                                                         std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;  // one entry for each address, whatever the transport
    addrinfo* found = nullptr;
    const int status = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (status != 0) {
        return Failure{.text = "the name " + host + " cannot be resolved: " + gai_strerror(status),
                       .cause = "a misspelt name, or this machine's name server"};
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list{found, &freeaddrinfo};
    std::vector<Endpoint> endpoints;
    for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
        if (info->ai_family != AF_INET && info->ai_family != AF_INET6) continue;
        const Endpoint endpoint = endpoint_of(*info);
        if (std::ranges::find(endpoints, endpoint) == endpoints.end()) {
            endpoints.push_back(endpoint);
        }
    }
    if (endpoints.empty()) return Failure{.text = "the name " + host + " has no address"};
    return endpoints;
}

}  // namespace turnpike::client
