// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/ready_line.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

TEST_CASE("the line names every listener by what it serves, and what it relays from") {
    auto config = test::loopback_config();
    config.listen.udp.push_back({test::own_loopback(2), 0});
    test::RunningServer server{config};
    const auto udp = server->udp();
    const auto tcp = server->tcp();
    REQUIRE(udp.size() == 2);
    REQUIRE(tcp.size() == 1);
    const std::string line = "udp=" + udp[0].to_string() + "," + udp[1].to_string() +
                             " dtls=\"\" tcp=" + tcp[0].to_string() +
                             " tls=\"\" auto=\"\" relay=" + test::own_loopback(1).to_string() +
                             " workers=1 storage=none";
    CHECK_THAT(server.log(), Catch::Matchers::Contains(line));
}

}  // namespace
}  // namespace turnpike::worker
