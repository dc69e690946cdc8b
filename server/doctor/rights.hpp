// SPDX-License-Identifier: BSD-3-Clause
//
// What whoever loads the kernel's half has to be allowed, and what this kernel is old enough for.
// Pure, but for what gathers.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/doctor/finding.hpp"
#include "server/doctor/port_holder.hpp"

namespace turnpike::doctor {

struct KernelVersion {
    unsigned major = 0;
    unsigned minor = 0;
    auto operator<=>(const KernelVersion&) const = default;
};
// Of uname's release, "6.1.0-28-amd64". {0, 0}: it is no number.
[[nodiscard]] KernelVersion parse_kernel_version(std::string_view release) noexcept;

// XDP programs that go with their process.
constexpr KernelVersion has_xdp_links{5, 9};
// The same for tc's ingress.
constexpr KernelVersion has_tcx{6, 6};
// The memory of maps counts towards the service's own, not towards RLIMIT_MEMLOCK.
constexpr KernelVersion counts_in_cgroups{5, 11};

// A set of capabilities in the text of /proc/PID/status, "CapEff" or "CapBnd".
[[nodiscard]] std::optional<std::uint64_t> parse_capabilities(std::string_view status,
                                                              std::string_view name);
// "CAP_BPF and CAP_PERFMON": those that loading needs and the set lacks; empty: none.
[[nodiscard]] std::string missing_rights(std::uint64_t capabilities);

struct RightFacts {
    std::uint64_t capabilities = 0;  // of the server those that it may ever have had
    bool is_contained = false;       // in a user namespace: they are none for the kernel's sake
    std::optional<pid_t> server{};   // whose they are; none: of this process
    KernelVersion kernel{};
    std::uint64_t locked_max = 0;     // RLIMIT_MEMLOCK, of whose they are
    std::uint64_t locked_wanted = 0;  // by the maps
    bool suffice() const { return !is_contained && missing_rights(capabilities).empty(); }
};

[[nodiscard]] RightFacts gather_rights(const std::optional<PortHolder>& server);
[[nodiscard]] Findings judge_rights(const RightFacts& facts);

}  // namespace turnpike::doctor
