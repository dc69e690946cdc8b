// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/doors.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

using protocol::Endpoint;
using protocol::Transport;

Endpoint endpoint(const char* text) {
    return *Endpoint::parse(text);
}

TEST_CASE("a wildcard is reached over loopback, an address by itself") {
    CHECK(within_reach(endpoint("0.0.0.0:3478")) == endpoint("127.0.0.1:3478"));
    CHECK(within_reach(endpoint("[::]:3478")) == endpoint("[::1]:3478"));
    CHECK(within_reach(endpoint("192.0.2.1:443")) == endpoint("192.0.2.1:443"));
}

TEST_CASE("every listener is a way in, and one for everything is four") {
    config::Listen listen;
    listen.udp = {endpoint("0.0.0.0:3478"), endpoint("127.0.0.1:3478")};  // the same from here
    listen.tls = {endpoint("[::]:5349")};
    listen.automatic = {endpoint("192.0.2.1:443")};
    CHECK(entries(doors_of(listen), {}) ==
          std::vector<Entry>{{Transport::udp, endpoint("127.0.0.1:3478")},
                             {Transport::tls, endpoint("[::1]:5349")},
                             {Transport::udp, endpoint("192.0.2.1:443")},
                             {Transport::tcp, endpoint("192.0.2.1:443")},
                             {Transport::tls, endpoint("192.0.2.1:443")},
                             {Transport::dtls, endpoint("192.0.2.1:443")}});
}

TEST_CASE("streams that would need a PROXY header are left out, and so is port 0") {
    const std::vector<protocol::Subnet> proxies{*protocol::Subnet::parse("127.0.0.0/8")};
    const Doors doors{.udp = {endpoint("0.0.0.0:3478"), endpoint("0.0.0.0:0")},
                      .tcp = {endpoint("0.0.0.0:3478"), endpoint("[::]:3478")}};
    CHECK(entries(doors, proxies) ==
          std::vector<Entry>{{Transport::udp, endpoint("127.0.0.1:3478")},
                             {Transport::tcp, endpoint("[::1]:3478")}});
}

}  // namespace
}  // namespace turnpike::doctor
