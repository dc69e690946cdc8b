// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/device_features.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::xdp {
namespace {

TEST_CASE("bits are features with the kernel's own names") {
    CHECK(features_of(0) == DeviceFeatures{});
    CHECK(to_string(features_of(0)) == "none");
    CHECK(to_string(features_of(1)) == "basic");
    CHECK(to_string(features_of(1 | 4)) == "basic ndo_xmit");
    CHECK(to_string(features_of(~std::uint64_t{})) == "basic redirect ndo_xmit rx_sg");
}

// Where the kernel is older than 6.3 it says nothing of any interface.
TEST_CASE("a virtual cable has XDP, a bridge has none, and who is not there is not known") {
    const test::OwnNetwork network;
    test::OwnNetwork::command("ip link add bridge type bridge");
    const auto cable = look_up_features(network.near());
    const auto bridge = look_up_features(::if_nametoindex("bridge"));
    CHECK(cable.has_value() == bridge.has_value());
    CHECK(cable.value_or(DeviceFeatures{.basic = true}).basic);
    CHECK_FALSE(bridge.value_or(DeviceFeatures{}).basic);
    CHECK(look_up_features(4'000'000) == std::nullopt);
}

}  // namespace
}  // namespace turnpike::xdp
