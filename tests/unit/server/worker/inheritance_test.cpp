// SPDX-License-Identifier: BSD-3-Clause
//
// What one worker hands over; how it goes on elsewhere is told in succession_test.cpp.
#include "server/worker/inheritance.hpp"

#include <csignal>

#include "server/worker/handover_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a worker hands over what hangs on no connection, and ends the rest") {
    const test::Folder folder;
    config::Config config = test::loopback_config();
    config.server.handover = 60s;
    config.server.handover_file = (folder.path() / "handover").string();
    test::RunningServer server{config};
    auto datagrams = server.udp_client();
    auto stream = server.tcp_client();
    REQUIRE(datagrams.allocate()->success());
    REQUIRE(stream.allocate()->success());
    const test::UdpSocket peer{test::endpoint("127.0.0.3:0")};
    REQUIRE(datagrams.permit(peer.bound()));
    datagrams.send(peer.bound(), "hello");
    REQUIRE(peer.receive());
    ::kill(::getpid(), SIGTERM);
    server.wait();
    CHECK(server.count(telemetry::Counter::allocations_ended_shutdown) == 1);

    const Found found = find_handover(config.server.handover_file);
    REQUIRE(found.handover);
    REQUIRE(found.handover->workers.size() == 1);
    const HandedWorker& worker = found.handover->workers.front();
    CHECK(worker.opened == 2);
    REQUIRE(worker.allocations.size() == 1);
    const HandedAllocation& handed = worker.allocations.front();
    CHECK(handed.rules.seed.relayed[0] == datagrams.relayed());
    CHECK(handed.bound[0] == datagrams.relayed());
    CHECK(handed.rules.routes.size() == 1);
    CHECK(handed.all.traffic[0] == relay::Traffic{.packets = 1, .bytes = 5});
    CHECK(handed.rules.seed.grant.user == "alice");
}

}  // namespace
}  // namespace turnpike::worker
