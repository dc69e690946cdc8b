// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/attachment.hpp"

#include <bpf/libbpf.h>

#include "tests/support/kernel_relay.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::xdp {
namespace {

using test::LoadedRelay;
using test::OwnNetwork;

const Program& program() {
    return LoadedRelay::instance().program;
}

bool has_xdp(std::uint32_t interface) {
    std::uint32_t id = 0;
    REQUIRE(bpf_xdp_query_id(static_cast<int>(interface), 0, &id) == 0);
    return id != 0;
}

TEST_CASE("where the driver can, it is XDP, and it goes when the attachment does") {
    const OwnNetwork network;
    {
        const auto attached = Attachment::best(program(), network.near());
        REQUIRE(attached.has_value());
        CHECK(attached->entry() == EntryPoint::xdp);
        CHECK(attached->reason().empty());
        CHECK(has_xdp(network.near()));
    }
    CHECK_FALSE(has_xdp(network.near()));
}

TEST_CASE("another XDP program keeps its place, and ours goes to tc") {
    const OwnNetwork network;
    const auto others = Attachment::make(program(), network.near(), EntryPoint::xdp);
    REQUIRE(others.has_value());
    const auto refused = Attachment::make(program(), network.near(), EntryPoint::xdp);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().error == boost::system::errc::device_or_resource_busy);
    CHECK(refused.error().text.find("another XDP program") == 0);
    const auto ours = Attachment::best(program(), network.near());
    REQUIRE(ours.has_value());
    CHECK(ours->entry() == EntryPoint::tc);
    CHECK(ours->reason().find("another XDP program") == 0);
}

TEST_CASE("loopback has no XDP of its own, so it is tc") {
    const OwnNetwork network;
    const auto attached = Attachment::best(program(), OwnNetwork::loopback);
    REQUIRE(attached.has_value());
    CHECK(attached->entry() == EntryPoint::tc);
    CHECK(attached->reason().find("no native XDP") == 0);
}

TEST_CASE("an attachment moves, and is taken away once") {
    const OwnNetwork network;
    auto first = Attachment::make(program(), network.near(), EntryPoint::xdp);
    REQUIRE(first.has_value());
    {
        Attachment second{std::move(*first)};
        CHECK(has_xdp(network.near()));
    }
    CHECK_FALSE(has_xdp(network.near()));
}

TEST_CASE("an interface that is not there is a problem with words") {
    const OwnNetwork network;
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    const auto attached = Attachment::make(program(), 4'000'000, entry);
    REQUIRE_FALSE(attached.has_value());
    CHECK(attached.error().text.find("on interface 4000000") != std::string::npos);
}

}  // namespace
}  // namespace turnpike::xdp
