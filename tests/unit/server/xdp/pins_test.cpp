// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/pins.hpp"

#include <bpf/bpf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "server/net/file_descriptor.hpp"
#include "tests/support/bpf_folder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/without_rights.hpp"

namespace turnpike::xdp {
namespace {

using test::BpfFolder;

constexpr uid_t nobody = 65534;

bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

net::FileDescriptor some_map() {
    net::FileDescriptor map{bpf_map_create(BPF_MAP_TYPE_ARRAY, "some", 4, 8, 1, nullptr)};
    REQUIRE(map);
    return map;
}

// Any map will do: names are all that is looked at.
void put(const Pins& pins, const std::string& path) {
    auto pin = pins.pin(some_map().get(), path);
    REQUIRE(pin.has_value());
    pin->leave();
}

std::string refusal(const std::string& folder) {
    const auto pins = Pins::open(folder);
    REQUIRE_FALSE(pins.has_value());
    return pins.error().text;
}

TEST_CASE("the folder is made, for its owner alone, and is found again") {
    const BpfFolder system;
    const auto pins = Pins::open(system.file("relay/"));
    REQUIRE(pins.has_value());
    CHECK(pins->folder() == system.file("relay"));
    struct stat there{};
    REQUIRE(::stat(pins->folder().c_str(), &there) == 0);
    CHECK((there.st_mode & 07777U) == 0700);
    CHECK(Pins::open(system.file("relay")).has_value());
    CHECK_FALSE(pins->has_maps());
    CHECK(pins->links().empty());
}

TEST_CASE("a folder that is in no BPF file system is refused, and not made") {
    const test::Folder plain;
    CHECK(refusal(plain.file("relay")).find("is in no BPF file system") != std::string::npos);
    CHECK_FALSE(exists(plain.file("relay")));
    CHECK(refusal(plain.path()).find("mount -t bpf") != std::string::npos);
    CHECK(refusal(plain.file("not/there")).find("the folder ") == 0);
}

TEST_CASE("a folder where others may write is refused, and one that is theirs") {
    const BpfFolder system;
    const std::string folder = system.pins().folder();
    REQUIRE(::chmod(folder.c_str(), 0777) == 0);
    CHECK(refusal(folder).find("others may write into the folder " + folder) == 0);
    REQUIRE(::chmod(folder.c_str(), 0700) == 0);
    REQUIRE(::chown(folder.c_str(), nobody, nobody) == 0);
    CHECK(refusal(folder).find("is somebody else's") != std::string::npos);
    CHECK(Pins::open(folder, nobody).has_value());  // unless this process will be him
    const test::WithoutRights less;
    CHECK(refusal(folder + "/below").find("the folder ") == 0);
}

TEST_CASE("what is no folder is refused") {
    const BpfFolder system;
    REQUIRE(bpf_obj_pin(some_map().get(), system.file("map").c_str()) == 0);
    CHECK(refusal(system.file("map")).find("is no folder") != std::string::npos);
}

TEST_CASE("a name goes with its pin, once, unless it was left") {
    const BpfFolder system;
    const Pins pins = system.pins();
    const std::string path = pins.path_of("routes");
    {
        auto pin = pins.pin(some_map().get(), path);
        REQUIRE(pin.has_value());
        const auto again = pins.pin(some_map().get(), path);
        REQUIRE_FALSE(again.has_value());
        CHECK(again.error().text.find("pinning " + path) == 0);
        Pin moved{std::move(*pin)};
        Pin other;
        other = std::move(moved);
        CHECK(exists(path));
        CHECK(pins.has_maps());
    }
    CHECK_FALSE(exists(path));
    put(pins, path);
    CHECK(exists(path));
}

TEST_CASE("links are known by their interface and entry point, and nothing else is one") {
    const BpfFolder system;
    const Pins pins = system.pins();
    const LinkPlace one{7, EntryPoint::xdp};
    const LinkPlace two{123, EntryPoint::tc};
    put(pins, pins.path_of(one));
    put(pins, pins.path_of(two));
    for (const char* const other : {"link-", "link-x-tc", "link-7", "link-7-tcx", "link-7xdp"}) {
        put(pins, pins.path_of(other));
    }
    const std::vector<LinkPlace> links = pins.links();
    CHECK(links.size() == 2);
    CHECK(std::ranges::find(links, one) != links.end());
    CHECK(std::ranges::find(links, two) != links.end());
    pins.remove_links_but(std::array{two});
    CHECK(pins.links() == std::vector{two});
    pins.remove(one);
    CHECK(pins.links() == std::vector{two});
}

TEST_CASE("all of it goes but what is not ours, and the folder's owner needs no rights for it") {
    const BpfFolder system;
    const Pins pins = system.pins();
    const net::FileDescriptor map = some_map();
    const test::WithoutRights less;
    for (const char* const name : Pins::maps) {
        REQUIRE(bpf_obj_pin(map.get(), pins.path_of(name).c_str()) == 0);
    }
    REQUIRE(bpf_obj_pin(map.get(), pins.path_of("foreign").c_str()) == 0);
    REQUIRE(bpf_obj_pin(map.get(), pins.path_of({7, EntryPoint::xdp}).c_str()) == 0);
    pins.remove_all();
    CHECK_FALSE(pins.has_maps());
    CHECK(pins.links().empty());
    CHECK(exists(pins.path_of("foreign")));
}

TEST_CASE("the server's user gets the folder and all of ours in it") {
    const BpfFolder system;
    const Pins pins = system.pins();
    const LinkPlace link{7, EntryPoint::tc};
    put(pins, pins.path_of("routes"));
    put(pins, pins.path_of(link));
    REQUIRE(pins.give_to(nobody, nobody).has_value());
    for (const std::string& path : {pins.folder(), pins.path_of("routes"), pins.path_of(link)}) {
        struct stat there{};
        REQUIRE(::stat(path.c_str(), &there) == 0);
        CHECK(there.st_uid == nobody);
        CHECK(there.st_gid == nobody);
    }
    const test::WithoutRights less;
    const auto refused = pins.give_to(0, 0);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().text.find("to the server's user") != std::string::npos);
}

}  // namespace
}  // namespace turnpike::xdp
