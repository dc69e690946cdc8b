// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/attachment.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <cerrno>
#include <utility>

namespace turnpike::xdp {

namespace {

// BPF_TCX_INGRESS, of Linux 6.6: newer than Debian 12's headers.
constexpr auto tcx_ingress = static_cast<bpf_attach_type>(46);

std::string on(std::uint32_t interface) {
    return " on interface " + std::to_string(interface);
}

}  // namespace

Outcome<Attachment> Attachment::best(const Program& program, std::uint32_t interface) {
    auto xdp = by_xdp(program, interface);
    if (xdp) return xdp;
    auto tc = by_tc(program, interface);
    if (!tc) return tc;
    tc->reason_ = xdp.error().text;
    return tc;
}

Outcome<Attachment> Attachment::make(const Program& program, std::uint32_t interface,
                                     EntryPoint entry) {
    return entry == EntryPoint::xdp ? by_xdp(program, interface) : by_tc(program, interface);
}

Outcome<Attachment> Attachment::by_xdp(const Program& program, std::uint32_t interface) {
    bpf_xdp_query_opts there{};
    there.sz = sizeof there;
    const int error = bpf_xdp_query(static_cast<int>(interface), 0, &there);
    if (error != 0) return problem(error, "asking for XDP" + on(interface));
    if (there.attach_mode != XDP_ATTACHED_NONE) {
        return problem(EBUSY, "another XDP program is" + on(interface));
    }
    bpf_link_create_opts options{};
    options.sz = sizeof options;
    options.flags = XDP_FLAGS_DRV_MODE;
    net::FileDescriptor link{bpf_link_create(program.descriptor(EntryPoint::xdp),
                                             static_cast<int>(interface), BPF_XDP, &options)};
    if (!link) return problem(errno, "no native XDP" + on(interface));
    return Attachment{EntryPoint::xdp, std::move(link)};
}

// Not as a filter of clsact, as kernels before 6.6 have it: that stays when its process is gone,
// and whoever has given up its rights cannot take it away.
Outcome<Attachment> Attachment::by_tc(const Program& program, std::uint32_t interface) {
    net::FileDescriptor link{bpf_link_create(program.descriptor(EntryPoint::tc),
                                             static_cast<int>(interface), tcx_ingress, nullptr)};
    if (link) return Attachment{EntryPoint::tc, std::move(link)};
    return problem(errno, "no tcx, which Linux 6.6 has," + on(interface));
}

}  // namespace turnpike::xdp
