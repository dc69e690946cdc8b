// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/inherited_maps.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <string>

#include "server/net/file_descriptor.hpp"
#include "server/xdp/route_abi.h"

namespace turnpike::xdp {

namespace {

using Maps = std::array<net::FileDescriptor, Pins::maps.size()>;

Outcome<void> check(int descriptor, const bpf_map* wanted) {
    const std::string map = std::string{"the pinned BPF map "} + bpf_map__name(wanted);
    bpf_map_info found{};
    std::uint32_t size = sizeof found;
    if (bpf_obj_get_info_by_fd(descriptor, &found, &size) != 0) return problem(errno, map);
    if (found.type != static_cast<std::uint32_t>(bpf_map__type(wanted)) ||
        found.key_size != bpf_map__key_size(wanted) ||
        found.value_size != bpf_map__value_size(wanted)) {
        return problem(EPROTO, map + " is of another kind");
    }
    if (found.max_entries == bpf_map__max_entries(wanted)) return {};
    return problem(EPROTO, map + " has room for " + std::to_string(found.max_entries) + ", not " +
                               std::to_string(bpf_map__max_entries(wanted)));
}

Outcome<void> check_control(int descriptor) {
    Control control{};
    const std::uint32_t first = 0;
    if (bpf_map_lookup_elem(descriptor, &first, &control) != 0) {
        return problem(errno, "the pinned BPF map control");
    }
    if (control.abi != TURNPIKE_ABI_VERSION) {
        return problem(EPROTO, "the pinned BPF maps are of version " + std::to_string(control.abi) +
                                   ", not " + std::to_string(TURNPIKE_ABI_VERSION));
    }
    if (control.network != own_network()) {
        return problem(EPROTO, "the pinned BPF maps are of another network namespace");
    }
    return {};
}

}  // namespace

std::uint64_t own_network() noexcept {
    struct stat there{};
    return ::stat("/proc/self/ns/net", &there) == 0 ? there.st_ino : 0;
}

Outcome<void> inherit_maps(const Pins& pins, bpf_object* object) {
    Maps found;
    for (std::size_t index = 0; index < found.size(); ++index) {
        const char* const name = Pins::maps[index];
        found[index] = net::FileDescriptor{bpf_obj_get(pins.path_of(name).c_str())};
        if (!found[index]) return problem(errno, std::string{"the pinned BPF map "} + name);
        const bpf_map* const wanted = bpf_object__find_map_by_name(object, name);
        if (auto checked = check(found[index].get(), wanted); !checked) return checked.error();
    }
    static_assert(std::string_view{Pins::maps.back()} == "control");
    if (auto checked = check_control(found.back().get()); !checked) return checked.error();
    for (std::size_t index = 0; index < found.size(); ++index) {
        const char* const name = Pins::maps[index];
        bpf_map* const map = bpf_object__find_map_by_name(object, name);
        if (const int error = bpf_map__reuse_fd(map, found[index].get()); error != 0) {
            return problem(error, std::string{"taking over the BPF map "} + name);
        }
    }
    return {};
}

}  // namespace turnpike::xdp
