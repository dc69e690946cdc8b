// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/present_programs.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <array>
#include <cerrno>

#include "server/net/file_descriptor.hpp"

namespace turnpike::xdp {

namespace {

// BPF_TCX_INGRESS, of Linux 6.6: newer than Debian 12's headers.
constexpr auto tcx_ingress = static_cast<bpf_attach_type>(46);
constexpr std::uint32_t programs_max = 64;  // BPF_MPROG_MAX: so many fit on one interface

std::string name_of(std::uint32_t id) {
    const net::FileDescriptor program{bpf_prog_get_fd_by_id(id)};
    bpf_prog_info info{};
    std::uint32_t octets = sizeof info;
    if (!program || bpf_obj_get_info_by_fd(program.get(), &info, &octets) != 0) return {};
    return info.name;
}

}  // namespace

bool is_relay(const PresentProgram& program) noexcept {
    return program.name == "relay_xdp" || program.name == "relay_tc";
}

Outcome<std::optional<PresentProgram>> present_xdp(std::uint32_t interface) {
    bpf_xdp_query_opts there{};
    there.sz = sizeof there;
    const int error = bpf_xdp_query(static_cast<int>(interface), 0, &there);
    if (error != 0) return problem(error, "asking for XDP");
    if (there.attach_mode == XDP_ATTACHED_NONE) return std::optional<PresentProgram>{};
    // Of several kinds at once, the native one.
    const std::uint32_t id = there.prog_id != 0 ? there.prog_id : there.drv_prog_id;
    return std::optional{PresentProgram{.id = id, .name = name_of(id)}};
}

Outcome<std::vector<PresentProgram>> present_tcx(std::uint32_t interface) {
    std::array<std::uint32_t, programs_max> ids{};
    std::uint32_t count = programs_max;
    const int error =
        bpf_prog_query(static_cast<int>(interface), tcx_ingress, 0, nullptr, ids.data(), &count);
    if (error != 0) return problem(error, "asking for tcx");
    std::vector<PresentProgram> found;
    for (std::uint32_t index = 0; index < count && index < programs_max; ++index) {
        found.push_back({.id = ids[index], .name = name_of(ids[index])});
    }
    return found;
}

}  // namespace turnpike::xdp
