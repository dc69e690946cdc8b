// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/sender.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "bench/load/receiver.hpp"
#include "bench/load/stamp.hpp"
#include "bench/load/udp_socket.hpp"
#include "protocol/channel_data.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t payload_octets = 100;

// Lanes from one socket of loopback to another, and who takes in there.
struct Path {
    explicit Path(std::size_t lane_count, bool segmentation = false) {
        for (std::uint32_t number = 0; number < lane_count; ++number) {
            Lane lane;
            lane.descriptor = from.native_handle();
            lane.destination = SocketAddress::of(to.local());
            lane.set_header({}, payload_octets, false);
            lane.number = number;
            lanes.push_back(lane);
        }
        if (segmentation) coalesce_received(to.native_handle());
        inlets = {{.descriptor = to.native_handle()}};
        tally.emplace(lane_count);
        tally->begin(1);
        sender.emplace(lanes, SenderSettings{.payload_octets = payload_octets,
                                             .burst = 16,
                                             .segmentation = segmentation});
        sender->begin(1);
        receiver.emplace(inlets, *tally, segmentation);
    }
    void receive_all() {
        const auto end = monotonic_now() + 20s;  // what is lost by then is lost
        while (tally->delivered() < sender->sent() && monotonic_now() < end) receiver->turn(10ms);
    }
    UdpSocket from{*protocol::IpAddress::parse("127.0.0.1")};
    UdpSocket to{*protocol::IpAddress::parse("127.0.0.1")};
    std::vector<Lane> lanes;
    std::vector<Inlet> inlets;
    std::optional<Tally> tally;
    std::optional<Sender> sender;
    std::optional<Receiver> receiver;
};

void check_whole(const Path& path, std::uint64_t packets) {
    CHECK(path.sender->sent() == packets);
    CHECK(path.sender->refused() == 0);
    CHECK(path.tally->delivered() == packets);
    CHECK(path.tally->duplicated() == 0);
    CHECK(path.tally->reordered() == 0);
    CHECK(path.receiver->dropped() == 0);
}

TEST_CASE("what is sent through every lane comes, each once") {
    Path path{100};
    path.sender->send_to_all(3);
    path.receive_all();
    check_whole(path, 300);
    CHECK(path.tally->delivered(99) == 3);
}

TEST_CASE("some lanes may send alone") {
    Path path{5};
    path.sender->send_to(std::span{path.lanes}.subspan(3), 2);
    path.receive_all();
    check_whole(path, 4);
    CHECK(path.tally->delivered(3) == 2);
    CHECK(path.tally->delivered(0) == 0);
}

TEST_CASE("a burst in one piece comes as so many packets") {
    Path path{2, true};
    path.sender->send_to_all(40);
    path.receive_all();
    check_whole(path, 80);
}

TEST_CASE("lanes have their turn one after the other, as the pacer says") {
    Path path{3};
    // As fast as it goes: so many at once, however long this thread was away.
    Pacer pacer{0, 16, monotonic_now()};
    (void)path.sender->turn(pacer);
    path.receive_all();
    CHECK(path.sender->sent() >= 160);
    CHECK(path.sender->sent() % 16 == 0);
    CHECK(path.tally->delivered(0) >= path.tally->delivered(2));
    CHECK(path.tally->delivered(0) <= path.tally->delivered(2) + 16);
}

TEST_CASE("lanes with a rhythm of their own send as the timetable says") {
    Path path{2};
    Timetable timetable{{{.interval = 1h, .packets = 5}, {.interval = 1h, .packets = 7}}, 0ns};
    const auto next = path.sender->turn(timetable);
    CHECK(next > monotonic_now());
    path.receive_all();
    CHECK(path.tally->delivered(0) > 0);
    CHECK(path.tally->delivered(1) % 7 == 0);
}

TEST_CASE("packets that nobody takes give their numbers back") {
    Path path{1};
    // Nothing is ever sent to port zero.
    path.lanes[0].destination = SocketAddress::of({*protocol::IpAddress::parse("127.0.0.1"), 0});
    path.sender->send_to_all(4);
    CHECK(path.sender->sent() == 0);
    CHECK(path.sender->refused() == 4);
    CHECK(path.sender->last_error() != 0);
    CHECK(path.lanes[0].next == 0);
}

TEST_CASE("a stream that is full takes whole packets or none, and the rest is written on") {
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    std::array<std::byte, protocol::channel_header_octets> header{};
    protocol::encode_channel_header(header, 0x4000, 1000);
    std::vector<Lane> lanes(1);
    lanes[0].descriptor = ends[0];
    lanes[0].is_stream = true;
    lanes[0].set_header(header, 1000, true);
    const std::vector<Inlet> inlets{
        {.descriptor = ends[1], .framing = Inlet::Framing::turn, .is_stream = true}};
    Tally tally{1};
    tally.begin(1);
    Sender sender{lanes, {.payload_octets = 1000, .burst = 1}};
    sender.begin(1);
    while (sender.held_back() == 0) sender.send_to_all(32);
    Receiver receiver{inlets, tally};
    while (tally.delivered() < sender.sent()) {
        receiver.turn(10ms);
        sender.push_on();
    }
    CHECK(lanes[0].next == sender.sent());
    CHECK(tally.duplicated() == 0);
    close(ends[0]);
    close(ends[1]);
}

TEST_CASE("a stream carries frames with padding, many to one write") {
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    std::array<std::byte, protocol::channel_header_octets> header{};
    protocol::encode_channel_header(header, 0x4000, 101);
    std::vector<Lane> lanes(1);
    lanes[0].descriptor = ends[0];
    lanes[0].is_stream = true;
    lanes[0].set_header(header, 101, true);
    const std::vector<Inlet> inlets{
        {.descriptor = ends[1], .framing = Inlet::Framing::turn, .is_stream = true}};
    Tally tally{1};
    tally.begin(1);
    Sender sender{lanes, {.payload_octets = 101, .burst = 1}};
    sender.begin(1);
    Receiver receiver{inlets, tally};
    for (int each = 0; each < 10; ++each) {
        sender.send_to_all(50);
        while (tally.delivered() < sender.sent()) receiver.turn(10ms);
    }
    CHECK(tally.delivered() == 500);
    CHECK(tally.duplicated() == 0);
    close(ends[0]);
    receiver.turn(10ms);  // sees the end, and is not woken by it again
    close(ends[1]);
}

}  // namespace
}  // namespace turnpike::bench
