// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/port_pool.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::relay {
namespace {

using Ports = std::set<std::uint16_t>;

Ports take_all(PortPool& pool, PortWish wish, std::mt19937_64& random) {
    Ports ports;
    while (const auto port = pool.take(wish, random())) {
        REQUIRE(ports.insert(*port).second);
    }
    return ports;
}

TEST_CASE("every port is handed out once and then none", "[D22][D23][D32]") {
    struct Range {
        std::uint16_t first, last;
    };
    const Range range =
        GENERATE(Range{49152, 65535}, Range{1, 65535}, Range{50001, 50001}, Range{50000, 50001},
                 Range{50001, 50130}, Range{65535, 65535}, Range{1024, 1151}, Range{1025, 1087});
    std::mt19937_64 random{1};
    PortPool pool{range.first, range.last};
    const std::size_t size = std::size_t{range.last} - range.first + 1;
    CHECK(pool.size() == size);
    CHECK(pool.free() == size);
    const Ports ports = take_all(pool, PortWish::any, random);
    CHECK(ports.size() == size);
    CHECK(*ports.begin() == range.first);
    CHECK(*ports.rbegin() == range.last);
    CHECK(pool.free() == 0);
    CHECK_FALSE(pool.take(PortWish::even, 0));
    CHECK_FALSE(pool.take(PortWish::pair, 0));
}

TEST_CASE("the last free port is found wherever the search begins", "[D32]") {
    PortPool pool{50000, 50255};
    std::mt19937_64 random{2};
    take_all(pool, PortWish::any, random);
    for (std::uint16_t port = 50000; port <= 50255; ++port) {
        pool.give_back(port);
        CHECK(pool.free() == 1);
        CHECK(pool.take(PortWish::any, random()) == port);
    }
}

TEST_CASE("an even port is even, and none is left when the even ones are gone", "[D25][D14]") {
    PortPool pool{50001, 50100};
    std::mt19937_64 random{3};
    const Ports ports = take_all(pool, PortWish::even, random);
    CHECK(ports.size() == 50);
    CHECK(std::ranges::none_of(ports, [](auto port) { return port % 2 != 0; }));
    CHECK(pool.free() == 50);
    CHECK(take_all(pool, PortWish::any, random).size() == 50);
}

TEST_CASE("a pair is an even port and the next, which nobody else gets", "[D26][D22]") {
    PortPool pool{50001, 50100};  // 50001 and 50100 have no partner
    std::mt19937_64 random{4};
    const Ports evens = take_all(pool, PortWish::pair, random);
    CHECK(evens.size() == 49);
    CHECK(std::ranges::none_of(evens, [](auto port) { return port % 2 != 0; }));
    CHECK(pool.free() == 2);
    CHECK(take_all(pool, PortWish::any, random) == Ports{50001, 50100});
    pool.give_back(50011);
    CHECK_FALSE(pool.take(PortWish::pair, random()));
    pool.give_back(50010);
    CHECK(pool.take(PortWish::pair, random()) == 50010);
}

TEST_CASE("single ports leave pairs whole while halves are near", "[D26]") {
    PortPool pool{50000, 50127};
    std::mt19937_64 random{5};
    for (int taken = 0; taken < 64; ++taken) REQUIRE(pool.take(PortWish::any, random()));
    CHECK(take_all(pool, PortWish::pair, random).size() == 32);

    PortPool evens{50000, 50127};
    Ports halves;
    for (int taken = 0; taken < 32; ++taken) halves.insert(*evens.take(PortWish::any, random()));
    for (int taken = 0; taken < 32; ++taken) REQUIRE(evens.take(PortWish::even, random()));
    CHECK(take_all(evens, PortWish::pair, random).size() >= 16);
}

TEST_CASE("a large range keeps most of its pairs whole under single ports", "[D26]") {
    PortPool pool{49152, 65535};
    std::mt19937_64 random{6};
    for (int taken = 0; taken < 8192; ++taken) REQUIRE(pool.take(PortWish::any, random()));
    // 4096 pairs stay if none is broken; blind choice would leave half as many.
    CHECK(take_all(pool, PortWish::pair, random).size() > 3900);
}

TEST_CASE("one port does not tell the next", "[D24]") {
    std::mt19937_64 random{7};
    int neighbours = 0;
    Ports seen;
    for (int round = 0; round < 1000; ++round) {
        PortPool pool{49152, 65535};
        const int first = pool.take(PortWish::any, random()).value();
        const int second = pool.take(PortWish::any, random()).value();
        if ((first ^ 1) == second) ++neighbours;
        seen.insert(static_cast<std::uint16_t>(first));
    }
    CHECK(neighbours < 50);
    CHECK(seen.size() > 900);
}

// Against a set of what is held, over a long random life.
TEST_CASE("a pool never hands out what is held and never loses a port", "[D22][D26]") {
    std::mt19937_64 random{8};
    PortPool pool{50003, 50260};
    std::vector<std::uint16_t> held;
    for (int step = 0; step < 50'000; ++step) {
        if (random() % 2 == 0 && !held.empty()) {
            std::swap(held[random() % held.size()], held.back());
            pool.give_back(held.back());
            held.pop_back();
        } else {
            const auto wish = static_cast<PortWish>(random() % 3);
            const auto port = pool.take(wish, random());
            if (!port) continue;
            const bool pair = wish == PortWish::pair;
            if (wish != PortWish::any) REQUIRE(*port % 2 == 0);
            for (unsigned next = 0; next <= (pair ? 1U : 0U); ++next) {
                const auto taken = static_cast<std::uint16_t>(*port + next);
                REQUIRE((taken >= 50003 && taken <= 50260));
                REQUIRE(std::ranges::find(held, taken) == held.end());
                held.push_back(taken);
            }
        }
        REQUIRE(pool.free() + held.size() == pool.size());
    }
}

TEST_CASE("a port that is named is had once, and none outside the range") {
    PortPool pool{50001, 50010};
    CHECK(pool.take(50003));
    CHECK_FALSE(pool.take(50003));
    CHECK_FALSE(pool.take(50000));
    CHECK_FALSE(pool.take(50011));
    CHECK(pool.free() == 9);
    std::mt19937_64 random{7};
    CHECK_FALSE(take_all(pool, PortWish::any, random).contains(50003));
    pool.give_back(50003);
    CHECK(pool.take(50003));
}

}  // namespace
}  // namespace turnpike::relay
