// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/recently_ended.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::turn {
namespace {

using auth::Limit;

protocol::FiveTuple from(std::size_t number) {
    protocol::FiveTuple five_tuple;
    five_tuple.client = {protocol::IpAddress::v4(0x0A000000U + static_cast<std::uint32_t>(number)),
                         40000};
    five_tuple.server = {protocol::IpAddress::v4(0xC0000201U), 3478};
    return five_tuple;
}

TEST_CASE("what ended the last allocation is known until there is another") {
    RecentlyEnded ended;
    CHECK_FALSE(ended.find(from(1)));
    ended.note(from(1), Limit::bytes);
    ended.note(from(1), Limit::call_time);
    CHECK(ended.find(from(1)) == Limit::call_time);
    ended.forget(from(1));
    CHECK_FALSE(ended.find(from(1)));
}

TEST_CASE("the oldest are forgotten first") {
    RecentlyEnded ended;
    for (std::size_t number = 0; number <= RecentlyEnded::capacity; ++number) {
        ended.note(from(number), Limit::bytes);
    }
    CHECK_FALSE(ended.find(from(0)));
    CHECK(ended.find(from(1)) == Limit::bytes);
    CHECK(ended.find(from(RecentlyEnded::capacity)) == Limit::bytes);
}

}  // namespace
}  // namespace turnpike::turn
