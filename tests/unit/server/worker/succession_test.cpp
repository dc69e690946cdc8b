// SPDX-License-Identifier: BSD-3-Clause
//
// One server after another, on the same addresses: what becomes of the allocations.
#include "server/worker/succession.hpp"

#include <csignal>
#include <filesystem>

#include "server/worker/handover_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/server_with_database.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using telemetry::Counter;
using test::endpoint;
using test::RunningServer;
using test::UdpSocket;

// A database and the configuration of each server in turn. Listeners have a port that stays.
struct Dynasty {
    Dynasty() : config{test::loopback_config()} {
        REQUIRE(storage::migrate(database.url()).has_value());
        const UdpSocket free{protocol::Endpoint{test::own_loopback(1), 0}};
        config.listen.udp = {free.bound()};
        config.listen.tcp = {free.bound()};
        config.storage.url = database.url();
        config.storage.journal = (folder.path() / "journal").string();
        config.server.node = "relay-1";
        config.server.handover = 60s;
        config.server.handover_file = (folder.path() / "handover").string();
    }
    // SIGTERM, as a restart has it, and what the server has said.
    static std::string end(RunningServer& server) {
        ::kill(::getpid(), SIGTERM);
        server.wait();
        return server.log();
    }
    [[nodiscard]] std::int64_t number(const std::string& sql) const {
        auto file = storage::sqlite::File::open({.path = database.file().string()}).value();
        const storage::Statement statement{"number", sql};
        return file.run({&statement, {}}).value().at(0).integer(0).value_or(0);
    }

    test::EmptyDatabase database{test::Kind::sqlite};
    test::Folder folder;
    config::Config config;
};

// A client that has a channel to a peer, and has used it.
struct Call {
    explicit Call(const RunningServer& server) : client{server.udp_client()} {
        REQUIRE(client.allocate()->success());
        REQUIRE(client.bind(0x4000, peer.bound()));
        talk();
    }
    void talk() {
        client.send(0x4000, "hello");
        const auto heard = peer.receive();
        REQUIRE(heard);
        CHECK(heard->source == client.relayed());
        peer.send(client.relayed(), "hello yourself");
        REQUIRE(client.data());
    }

    test::SocketClient client;
    UdpSocket peer{endpoint("127.0.0.3:0")};
};

TEST_CASE("an allocation goes on in the next server, with its channel, its row and its numbers") {
    Dynasty dynasty;
    std::optional<Call> call;
    {
        RunningServer first{dynasty.config};
        call.emplace(first);
        CHECK_THAT(Dynasty::end(first),
                   Catch::Matchers::Contains("calls wait for the next server"));
    }
    CHECK(dynasty.number("SELECT count(*) FROM usage WHERE ended_at IS NULL") == 1);
    {
        RunningServer second{dynasty.config};
        REQUIRE(second.reaches(Counter::allocations_inherited, 1));
        call->talk();
        CHECK(call->client.refresh(600s));
        CHECK(second.count(Counter::allocations_made) == 0);
        CHECK(second.sessions().sessions.size() == 1);
        REQUIRE(call->client.refresh(0s));
    }
    CHECK(dynasty.number("SELECT count(*) FROM usage") == 1);
    CHECK(dynasty.number("SELECT count(*) FROM usage WHERE reason = 'deleted' AND sent_packets = 2 "
                         "AND received_packets = 2 AND sent_bytes = 10") == 1);
    CHECK_FALSE(std::filesystem::exists(dynasty.config.server.handover_file));
}

TEST_CASE("names and ports of what goes on are not given to others") {
    Dynasty dynasty;
    dynasty.config.relay.ports = {50000, 50001};
    std::optional<Call> call;
    {
        RunningServer first{dynasty.config};
        call.emplace(first);
        (void)Dynasty::end(first);
    }
    RunningServer second{dynasty.config};
    auto other = second.udp_client("bob", "builder");
    REQUIRE(other.allocate()->success());
    CHECK(other.relayed() != call->client.relayed());
    CHECK(second.udp_client("bob", "builder").allocate()->error() == 508);
    call->talk();
}

TEST_CASE("what the next server may not, or cannot, go on with ends there with its account") {
    Dynasty dynasty;
    std::optional<Call> call;
    {
        RunningServer first{dynasty.config};
        call.emplace(first);
        (void)Dynasty::end(first);
    }
    std::string reason = "shutdown";
    SECTION("another address") {
        dynasty.config.relay.addresses = {test::own_loopback(2)};
    }
    SECTION("another listener") {
        dynasty.config.listen.udp = {{test::own_loopback(1), 0}};
    }
    SECTION("a user who is gone") {
        dynasty.config.users = {{"bob", "builder"}};
        reason = "account_removed";
    }
    {
        RunningServer second{dynasty.config};
        CHECK(second.reaches(Counter::allocations_inherited, 1));
        while (!second.sessions().sessions.empty()) std::this_thread::yield();
    }
    CHECK(dynasty.number("SELECT count(*) FROM usage WHERE ended_at IS NOT NULL AND "
                         "sent_packets = 1 AND reason = '" +
                         reason + "'") == 1);
}

TEST_CASE("who comes too late finds the account, and the allocation over") {
    Dynasty dynasty;
    dynasty.config.server.handover = 1s;
    std::optional<Call> call;
    {
        RunningServer first{dynasty.config};
        call.emplace(first);
        (void)Dynasty::end(first);
    }
    // Nobody has come in time, as far as the file says.
    auto found = find_handover(dynasty.config.server.handover_file);
    REQUIRE(found.handover);
    found.handover->until = std::chrono::steady_clock::now();
    REQUIRE(leave(*found.handover, dynasty.config.server.handover_file).has_value());
    {
        RunningServer second{dynasty.config};
        CHECK(second.reaches(Counter::allocations_ended_shutdown, 1));
        CHECK_FALSE(call->client.refresh(600s));
    }
    CHECK(dynasty.number("SELECT count(*) FROM usage WHERE reason = 'shutdown' AND "
                         "sent_packets = 1 AND ended_at IS NOT NULL") == 1);
}

TEST_CASE("a server of another node, or with other workers, leaves it alone and says so") {
    Dynasty dynasty;
    std::optional<Call> call;
    {
        RunningServer first{dynasty.config};
        call.emplace(first);
        (void)Dynasty::end(first);
    }
    std::string said = "it is of relay-1";
    SECTION("node") {
        dynasty.config.server.node = "relay-2";
    }
    SECTION("workers") {
        dynasty.config.server.workers = 2;
        said = "it had 1 workers";
    }
    RunningServer second{dynasty.config};
    CHECK_FALSE(call->client.refresh(600s));
    CHECK_THAT(second.log(), Catch::Matchers::Contains(said));
}

TEST_CASE("without a place for it calls end with the server, which says why") {
    Dynasty dynasty;
    dynasty.config.server.handover_file = (dynasty.folder.path() / "no" / "handover").string();
    {
        RunningServer first{dynasty.config};
        Call call{first};
        CHECK_THAT(Dynasty::end(first), Catch::Matchers::Contains("no call goes on"));
    }
    CHECK(dynasty.number("SELECT count(*) FROM usage WHERE reason = 'shutdown'") == 1);
}

}  // namespace
}  // namespace turnpike::worker
