// SPDX-License-Identifier: BSD-3-Clause
//
// A host with one cable, `near`, and at its other end another host, in a network of its own: a
// neighbour that answers for itself.
//
//     192.0.2.1, 2001:db8::1  near ------- far  192.0.2.2, 2001:db8::2
#pragma once

#include <poll.h>

#include <string>

#include "server/xdp/lookup.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::test {

constexpr xdp::Mac near_mac{2, 0, 0, 0, 0, 1};
constexpr xdp::Mac far_mac{2, 0, 0, 0, 0, 2};

class PeerNetwork {
public:
    PeerNetwork() : here_{::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)} {
        if (::unshare(CLONE_NEWNET) != 0) throw std::runtime_error{"no second network"};
        there_ = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
        return_here();
        ip("link set near address 02:00:00:00:00:01");
        ip("link set far netns /proc/" + std::to_string(::getpid()) + "/fd/" +
           std::to_string(there_));
        ip("address add 192.0.2.1/24 dev near");
        ip("address add 2001:db8::1/64 dev near nodad");
        peer_ip("link set lo up");
        peer_ip("link set far address 02:00:00:00:00:02 up");
        peer_ip("address add 192.0.2.2/24 dev far");
        peer_ip("address add 2001:db8::2/64 dev far nodad");
    }
    PeerNetwork(const PeerNetwork&) = delete;
    PeerNetwork& operator=(const PeerNetwork&) = delete;
    ~PeerNetwork() {
        ::close(there_);
        ::close(here_);
    }

    static void ip(const std::string& arguments) {
        OwnNetwork::command(("ip " + arguments).c_str());
    }
    void peer_ip(const std::string& arguments) const {
        if (::setns(there_, CLONE_NEWNET) != 0) throw std::runtime_error{"no way to the peer"};
        try {
            ip(arguments);
        } catch (...) {
            return_here();
            throw;
        }
        return_here();
    }
    [[nodiscard]] std::uint32_t near() const { return network_.near(); }

private:
    void return_here() const {
        if (::setns(here_, CLONE_NEWNET) != 0) throw std::runtime_error{"no way back"};
    }

    OwnNetwork network_;
    int here_;
    int there_ = -1;
};

// What there must be, or the test ends.
template <typename T, typename Error>
[[nodiscard]] T must(protocol::Result<T, Error> result) {
    if (!result) throw std::runtime_error{"a reason instead of a value"};
    return std::move(*result);
}
[[nodiscard]] inline protocol::IpAddress address(std::string_view text) {
    return protocol::IpAddress::parse(text).value();
}
// From our address of the same family.
[[nodiscard]] inline xdp::Way way_to(std::string_view text) {
    const auto destination = address(text);
    return {.destination = destination,
            .source = address(destination.is_v4() ? "192.0.2.1" : "2001:db8::1")};
}

}  // namespace turnpike::test
