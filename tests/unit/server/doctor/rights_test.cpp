// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/rights.hpp"

#include <linux/capability.h>
#include <unistd.h>

#include <limits>

#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

constexpr std::uint64_t set(std::initializer_list<unsigned> capabilities) {
    std::uint64_t bits = 0;
    for (const unsigned each : capabilities) bits |= std::uint64_t{1} << each;
    return bits;
}

RightFacts allowed() {
    return {.capabilities = set({CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON}),
            .kernel = {6, 12},
            .locked_max = 8 << 20,
            .locked_wanted = 18 << 20};
}

TEST_CASE("a kernel's version is two numbers") {
    CHECK(parse_kernel_version("6.1.0-28-amd64") == KernelVersion{6, 1});
    CHECK(parse_kernel_version("6.12") == KernelVersion{6, 12});
    CHECK(parse_kernel_version("7.0-rc1") == KernelVersion{7, 0});
    for (const char* const other : {"", "6", "6.", "x.1", "six.one"}) {
        CHECK(parse_kernel_version(other) == KernelVersion{});
    }
    CHECK(KernelVersion{5, 15} < has_tcx);
    CHECK(KernelVersion{6, 6} >= has_tcx);
    CHECK(KernelVersion{6, 12} > has_tcx);
}

TEST_CASE("capabilities are read by the set's name") {
    constexpr std::string_view status =
        "Name:\tturnpike\nCapPrm:\t0000000000000000\nCapEff:\t000000c000001000\n"
        "CapBnd:\t000001ffffffffff\n";
    CHECK(parse_capabilities(status, "CapEff") == set({CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN}));
    CHECK(parse_capabilities(status, "CapPrm") == 0);
    CHECK(parse_capabilities(status, "CapAmb") == std::nullopt);
    CHECK(parse_capabilities("\nCapEff:\tzz\n", "CapEff") == std::nullopt);
    CHECK(parse_capabilities("", "CapEff") == std::nullopt);
}

TEST_CASE("three capabilities are needed, and CAP_SYS_ADMIN stands for two of them") {
    struct Row {
        std::uint64_t held;
        const char* missing;
    };
    for (const Row row :
         {Row{0, "CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON"},
          Row{set({CAP_NET_ADMIN}), "CAP_BPF and CAP_PERFMON"},
          Row{set({CAP_BPF, CAP_NET_ADMIN}), "CAP_PERFMON"},
          Row{set({CAP_SYS_ADMIN}), "CAP_NET_ADMIN"}, Row{set({CAP_SYS_ADMIN, CAP_NET_ADMIN}), ""},
          Row{set({CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON}), ""}}) {
        CHECK(missing_rights(row.held) == row.missing);
    }
}

TEST_CASE("who has them is well, and is told whose they are") {
    const auto mine = judge_rights(allowed());
    REQUIRE(mine.size() == 1);
    CHECK(mine[0].grade == Grade::ok);
    CHECK(mine[0].seen.find("this process may load programs") == 0);
    RightFacts server = allowed();
    server.server = 17;
    CHECK(judge_rights(server)[0].seen.find("the server that runs here, process 17,") !=
          std::string::npos);
    CHECK(judge_rights(server)[0].grade == Grade::ok);
}

TEST_CASE("who lacks some, or has them in a user namespace alone, is warned: sockets relay") {
    RightFacts facts = allowed();
    facts.capabilities = set({CAP_NET_ADMIN});
    CHECK_FALSE(facts.suffice());
    Finding finding = judge_rights(facts)[0];
    CHECK(finding.grade == Grade::warning);
    CHECK(finding.seen == "this process lacks CAP_BPF and CAP_PERFMON: sockets relay");
    CHECK(finding.advice.find("turnpike(1)") != std::string::npos);
    facts = allowed();
    facts.is_contained = true;
    CHECK_FALSE(facts.suffice());
    finding = judge_rights(facts)[0];
    CHECK(finding.grade == Grade::warning);
    CHECK(finding.advice.find("PrivateUsers=no") == 0);
}

TEST_CASE("locked memory counts before Linux 5.11 alone") {
    RightFacts facts = allowed();
    CHECK(judge_rights(facts).size() == 1);
    facts.kernel = {5, 10};
    REQUIRE(judge_rights(facts).size() == 2);
    CHECK(judge_rights(facts)[1].grade == Grade::warning);
    CHECK(judge_rights(facts)[1].advice.find("LimitMEMLOCK=infinity") == 0);
    facts.locked_max = std::numeric_limits<std::uint64_t>::max();
    CHECK(judge_rights(facts).size() == 1);
    facts = allowed();
    facts.kernel = {5, 10};
    facts.capabilities = 0;  // nothing is loaded
    CHECK(judge_rights(facts).size() == 1);
}

TEST_CASE("what is gathered is of this process, or of what a server may have had") {
    const RightFacts mine = gather_rights(std::nullopt);
    CHECK(mine.kernel >= KernelVersion{5, 0});
    CHECK(mine.server == std::nullopt);
    const RightFacts its = gather_rights(PortHolder{::getpid(), "turnpike"});
    CHECK(its.server == ::getpid());
    CHECK((its.capabilities & mine.capabilities) == mine.capabilities);
    CHECK(its.is_contained == mine.is_contained);
    CHECK(its.locked_max == mine.locked_max);
    CHECK(gather_rights(PortHolder{4'194'304, "gone"}).capabilities == 0);
}

}  // namespace
}  // namespace turnpike::doctor
