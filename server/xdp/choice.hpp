// SPDX-License-Identifier: BSD-3-Clause
//
// Where the kernel's half is to be at work, and by which entry point: the rule of the server that
// attaches it and of the doctor that foretells it. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/xdp/interfaces.hpp"
#include "server/xdp/program.hpp"

namespace turnpike::xdp {

// Of `all` those that packets for the addresses come in by, of `only` where it names some.
// no_such_device: it names one that is not there.
[[nodiscard]] Outcome<std::vector<Link>> entrances(std::span<const protocol::IpAddress> addresses,
                                                   const std::vector<std::string>& only,
                                                   std::span<const Interface> all);

// A virtual cable takes frames from XDP only if its other end is prepared for that, which nobody
// can see from here. There tc is as good.
[[nodiscard]] bool hides_its_other_end(const Link& link);

// `wanted`: none is "whichever is good". The answer: by this one alone; none: by XDP where the
// driver can, else by tc, as Attachment::best() does.
[[nodiscard]] std::optional<EntryPoint> entry_for(const Link& link,
                                                  std::optional<EntryPoint> wanted);

}  // namespace turnpike::xdp
