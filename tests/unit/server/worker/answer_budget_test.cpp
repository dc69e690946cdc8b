// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/answer_budget.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::IpAddress;
using protocol::TimePoint;

constexpr TimePoint start = TimePoint{} + 1h;

IpAddress address(const char* text) {
    return *IpAddress::parse(text);
}

// How many of `asked` answers may go out at once.
int taken(AnswerBudget& budget, const IpAddress& source, TimePoint now, int asked) {
    int count = 0;
    for (int index = 0; index < asked; ++index) count += budget.take(source, now) ? 1 : 0;
    return count;
}

TEST_CASE("a prefix gets a burst of four seconds and then its rate", "[P1][threats]") {
    AnswerBudget budget{{.prefix_per_second = 100}};
    CHECK(taken(budget, address("192.0.2.1"), start, 1000) == 400);
    CHECK(taken(budget, address("192.0.2.1"), start + 1s, 1000) == 100);
    CHECK(taken(budget, address("192.0.2.1"), start + 1h, 1000) == 400);
}

TEST_CASE("the addresses of one prefix share its budget and others do not notice", "[threats]") {
    AnswerBudget budget{{.prefix_per_second = 100, .seed = {1, 2}}};
    CHECK(taken(budget, address("192.0.2.1"), start, 1000) == 400);
    CHECK_FALSE(budget.take(address("192.0.2.254"), start));
    CHECK(budget.take(address("192.0.3.1"), start));
    CHECK(taken(budget, address("2001:db8::1"), start, 1000) == 400);
    CHECK_FALSE(budget.take(address("2001:db8:0:ff::1"), start));  // the same /56
    CHECK(budget.take(address("2001:db8:0:100::1"), start));
}

TEST_CASE("all prefixes together get no more than the total", "[threats]") {
    AnswerBudget budget{{.total_per_second = 50, .prefix_per_second = 10}};
    int total = 0;
    for (std::uint32_t prefix = 0; prefix < 100; ++prefix) {
        total += taken(budget, IpAddress::v4(prefix << 8U), start, 40);
    }
    CHECK(total == 50);
}

TEST_CASE("a refusal by the total costs the prefix nothing") {
    AnswerBudget budget{{.total_per_second = 1, .prefix_per_second = 1}};
    CHECK(taken(budget, address("192.0.2.1"), start, 10) == 1);
    for (int second = 1; second <= 3; ++second) {
        CHECK(taken(budget, address("192.0.2.1"), start + second * 1s, 1) == 1);
    }
}

TEST_CASE("without limits everything is answered") {
    AnswerBudget budget{{}};
    CHECK(taken(budget, address("192.0.2.1"), start, 100000) == 100000);
}

TEST_CASE("which prefixes share a bucket depends on the seed") {
    // With 8192 buckets, 2000 prefixes collide somewhere; not in the same places for two seeds.
    const auto first_refused = [](std::uint64_t seed) {
        AnswerBudget budget{{.prefix_per_second = 1, .seed = {seed, seed * 3}}};
        for (std::uint32_t prefix = 0; prefix < 2000; ++prefix) {
            if (taken(budget, IpAddress::v4(prefix << 8U), start, 4) < 4) return prefix;
        }
        return 0U;
    };
    CHECK(first_refused(0x1234567) != first_refused(0x89ABCDEF));
}

}  // namespace
}  // namespace turnpike::worker
