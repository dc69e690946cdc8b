// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/address_range.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/coturn.hpp"

namespace turnpike::coturn {
namespace {

using test::joined;

AddressRange range(std::string_view text) {
    const auto parsed = AddressRange::parse(text);
    REQUIRE(parsed);
    return *parsed;
}

TEST_CASE("a range becomes the blocks that are exactly its addresses") {
    struct Row {
        std::string_view range, blocks;
    };
    const Row row = GENERATE(
        Row{"192.0.2.7", "192.0.2.7/32"}, Row{"10.0.0.0-10.255.255.255", "10.0.0.0/8"},
        Row{"0.0.0.0-255.255.255.255", "0.0.0.0/0"},
        Row{"10.0.0.1-10.0.0.6", "10.0.0.1/32 10.0.0.2/31 10.0.0.4/31 10.0.0.6/32"},
        Row{"10.0.0.255-10.0.1.0", "10.0.0.255/32 10.0.1.0/32"},
        Row{"83.166.64.0 - 83.166.95.255", "83.166.64.0/19"},
        Row{"172.16.0.0-172.31.255.255", "172.16.0.0/12"},
        Row{"255.255.255.254-255.255.255.255", "255.255.255.254/31"}, Row{"::1", "::1/128"},
        Row{"fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fc00::/7"},
        Row{"::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0"},
        Row{"64:ff9b::-64:ff9b::ffff:ffff", "64:ff9b::/96"}, Row{"10.2.0.0/15", "10.2.0.0/15"});
    CHECK(joined(to_subnets(range(row.range))) == row.blocks);
}

TEST_CASE("the worst ranges take twice as many blocks as an address has bits, less two") {
    CHECK(to_subnets(range("0.0.0.1-255.255.255.254")).size() == 62);
    CHECK(to_subnets(range("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")).size() == 254);
}

TEST_CASE("no address is lost and none is won, at either end of every small range") {
    for (std::uint32_t first = 0; first < 40; ++first) {
        for (std::uint32_t last = first; last < 40; ++last) {
            const auto at = [](std::uint32_t low) {
                return protocol::IpAddress::v4(0x0A00'0000U + low);
            };
            const auto blocks = to_subnets({at(first), at(last)});
            std::size_t wrong = 0;
            for (std::uint32_t low = 0; low < 48; ++low) {
                const auto holding = std::ranges::count_if(
                    blocks, [&](const protocol::Subnet& each) { return each.contains(at(low)); });
                if (holding != (low >= first && low <= last ? 1 : 0)) ++wrong;
            }
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("what is no range is refused") {
    const std::string_view text =
        GENERATE("", "-", "10.0.0.9-10.0.0.1", "10.0.0.1-fd00::1", "fd00::2-fd00::1", "example.org",
                 "10.0.0.1-", "-10.0.0.1", "10.0.0.0/8:80", "10.0.0.1/8", "10.0.0.1 # one",
                 "10.0.0.1-10.0.0.2-10.0.0.3", "256.0.0.1");
    CHECK_FALSE(AddressRange::parse(text));
}

TEST_CASE("a hole is cut out of ranges of its family alone") {
    const AddressRanges all{range("10.0.0.0-10.0.0.9"), range("fd00::-fd00::9")};
    CHECK(without(all, range("10.0.1.0")) == all);
    CHECK(without(all, range("10.0.0.4-10.0.0.5")) ==
          AddressRanges{range("10.0.0.0-10.0.0.3"), range("10.0.0.6-10.0.0.9"), all[1]});
    CHECK(without(all, range("10.0.0.0-10.0.0.3")) ==
          AddressRanges{range("10.0.0.4-10.0.0.9"), all[1]});
    CHECK(without(all, range("0.0.0.0-255.255.255.255")) == AddressRanges{all[1]});
    CHECK(without(all, range("fd00::9-fd00::ff")) ==
          AddressRanges{all[0], range("fd00::-fd00::8")});
}

}  // namespace
}  // namespace turnpike::coturn
