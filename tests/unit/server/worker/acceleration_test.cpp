// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/acceleration.hpp"

#include <unistd.h>

#include <cstdio>

#include "server/config/load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/peer_network.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using protocol::IpAddress;
using test::endpoint;

const IpAddress near = endpoint("192.0.2.1:1").address;
const IpAddress far = endpoint("192.0.2.2:1").address;

struct Scenario {
    std::unique_ptr<Acceleration> start(config::Acceleration wanted,
                                        std::vector<std::string> interfaces = {}) {
        relay.acceleration = wanted;
        relay.kernel_channels = 64;
        relay.interfaces = std::move(interfaces);
        return Acceleration::start(
            {.relay = relay, .addresses = {near}, .workers = 2, .log = *log});
    }
    // All that was logged; nothing is any more.
    [[nodiscard]] std::string said() {
        log.reset();
        std::string text(65536, '\0');
        text.resize(
            static_cast<std::size_t>(::pread(::fileno(file.get()), text.data(), text.size(), 0)));
        return text;
    }

    struct Close {
        void operator()(std::FILE* each) const noexcept { std::fclose(each); }
    };
    test::PeerNetwork network;
    std::unique_ptr<std::FILE, Close> file{std::tmpfile()};
    std::optional<telemetry::Log> log{std::in_place,
                                      telemetry::LogOptions{.descriptor = ::fileno(file.get())}};
    config::Relay relay;
};

TEST_CASE("a virtual cable gets tc by itself, and XDP where that is asked for") {
    Scenario s;
    const auto automatic = s.start(config::Acceleration::automatic);
    REQUIRE(automatic);
    CHECK(automatic->entry_points().description() == "tc on near");
    const auto xdp = s.start(config::Acceleration::xdp);
    REQUIRE(xdp);
    CHECK(xdp->entry_points().description() == "xdp on near");
}

TEST_CASE("off is off, and nobody needs to be told") {
    Scenario s;
    CHECK_FALSE(s.start(config::Acceleration::off));
    CHECK(s.said().empty());
}

TEST_CASE("where nothing is accelerated the log says why") {
    Scenario s;
    CHECK_FALSE(s.start(config::Acceleration::tc, {"eth9"}));
    CHECK_THAT(s.said(), Contains("level=warning") && Contains("the kernel relays nothing") &&
                             Contains("relay.interfaces"));
}

TEST_CASE("workers share the ways, and no slot") {
    Scenario s;
    const auto acceleration = s.start(config::Acceleration::tc);
    REQUIRE(acceleration);
    auto first = acceleration->parts_for(0);
    auto second = acceleration->parts_for(1);
    CHECK(first.slots.data() == second.slots.data());
    const auto one = first.own.open({.allocation = protocol::AllocationId{1}});
    const auto other = second.own.open({.allocation = protocol::AllocationId{2}});
    REQUIRE(one.has_value());
    REQUIRE(other.has_value());
    CHECK(*one != *other);
    CHECK(first.own.free() + second.own.free() + 2 == first.slots.size());
    const auto way = acceleration->take({far, near});
    REQUIRE(way.has_value());
    CHECK(way->hop != xdp::HopTable::nowhere);
    acceleration->give_back(*way);
    CHECK_FALSE(acceleration->take({near, near}).has_value());
}

TEST_CASE("limits of users and calls live where the kernel charges them") {
    Scenario s;
    const auto acceleration = s.start(config::Acceleration::tc);
    REQUIRE(acceleration);
    const auto limits =
        relay::make_limits(acceleration->limits(), {relay::LimitsOwner::Kind::user, "alice"});
    CHECK(acceleration->parts_for(0).pools.index_of(limits.get()) > 0U);
}

TEST_CASE("when the network changes, the workers hear of it") {
    Scenario s;
    const auto acceleration = s.start(config::Acceleration::tc);
    REQUIRE(acceleration);
    const auto way = acceleration->take({far, near});
    REQUIRE(way.has_value());
    boost::asio::io_context loop{1};
    int heard = 0;
    const NetworkWatch watch{*acceleration, loop, [&] {
                                 ++heard;
                                 loop.stop();
                             }};
    test::PeerNetwork::ip("route add 192.0.2.2/32 via 192.0.2.9 dev near");
    loop.run_for(20s);
    CHECK(heard == 1);
    acceleration->give_back(*way);
}

}  // namespace
}  // namespace turnpike::worker
