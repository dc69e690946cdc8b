// SPDX-License-Identifier: BSD-3-Clause
//
// A Program at work on one interface, until this is destroyed or the process ends: then the packets
// go to user space again, and nothing of it is left. Where the program is pinned, the attachment is
// too: it is at work until this is destroyed, and if it was left, until another process has put its
// own program there, or has removed it. Making one needs no rights, only a Program that is loaded.
// XDP is native or not at all: the generic kind costs more than it saves, and tc does better what
// it can.
#pragma once

#include <cstdint>
#include <optional>

#include "server/net/file_descriptor.hpp"
#include "server/xdp/entry_point.hpp"
#include "server/xdp/pins.hpp"
#include "server/xdp/problem.hpp"
#include "server/xdp/program.hpp"

namespace turnpike::xdp {

class Attachment {
public:
    // What is pinned for the interface and the entry point is taken over: not one packet meets no
    // program, or half of one.
    //
    // By XDP, where the driver can and no other program is there; else by tc, which needs
    // Linux 6.6.
    [[nodiscard]] static Outcome<Attachment> best(const Program& program, std::uint32_t interface);
    // device_or_resource_busy: another XDP program is there.
    [[nodiscard]] static Outcome<Attachment> make(const Program& program, std::uint32_t interface,
                                                  EntryPoint entry);

    Attachment(Attachment&&) noexcept = default;
    Attachment& operator=(Attachment&&) noexcept = default;
    ~Attachment();

    // For Pins::remove_links_but().
    [[nodiscard]] const LinkPlace& place() const noexcept { return place_; }
    [[nodiscard]] EntryPoint entry() const noexcept { return place_.entry; }
    // Of best(): why it is not XDP.
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

    // It stays at work when this goes, if it is pinned. For the end of a process.
    void leave() noexcept;

private:
    Attachment(const LinkPlace& place, net::FileDescriptor link, Pin pin) noexcept
        : place_{place}, link_{std::move(link)}, pin_{std::move(pin)} {}

    [[nodiscard]] static Outcome<Attachment> by_xdp(const Program& program,
                                                    std::uint32_t interface);
    [[nodiscard]] static Outcome<Attachment> by_tc(const Program& program, std::uint32_t interface);
    [[nodiscard]] static std::optional<Attachment> take_over(const Program& program,
                                                             const LinkPlace& place);
    [[nodiscard]] static Outcome<Attachment> keep(const Program& program, const LinkPlace& place,
                                                  net::FileDescriptor link);

    LinkPlace place_;
    net::FileDescriptor link_;
    Pin pin_;
    std::string reason_;
};

}  // namespace turnpike::xdp
