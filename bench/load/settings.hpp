// SPDX-License-Identifier: BSD-3-Clause
//
// What a measurement is to do, as the command line said it: plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/load/profile.hpp"
#include "bench/load/requirement.hpp"
#include "client/client.hpp"
#include "protocol/uri.hpp"

namespace turnpike::bench {

enum class Direction : std::uint8_t {
    up,    // client to peer
    down,  // peer to client
    both,
};

enum class Mode : std::uint8_t {
    channel,
    send,  // Send and Data indications
};

struct Rate {
    enum class Kind : std::uint8_t {
        fixed,
        max,     // as fast as it goes
        search,  // the largest that loses next to nothing
    };
    Kind kind = Kind::fixed;
    double packets_per_second = 1000;  // of all lanes together
};

// Which server, and who asks.
struct Access {
    std::string text;  // the URI as it was given
    protocol::Uri uri;
    client::ConnectSettings connect{};
    client::Login login{};
};

// Where the sockets are.
struct Places {
    std::string client_netns;
    std::vector<protocol::IpAddress>
        client_addresses{};  // taken in turn; none: the system's choice
    std::string peer_netns;
    std::optional<protocol::IpAddress> peer_address{};  // none: from where the server is reached
};

// What is looked at beside the packets.
struct Watch {
    std::optional<int> server_pid{};
    std::optional<int> server_core{};
};

struct Load {
    std::size_t flows = 10;
    std::size_t payload_octets = 172;
    std::size_t burst = 1;
    Rate rate{};
    double loss_max = 0.001;  // of Rate::Kind::search
    Direction direction = Direction::both;
    Mode mode = Mode::channel;
    bool segmentation = false;         // UDP_SEGMENT
    bool symmetric = false;            // each one's peer is the other's relayed address
    bool from_kernel = false;          // no socket sends or receives: WireRunner
    bool direct = false;               // clients and peers speak without a relay
    std::optional<Profile> profile{};  // then flows are parties of calls, and send as it says
    std::size_t calls = 1;
};

struct Output {
    std::string json_path;  // "-": standard output
    std::string html_path;
    std::string command_line;  // as it was given, without passwords
    std::vector<std::pair<std::string, std::string>> labels{};
    std::vector<Requirement> requirements{};
};

struct Settings {
    Access access;
    Places places;
    Watch watch;
    Load load;
    Output output;
    std::chrono::nanoseconds duration = std::chrono::seconds{5};
    double call_seconds = 300;        // that a party stays, of profile and plan
    std::size_t relay_ports = 16384;  // that the server may use
    std::size_t in_flight = 64;       // of allocate and binding
    std::size_t allocations = 1000;   // of hold
};

[[nodiscard]] constexpr std::string_view to_string(Direction direction) noexcept {
    return direction == Direction::up ? "up" : direction == Direction::down ? "down" : "both";
}
[[nodiscard]] constexpr std::string_view to_string(Mode mode) noexcept {
    return mode == Mode::channel ? "channel" : "send";
}

}  // namespace turnpike::bench
