// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/inherited_maps.hpp"

#include <bpf/bpf.h>
#include <unistd.h>

#include "server/net/file_descriptor.hpp"
#include "server/xdp/program.hpp"
#include "tests/support/bpf_folder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::xdp {
namespace {

using protocol::TimePoint;
using test::BpfFolder;

constexpr Capacity few{.routes = 8, .sessions = 4, .pools = 3, .hops = 5};

Program load(const Pins& pins, const Capacity& capacity = few) {
    auto program = Program::load(capacity, pins);
    if (!program) FAIL(program.error().text);
    return std::move(*program);
}

// A process that ended and left its maps, with something in them.
void leave(const Pins& pins) {
    Program program = load(pins);
    program.sessions()[2].ways[way_to_peer].octets = 77;
    program.leave(TimePoint::max(), 5);
}

// That of a program which had to do without what was left, and begins with nothing.
std::string reason_not_to_inherit(const Pins& pins, const Capacity& capacity = few) {
    const Program program = load(pins, capacity);
    CHECK_FALSE(program.is_inherited());
    CHECK(program.sessions()[2].ways[way_to_peer].octets == 0);
    CHECK(program.identity() == 0);
    return program.reason();
}

TEST_CASE("maps that are as ours would be are taken over, with what they hold") {
    const BpfFolder system;
    const Pins pins = system.pins();
    leave(pins);
    const Program program = load(pins);
    CHECK(program.is_inherited());
    CHECK(program.reason().empty());
    CHECK(program.sessions()[2].ways[way_to_peer].octets == 77);
    CHECK(program.identity() == 5);
}

TEST_CASE("where nothing is pinned there is no reason to give") {
    const BpfFolder system;
    CHECK(reason_not_to_inherit(system.pins()).empty());
}

TEST_CASE("maps of another size are not taken over") {
    const BpfFolder system;
    const Pins pins = system.pins();
    leave(pins);
    Capacity more = few;
    const std::string map = GENERATE("routes", "sessions", "pools", "hops");
    if (map == "routes") more.routes = 9;
    if (map == "sessions") more.sessions = 9;
    if (map == "pools") more.pools = 9;
    if (map == "hops") more.hops = 9;
    CHECK(reason_not_to_inherit(pins, more).find("the pinned BPF map " + map + " has room for ") ==
          0);
}

TEST_CASE("maps of another version are not taken over") {
    const BpfFolder system;
    const Pins pins = system.pins();
    leave(pins);
    const net::FileDescriptor control{bpf_obj_get(pins.path_of("control").c_str())};
    const std::uint32_t first = 0;
    Control there{};
    REQUIRE(bpf_map_lookup_elem(control.get(), &first, &there) == 0);
    there.abi = TURNPIKE_ABI_VERSION + 1;
    REQUIRE(bpf_map_update_elem(control.get(), &first, &there, BPF_ANY) == 0);
    CHECK(reason_not_to_inherit(pins).find("the pinned BPF maps are of version ") == 0);
}

TEST_CASE("maps whose interfaces are another network's are not taken over") {
    const BpfFolder system;
    const Pins pins = system.pins();
    const std::uint64_t here = own_network();
    {
        const test::OwnNetwork elsewhere;
        CHECK(own_network() != here);
        leave(pins);
    }
    CHECK(own_network() == here);
    CHECK(reason_not_to_inherit(pins) == std::string{"the pinned BPF maps are of another network "
                                                     "namespace: Protocol error"});
}

TEST_CASE("where a map is missing or is another's, none is taken over") {
    const BpfFolder system;
    const Pins pins = system.pins();
    leave(pins);
    const std::string map = GENERATE("routes", "interfaces", "control");
    REQUIRE(::unlink(pins.path_of(map.c_str()).c_str()) == 0);
    SECTION("missing") {
        CHECK(reason_not_to_inherit(pins).find("the pinned BPF map " + map + ": No such file") ==
              0);
    }
    SECTION("another's") {
        const net::FileDescriptor other{
            bpf_map_create(BPF_MAP_TYPE_ARRAY, "other", 4, 8, 1, nullptr)};
        REQUIRE(bpf_obj_pin(other.get(), pins.path_of(map.c_str()).c_str()) == 0);
        CHECK(reason_not_to_inherit(pins).find("the pinned BPF map " + map +
                                               " is of another kind") == 0);
    }
}

}  // namespace
}  // namespace turnpike::xdp
