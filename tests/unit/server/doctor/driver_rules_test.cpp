// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/driver_rules.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

Queues pairs(std::uint32_t used, std::uint32_t most) {
    return {.receive = used, .send = used, .combined = used, .combined_max = most};
}

NetworkDevice device(std::string driver, Queues queues = pairs(1, 8)) {
    return {.driver = std::move(driver), .queues = queues};
}

Obstacle refusal(const NetworkDevice& device, std::uint32_t mtu = 1500) {
    return refusal_of({.interface = "eth0", .mtu = mtu, .cpus = 4, .device = device});
}

Obstacle brake(const NetworkDevice& device) {
    return brake_of({.interface = "eth0", .mtu = 1500, .cpus = 4, .device = device});
}

TEST_CASE("each driver's MTU is the largest that is not in the way") {
    struct Row {
        const char* driver;
        std::uint32_t most;
    };
    for (const Row row :
         {Row{"virtio_net", 3506}, Row{"veth", 3506}, Row{"ena", 3498}, Row{"mlx5_core", 3498},
          Row{"ixgbe", 3046}, Row{"igc", 1500}, Row{"gve", 2032}, Row{"hv_netvsc", 3506}}) {
        INFO(row.driver);
        CHECK(xdp_mtu_max(row.driver) == row.most);
        CHECK(has_native_xdp(row.driver));
        CHECK(refusal(device(row.driver), row.most) == Obstacle{});
        const Obstacle found = refusal(device(row.driver), row.most + 1);
        CHECK(found.reason.find("is believed to take XDP up to") != std::string::npos);
        CHECK(found.advice.find("`ip link set eth0 mtu " + std::to_string(row.most) + "`") == 0);
    }
    CHECK(refusal(device("veth"), 9000).advice.find("the other end") != std::string::npos);
}

TEST_CASE("of a driver that is not in the table nothing is believed") {
    CHECK(xdp_mtu_max("r8169") == std::nullopt);
    CHECK_FALSE(has_native_xdp("r8169"));
    CHECK(refusal(device("r8169"), 9000) == Obstacle{});
    CHECK(has_native_xdp("tun"));
    CHECK(xdp_mtu_max("tun") == std::nullopt);
    CHECK(refusal(device("tun"), 9000) == Obstacle{});
}

TEST_CASE("merged packets are in the way of the drivers that say so, and of no other") {
    for (const char* const driver : {"mlx5_core", "hv_netvsc"}) {
        NetworkDevice with_lro = device(driver);
        with_lro.lro = Offload::on;
        CHECK(refusal(with_lro).advice == "`ethtool -K eth0 lro off`");
    }
    NetworkDevice virtual_card = device("virtio_net");
    virtual_card.hardware_gro = Offload::on;  // the driver turns it off by itself
    CHECK(refusal(virtual_card) == Obstacle{});
    virtual_card.hardware_gro = Offload::fixed_on;
    CHECK(refusal(virtual_card).reason.find("its host merges packets") == 0);
    CHECK(refusal(virtual_card).advice.find("ctrl_guest_offloads") != std::string::npos);
    NetworkDevice other = device("ixgbe");
    other.lro = Offload::on;
    other.hardware_gro = Offload::fixed_on;
    CHECK(refusal(other) == Obstacle{});
}

TEST_CASE("where each queue needs a second one, half of them may be in use") {
    for (const char* const driver : {"ena", "gve"}) {
        CHECK(refusal(device(driver, pairs(4, 8))) == Obstacle{});
        CHECK(refusal(device(driver, pairs(5, 8))).advice == "`ethtool -L eth0 combined 4`");
        CHECK(refusal({.driver = driver}) == Obstacle{});
    }
    CHECK(refusal(device("virtio_net", pairs(8, 8))) == Obstacle{});
}

TEST_CASE("virtio_net is slower without a queue for each CPU beside those in use") {
    CHECK(brake(device("virtio_net", pairs(4, 8))) == Obstacle{});
    CHECK(brake(device("virtio_net", pairs(5, 8))).advice == "`ethtool -L eth0 combined 4`");
    const Obstacle few = brake(device("virtio_net", pairs(1, 1)));
    CHECK(few.reason.find("4 queues to send by") != std::string::npos);
    CHECK(few.advice.find("8 queues") != std::string::npos);
    CHECK(brake(device("ixgbe", pairs(1, 1))) == Obstacle{});
    CHECK(brake({.driver = "virtio_net"}) == Obstacle{});
}

}  // namespace
}  // namespace turnpike::doctor
