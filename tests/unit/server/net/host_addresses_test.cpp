// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/host_addresses.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

namespace turnpike::net {
namespace {

using protocol::IpAddress;

TEST_CASE("every host has a loopback address") {
    CHECK(std::ranges::any_of(host_addresses(), is_loopback));
}

TEST_CASE("loopback and link-local addresses are told from others") {
    struct Row {
        const char* text;
        bool loopback, link_local;
    };
    const Row row = GENERATE(Row{"127.0.0.1", true, false}, Row{"127.9.9.9", true, false},
                             Row{"::1", true, false}, Row{"169.254.1.1", false, true},
                             Row{"fe80::1", false, true}, Row{"febf::1", false, true},
                             Row{"fec0::1", false, false}, Row{"192.0.2.1", false, false},
                             Row{"2001:db8::1", false, false});
    const auto address = *IpAddress::parse(row.text);
    CHECK(is_loopback(address) == row.loopback);
    CHECK(is_link_local(address) == row.link_local);
}

}  // namespace
}  // namespace turnpike::net
