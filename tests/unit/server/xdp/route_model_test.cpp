// SPDX-License-Identifier: BSD-3-Clause
//
// The kernel's relay against user space's, which is the oracle: thousands of random events, after
// each of which both must agree. A failure prints its seed; with TURNPIKE_ROUTE_MODEL_SEED the last
// test runs that one.
#include <cstdlib>
#include <random>

#include "tests/support/route_model/model.hpp"

namespace turnpike::xdp {
namespace {

using test::route_model::Model;

constexpr int events = 3'000;

void run_model(Model& model) {
    for (int event = 0; event < events; ++event) {
        const std::string flaw = model.step();
        if (!flaw.empty()) FAIL(flaw);
    }
}

// What the kernel relays, drops for its rate, and passes up for each reason that there is.
std::vector<Verdict> verdicts_to_see() {
    std::vector<Verdict> wanted{relayed_to_peer, relayed_to_client, relayed_hairpin,
                                drop_bandwidth};
    for (const auto& reason : test::route_model::reasons) {
        wanted.push_back(reason.verdict.value_or(unrelated));
    }
    return wanted;
}

TEST_CASE("the kernel with user space relays as user space alone does", "[H13]") {
    std::array<std::size_t, verdict_count + 1> seen{};
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
        INFO("seed " << seed);
        Model model{seed};
        run_model(model);
        for (std::size_t verdict = 0; verdict < seen.size(); ++verdict) {
            seen.at(verdict) += model.verdicts().at(verdict);
        }
    }
    for (const Verdict verdict : verdicts_to_see()) {
        INFO("verdict " << verdict);
        CHECK(seen.at(verdict) > 0);
    }
}

TEST_CASE("it does so for a seed that nobody has seen before, too", "[H13]") {
    const char* const given = std::getenv("TURNPIKE_ROUTE_MODEL_SEED");
    const std::uint64_t seed =
        given == nullptr ? std::random_device{}() : std::strtoull(given, nullptr, 10);
    INFO("TURNPIKE_ROUTE_MODEL_SEED=" << seed);
    Model model{seed};
    run_model(model);
}

}  // namespace
}  // namespace turnpike::xdp
