// SPDX-License-Identifier: BSD-3-Clause
//
// Attachments that outlive their process, and those that are made and moved by a process without
// any capability, which holds a program that was loaded with them.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <optional>

#include "server/xdp/attachment.hpp"
#include "tests/support/bpf_folder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"
#include "tests/support/without_rights.hpp"

namespace turnpike::xdp {
namespace {

using protocol::TimePoint;
using test::OwnNetwork;

constexpr Capacity few{.routes = 2, .sessions = 1, .pools = 1, .hops = 2};
constexpr auto tcx_ingress = static_cast<bpf_attach_type>(46);

Program load(const Pins& pins) {
    auto program = Program::load(few, pins);
    if (!program) FAIL(program.error().text);
    return std::move(*program);
}

Attachment attach(const Program& program, std::uint32_t interface, EntryPoint entry) {
    auto attached = Attachment::make(program, interface, entry);
    if (!attached) FAIL(attached.error().text);
    return std::move(*attached);
}

std::uint32_t id_of(int program) {
    bpf_prog_info info{};
    std::uint32_t size = sizeof info;
    REQUIRE(bpf_obj_get_info_by_fd(program, &info, &size) == 0);
    return info.id;
}

// The program at an entry point; 0: none.
std::uint32_t at_work(std::uint32_t interface, EntryPoint entry) {
    std::uint32_t id = 0;
    std::uint32_t count = 1;
    if (entry == EntryPoint::xdp) {
        REQUIRE(bpf_xdp_query_id(static_cast<int>(interface), XDP_FLAGS_DRV_MODE, &id) == 0);
        return id;
    }
    REQUIRE(bpf_prog_query(static_cast<int>(interface), tcx_ingress, 0, nullptr, &id, &count) == 0);
    return count == 0 ? 0 : id;
}

std::uint32_t link_id(const Pins& pins, const LinkPlace& place) {
    const net::FileDescriptor link{bpf_obj_get(pins.path_of(place).c_str())};
    bpf_link_info info{};
    std::uint32_t size = sizeof info;
    REQUIRE(bpf_obj_get_info_by_fd(link.get(), &info, &size) == 0);
    return info.id;
}

struct Host {
    test::BpfFolder system;
    OwnNetwork network;
    Pins pins = system.pins();

    // A process that ends, and leaves its program at work. Which link it is.
    std::uint32_t leave(EntryPoint entry) const {
        Program program = load(pins);
        Attachment attachment = attach(program, network.near(), entry);
        const std::uint32_t id = link_id(pins, attachment.place());
        attachment.leave();
        program.leave(TimePoint::max(), 1);
        return id;
    }
};

TEST_CASE("a link that was left stays at work, and gets the next process's program") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    const Host host;
    const std::uint32_t near = host.network.near();
    const std::uint32_t link = host.leave(entry);
    const std::uint32_t old_program = at_work(near, entry);
    REQUIRE(old_program != 0);
    {
        const Program program = load(host.pins);
        REQUIRE(program.is_inherited());
        const Attachment attachment = attach(program, near, entry);
        CHECK(link_id(host.pins, attachment.place()) == link);
        CHECK(at_work(near, entry) == id_of(program.descriptor(entry)));
        CHECK(at_work(near, entry) != old_program);
    }
    // Not left: nothing is.
    CHECK(at_work(near, entry) == 0);
    CHECK(host.pins.links().empty());
    CHECK_FALSE(host.pins.has_maps());
}

TEST_CASE("without pins an attachment that is left is at work no more") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    const OwnNetwork network;
    const auto program = Program::load(few);
    REQUIRE(program.has_value());
    CHECK(program->pins() == nullptr);
    Attachment attachment = attach(*program, network.near(), entry);
    CHECK(at_work(network.near(), entry) != 0);
    attachment.leave();
    CHECK(at_work(network.near(), entry) == 0);
}

TEST_CASE("an attachment in another's place takes that away") {
    const Host host;
    const Program program = load(host.pins);
    Attachment attachment = attach(program, host.network.near(), EntryPoint::tc);
    attachment = attach(program, host.network.far(), EntryPoint::tc);
    CHECK(at_work(host.network.near(), EntryPoint::tc) == 0);
    CHECK(at_work(host.network.far(), EntryPoint::tc) != 0);
    CHECK(host.pins.links() == std::vector{attachment.place()});
}

TEST_CASE("links of interfaces and entry points that are not wanted any more are removed") {
    const Host host;
    host.leave(EntryPoint::tc);
    const Program program = load(host.pins);
    const Attachment attachment = attach(program, host.network.far(), EntryPoint::xdp);
    const Attachment moved = attach(program, host.network.near(), EntryPoint::xdp);
    CHECK(at_work(host.network.near(), EntryPoint::tc) != 0);
    host.pins.remove_links_but(std::array{attachment.place(), moved.place()});
    CHECK(at_work(host.network.near(), EntryPoint::tc) == 0);
    CHECK(at_work(host.network.near(), EntryPoint::xdp) != 0);
    CHECK(at_work(host.network.far(), EntryPoint::xdp) != 0);
    CHECK(host.pins.links().size() == 2);
}

TEST_CASE("a link whose interface has gone is in nobody's way") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    const Host host;
    const std::uint32_t near = host.network.near();
    host.leave(entry);
    OwnNetwork::command("ip link delete near");
    const Program program = load(host.pins);
    CHECK(program.is_inherited());
    SECTION("it is removed") {
        host.pins.remove_links_but({});
        CHECK(host.pins.links().empty());
    }
    SECTION("an interface that has its number now gets a link of its own") {
        const std::string add = "ip link add new index " + std::to_string(near) + " type veth";
        OwnNetwork::command(add.c_str());
        const Attachment attachment = attach(program, near, entry);
        CHECK(at_work(near, entry) == id_of(program.descriptor(entry)));
    }
}

TEST_CASE("what is not inherited is at work no more when our own maps are pinned") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    const Host host;
    host.leave(entry);
    Capacity more = few;
    more.sessions = 9;
    const auto program = Program::load(more, host.pins);
    REQUIRE(program.has_value());
    CHECK_FALSE(program->is_inherited());
    CHECK(at_work(host.network.near(), entry) == 0);
    CHECK(host.pins.links().empty());
    CHECK(host.pins.has_maps());
}

// By experiment: the kernel asks for rights when a program is loaded, and not when one that is held
// is attached, put in another's place, or taken away.
TEST_CASE("a process without any capability attaches a program that it holds, and moves it") {
    const bool is_pinned = GENERATE(false, true);
    const Host host;
    const std::uint32_t near = host.network.near();
    auto loaded = is_pinned ? Program::load(few, host.pins) : Program::load(few);
    REQUIRE(loaded.has_value());
    std::optional<Attachment> attachment;
    const auto is_there = [&](EntryPoint entry) {
        const std::optional<std::uint32_t> held =
            attachment ? std::optional{at_work(near, entry)} : std::nullopt;
        return held.value_or(0) == id_of(loaded->descriptor(entry));
    };
    for (const EntryPoint entry : {EntryPoint::tc, EntryPoint::xdp, EntryPoint::tc}) {
        {
            const test::WithoutRights less;
            auto next = Attachment::make(*loaded, near, entry);
            REQUIRE(next.has_value());
            attachment.emplace(std::move(*next));  // the one before goes
        }
        CHECK(is_there(entry));
        CHECK(host.pins.links().size() == (is_pinned ? 1 : 0));
    }
    {
        const test::WithoutRights less;
        attachment.reset();
    }
    CHECK(at_work(near, EntryPoint::tc) == 0);
    CHECK(at_work(near, EntryPoint::xdp) == 0);
    CHECK(host.pins.links().empty());
}

TEST_CASE("a process without any capability ends, and leaves everything or nothing") {
    const bool leaves = GENERATE(false, true);
    const Host host;
    const std::uint32_t near = host.network.near();
    auto loaded = Program::load(few, host.pins);
    REQUIRE(loaded.has_value());
    std::optional<Program> program{std::move(*loaded)};
    std::optional<Attachment> attachment{attach(*program, near, EntryPoint::xdp)};
    {
        const test::WithoutRights less;
        if (leaves) {
            attachment->leave();
            program->leave(TimePoint::max(), 9);
        }
        attachment.reset();
        program.reset();
    }
    CHECK((at_work(near, EntryPoint::xdp) != 0) == leaves);
    CHECK((host.pins.links().size() == 1) == leaves);
    CHECK(host.pins.has_maps() == leaves);
}

}  // namespace
}  // namespace turnpike::xdp
