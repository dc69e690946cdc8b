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

// 0: it has gone. A tcx link says it in the same place, of which Debian 12's headers do not know.
std::uint32_t interface_of(const net::FileDescriptor& link) {
    bpf_link_info info{};
    std::uint32_t size = sizeof info;
    return bpf_obj_get_info_by_fd(link.get(), &info, &size) == 0 ? info.xdp.ifindex : 0;
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

Attachment::~Attachment() {
    // A name in a BPF file system keeps what it stands for for a while after it has gone.
    if (link_) static_cast<void>(bpf_link_detach(link_.get()));
}

void Attachment::leave() noexcept {
    pin_.leave();
    link_ = {};
}

std::optional<Attachment> Attachment::take_over(const Program& program, const LinkPlace& place) {
    const Pins* const pins = program.pins();
    if (pins == nullptr) return std::nullopt;
    std::string path = pins->path_of(place);
    net::FileDescriptor link{bpf_obj_get(path.c_str())};
    if (!link) return std::nullopt;
    if (interface_of(link) == place.interface &&
        bpf_link_update(link.get(), program.descriptor(place.entry), nullptr) == 0) {
        return Attachment{place, std::move(link), Pin{std::move(path)}};
    }
    pins->remove(place);
    return std::nullopt;
}

Outcome<Attachment> Attachment::keep(const Program& program, const LinkPlace& place,
                                     net::FileDescriptor link) {
    const Pins* const pins = program.pins();
    if (pins == nullptr) return Attachment{place, std::move(link), Pin{}};
    auto pin = pins->pin(link.get(), pins->path_of(place));
    if (!pin) return pin.error();
    return Attachment{place, std::move(link), std::move(*pin)};
}

Outcome<Attachment> Attachment::by_xdp(const Program& program, std::uint32_t interface) {
    const LinkPlace place{interface, EntryPoint::xdp};
    if (auto inherited = take_over(program, place)) return std::move(*inherited);
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
    return keep(program, place, std::move(link));
}

// Not as a filter of clsact, as kernels before 6.6 have it: that stays when its process is gone,
// and whoever has given up its rights cannot take it away.
Outcome<Attachment> Attachment::by_tc(const Program& program, std::uint32_t interface) {
    const LinkPlace place{interface, EntryPoint::tc};
    if (auto inherited = take_over(program, place)) return std::move(*inherited);
    net::FileDescriptor link{bpf_link_create(program.descriptor(EntryPoint::tc),
                                             static_cast<int>(interface), tcx_ingress, nullptr)};
    if (link) return keep(program, place, std::move(link));
    return problem(errno, "no tcx, which Linux 6.6 has," + on(interface));
}

}  // namespace turnpike::xdp
