// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/visitors.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::FiveTuple;
using protocol::TimePoint;

constexpr TimePoint start{};

FiveTuple from_port(std::uint16_t port) {
    return {{protocol::IpAddress::v4(0xC000020A), port},
            {protocol::IpAddress::v4(0xCB007105), 3478}};
}

TEST_CASE("a visitor is known by its five-tuple, with the worker that has its allocation",
          "[N3][N8]") {
    Visitors visitors{600s, 8};
    CHECK(visitors.find(from_port(1)) == nullptr);
    REQUIRE(visitors.admit(from_port(1), 3, start) != nullptr);
    CHECK(visitors.find(from_port(1))->owner == 3);
    CHECK(visitors.find(from_port(2)) == nullptr);
    CHECK(visitors.admit(from_port(1), 2, start)->owner == 2);
    CHECK(visitors.size() == 1);
}

TEST_CASE("a visitor that its host knows nothing of goes, unless it spoke again", "[N4][N5]") {
    Visitors visitors{600s, 8};
    visitors.admit(from_port(1), 3, start)->number = 7;
    visitors.dismiss(from_port(1), 6);
    CHECK(visitors.size() == 1);
    visitors.dismiss(from_port(2), 7);
    CHECK(visitors.size() == 1);
    visitors.dismiss(from_port(1), 7);
    CHECK(visitors.size() == 0);
    // A number from before a new visit dismisses nobody.
    visitors.admit(from_port(1), 3, start)->number = 8;
    visitors.dismiss(from_port(1), 7);
    CHECK(visitors.size() == 1);
}

TEST_CASE("a visitor that is silent for long is forgotten", "[threats]") {
    Visitors visitors{600s, 8};
    REQUIRE(visitors.admit(from_port(1), 3, start) != nullptr);
    REQUIRE(visitors.admit(from_port(2), 3, start) != nullptr);
    visitors.find(from_port(2))->heard = start + 1s;
    visitors.expire(start + 600s - 1ns);
    CHECK(visitors.size() == 2);
    visitors.expire(start + 600s);
    CHECK(visitors.size() == 1);
    CHECK(visitors.find(from_port(2)) != nullptr);
}

TEST_CASE("there is room for so many and no more", "[threats]") {
    Visitors visitors{600s, 2};
    CHECK(visitors.admit(from_port(1), 3, start) != nullptr);
    CHECK(visitors.admit(from_port(2), 3, start) != nullptr);
    CHECK(visitors.admit(from_port(3), 3, start) == nullptr);
    CHECK(visitors.admit(from_port(2), 3, start) != nullptr);
    CHECK(visitors.size() == 2);
}

}  // namespace
}  // namespace turnpike::worker
