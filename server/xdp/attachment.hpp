// SPDX-License-Identifier: BSD-3-Clause
//
// A Program at work on one interface, until this is destroyed or the process ends: then the packets
// go to user space again, and nothing of it is left. XDP is native or not at all: the generic kind
// costs more than it saves, and tc does better what it can.
#pragma once

#include <cstdint>

#include "server/net/file_descriptor.hpp"
#include "server/xdp/problem.hpp"
#include "server/xdp/program.hpp"

namespace turnpike::xdp {

class Attachment {
public:
    // By XDP, where the driver can and no other program is there; else by tc, which needs
    // Linux 6.6.
    [[nodiscard]] static Outcome<Attachment> best(const Program& program, std::uint32_t interface);
    // device_or_resource_busy: another XDP program is there.
    [[nodiscard]] static Outcome<Attachment> make(const Program& program, std::uint32_t interface,
                                                  EntryPoint entry);

    [[nodiscard]] EntryPoint entry() const noexcept { return entry_; }
    // Of best(): why it is not XDP.
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

private:
    Attachment(EntryPoint entry, net::FileDescriptor link) noexcept
        : entry_{entry}, link_{std::move(link)} {}

    [[nodiscard]] static Outcome<Attachment> by_xdp(const Program& program,
                                                    std::uint32_t interface);
    [[nodiscard]] static Outcome<Attachment> by_tc(const Program& program, std::uint32_t interface);

    EntryPoint entry_;
    net::FileDescriptor link_;
    std::string reason_;
};

}  // namespace turnpike::xdp
