// SPDX-License-Identifier: BSD-3-Clause
#include "auth/mobility_ticket.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::auth {
namespace {

using protocol::AllocationId;

MobilityKey key_of(unsigned seed) {
    MobilityKey key;
    for (std::size_t index = 0; index < key.size(); ++index) {
        key[index] = static_cast<std::byte>(seed + index);
    }
    return key;
}

const MobilityTickets tickets{key_of(1)};
constexpr MobilityTicket sample{AllocationId{0x0003'0000'0000'0007}, 5};

TEST_CASE("a ticket tells its maker which allocation it is for", "[N3][N11][rfc8016-3.3]") {
    for (const std::uint64_t id : {0ULL, 1ULL, 0x0102'0304'0506'0708ULL, ~0ULL}) {
        for (const std::uint32_t number : {0U, 1U, ~0U}) {
            const MobilityTicket ticket{AllocationId{id}, number};
            const auto octets = tickets.make(ticket);
            REQUIRE(octets);
            CHECK(tickets.read(*octets) == ticket);
        }
    }
}

TEST_CASE("the same ticket is made again, and every other one looks different", "[N3][N9][N11]") {
    CHECK(tickets.make(sample) == tickets.make(sample));
    std::set<TicketOctets> seen;
    std::set<std::byte> first_octets;
    for (std::uint32_t number = 0; number < 256; ++number) {
        seen.insert(*tickets.make({sample.allocation, number}));
    }
    CHECK(seen.size() == 256);
    for (const auto& ticket : seen) first_octets.insert(ticket.back());
    CHECK(first_octets.size() > 100);  // the number does not stand there as it is
}

TEST_CASE("a ticket can be kept as text", "[N1]") {
    STATIC_REQUIRE(ticket_octets <= 32);
    for (std::uint32_t number = 0; number < 500; ++number) {
        const MobilityTicket ticket{sample.allocation, number};
        const auto octets = *tickets.make(ticket);
        CHECK(std::ranges::find(octets, std::byte{}) == octets.end());
        CHECK(tickets.read(octets) == ticket);
    }
}

TEST_CASE("a ticket with any bit changed is none", "[N4][N11]") {
    const TicketOctets good = *tickets.make(sample);
    for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
        TicketOctets bad = good;
        bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        CHECK_FALSE(tickets.read(bad));
    }
    CHECK(tickets.read(good) == sample);
}

TEST_CASE("a ticket of any other length is none", "[N4]") {
    const TicketOctets good = *tickets.make(sample);
    for (std::size_t size = 0; size < 600; ++size) {
        std::vector<std::byte> octets(good.begin(), good.end());
        octets.resize(size);
        CHECK(tickets.read(octets).has_value() == (size == good.size()));
    }
}

TEST_CASE("a ticket of another run is none", "[N4][N11]") {
    CHECK_FALSE(MobilityTickets{key_of(2)}.read(*tickets.make(sample)));
    CHECK_FALSE(tickets.read(TicketOctets{}));
}

}  // namespace
}  // namespace turnpike::auth
