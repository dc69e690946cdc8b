// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/rights.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <vector>

namespace turnpike::doctor {
namespace {

constexpr std::string_view check = "kernel relay";
constexpr std::string_view how_to_get =
    "start it as root, or grant its service CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON: turnpike(1) "
    "shows the drop-in; or set relay.acceleration = \"off\"";

struct Right {
    std::string_view name;
    std::uint64_t enough;  // any of these
};

constexpr std::uint64_t bit(unsigned capability) noexcept {
    return std::uint64_t{1} << capability;
}

// CAP_SYS_ADMIN was what CAP_BPF and CAP_PERFMON are since Linux 5.8, and still is
// (capabilities(7)).
constexpr std::array rights{Right{"CAP_BPF", bit(CAP_BPF) | bit(CAP_SYS_ADMIN)},
                            Right{"CAP_NET_ADMIN", bit(CAP_NET_ADMIN)},
                            Right{"CAP_PERFMON", bit(CAP_PERFMON) | bit(CAP_SYS_ADMIN)}};

std::string read_file(const std::string& path) {
    std::ifstream stream{path};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

// The one that all processes were in at the start has this number (PROC_USER_INIT_INO).
bool is_contained(const std::string& process) {
    constexpr std::string_view first = "user:[4026531837]";
    std::error_code error;
    const auto name = std::filesystem::read_symlink("/proc/" + process + "/ns/user", error);
    return !error && name.string() != first;
}

std::uint64_t locked_max_of(pid_t process) {
    rlimit limit{};
    if (::prlimit(process, RLIMIT_MEMLOCK, nullptr, &limit) != 0 ||
        limit.rlim_cur == RLIM_INFINITY) {
        return std::numeric_limits<std::uint64_t>::max();
    }
    return limit.rlim_cur;
}

std::string whose(const RightFacts& facts) {
    return facts.server ? fmt::format("the server that runs here, process {},", *facts.server)
                        : "this process";
}

Finding judge_capabilities(const RightFacts& facts) {
    if (facts.is_contained) {
        return {.grade = Grade::warning,
                .check = check,
                .seen = fmt::format("{} is in a user namespace, where no right is one to load a "
                                    "program: sockets relay",
                                    whose(facts)),
                .advice =
                    "PrivateUsers=no in its service, as turnpike(1) shows; in a container, "
                    "one with the host's users; or set relay.acceleration = \"off\""};
    }
    if (const std::string missing = missing_rights(facts.capabilities); !missing.empty()) {
        return {.grade = Grade::warning,
                .check = check,
                .seen = fmt::format("{} lacks {}: sockets relay", whose(facts), missing),
                .advice = std::string{how_to_get}};
    }
    if (facts.server) {
        return well(check, fmt::format("nothing keeps {} from CAP_BPF, CAP_NET_ADMIN and "
                                       "CAP_PERFMON at its start",
                                       whose(facts)));
    }
    return well(check,
                "this process may load programs; so may a server that starts as it did, and the "
                "package's service with the drop-in of turnpike(1)");
}

}  // namespace

KernelVersion parse_kernel_version(std::string_view release) noexcept {
    KernelVersion version;
    const char* const end = release.data() + release.size();
    const auto major = std::from_chars(release.data(), end, version.major);
    if (major.ec != std::errc{} || major.ptr == end || *major.ptr != '.') return {};
    const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
    return minor.ec == std::errc{} ? version : KernelVersion{};
}

std::optional<std::uint64_t> parse_capabilities(std::string_view status, std::string_view name) {
    const auto place = status.find(fmt::format("\n{}:\t", name));
    if (place == std::string_view::npos) return std::nullopt;
    std::string_view digits = status.substr(place + name.size() + 3);
    digits = digits.substr(0, digits.find('\n'));
    std::uint64_t value = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::string missing_rights(std::uint64_t capabilities) {
    std::vector<std::string_view> missing;
    for (const Right& each : rights) {
        if ((capabilities & each.enough) == 0) missing.push_back(each.name);
    }
    std::string text;
    for (std::size_t index = 0; index < missing.size(); ++index) {
        if (index != 0) text += index + 1 == missing.size() ? " and " : ", ";
        text += missing[index];
    }
    return text;
}

// A server gives its rights up once it has used them; what it could have had is left to see.
RightFacts gather_rights(const std::optional<PortHolder>& server) {
    const std::string process = server ? std::to_string(server->process) : "self";
    const std::string status = read_file("/proc/" + process + "/status");
    RightFacts facts{
        .capabilities = parse_capabilities(status, server ? "CapBnd" : "CapEff").value_or(0),
        .is_contained = is_contained(process),
        .locked_max = locked_max_of(server ? server->process : 0)};
    if (server) facts.server = server->process;
    utsname name{};
    if (::uname(&name) == 0) facts.kernel = parse_kernel_version(name.release);
    return facts;
}

Findings judge_rights(const RightFacts& facts) {
    Findings findings{judge_capabilities(facts)};
    if (facts.suffice() && facts.kernel < counts_in_cgroups &&
        facts.locked_max < facts.locked_wanted) {
        findings.push_back(
            {.grade = Grade::warning,
             .check = check,
             .seen = fmt::format("{} may lock {} bytes, and the maps take {}: before Linux 5.11 "
                                 "they are locked memory",
                                 whose(facts), facts.locked_max, facts.locked_wanted),
             .advice = "LimitMEMLOCK=infinity in its service, or `ulimit -l unlimited`"});
    }
    return findings;
}

}  // namespace turnpike::doctor
