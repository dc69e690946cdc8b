// SPDX-License-Identifier: BSD-3-Clause
//
// What a database costs: allocations a second, and the latency of packets meanwhile, for users of
// the configuration, of SQLite and of PostgreSQL, and of a PostgreSQL that is slow. A whole server
// of one worker and its clients share this machine, so ratios count and not the numbers alone.
//
//     tests/support/with-postgres build/release/bin/turnpike-accounts-bench [USERS]
//
// Prints a JSON line for each.
#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "storage/migrate.hpp"
#include "storage/postgres/handle.hpp"
#include "storage/registry.hpp"
#include "storage/statements.hpp"
#include "storage/waiting.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int clients = 16;  // at a time

struct Backend {
    std::string name;
    std::string url;
    double delay_seconds = 0;  // of each look-up
};

std::string user_name(int number) {
    return "user" + std::to_string(number);
}

void administer(const std::string& url, const std::string& sql) {
    const storage::postgres::ConnectionHandle connection{PQconnectdb(url.c_str())};
    const storage::postgres::ResultHandle result{PQexec(connection.get(), sql.c_str())};
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error{PQerrorMessage(connection.get())};
    }
}

void fill(const Backend& backend, int users) {
    if (!storage::migrate(backend.url)) throw std::runtime_error{"cannot migrate " + backend.url};
    storage::Waiting waiting{backend.url, {.connections = 1}, storage::operator_statements()};
    if (!waiting.connect()) throw std::runtime_error{"cannot connect to " + backend.url};
    storage::Registry registry{waiting.database()};
    for (int number = 0; number < users; ++number) {
        const auto key = auth::derive_md5(user_name(number), "example.org", "sesame");
        storage::Account account{
            .realm = "example.org",
            .username = user_name(number),
            .credential = {.key_md5 = std::string{protocol::as_text(key.octets())}}};
        const auto put = waiting.until<void>(
            [&](auto handler) { registry.put_account(account, std::move(handler)); });
        if (!put) throw std::runtime_error{put.error().what};
    }
    if (backend.delay_seconds == 0) return;
    administer(backend.url,
               "ALTER FUNCTION turnpike.credential RENAME TO prompt;"
               "CREATE FUNCTION turnpike.credential(realm text, username text) RETURNS TABLE ("
               "key_md5 bytea, key_sha256 bytea, password text, enabled boolean, call text,"
               " deadline timestamptz, bytes bigint, bits_per_second bigint, allocations integer)"
               " LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(" +
                   std::to_string(backend.delay_seconds) +
                   "); RETURN QUERY SELECT * FROM turnpike.prompt($1, $2); END $$");
}

config::Config configured(const Backend& backend, int users, const test::Folder& folder) {
    config::Config config = test::loopback_config();
    config.relay.ports = {50000, 59999};
    config.storage.url = backend.url;
    config.storage.journal = folder.file(backend.name + ".journal");
    config.storage.cache_users = static_cast<std::uint32_t>(users) * 2;
    config.limits.unauthenticated_per_second = config.limits.unauthenticated_per_prefix_second = 0;
    if (backend.url.empty()) {
        for (int number = 0; number < users; ++number) {
            config.users.push_back({user_name(number), "sesame"});
        }
    }
    return config;
}

// Each user allocates once and gives it back; yields how many a second, and how many failed.
struct Rate {
    double per_second = 0;
    int failures = 0;
};
Rate everybody_allocates(const test::RunningServer& server, int users) {
    std::atomic<int> next{0};
    std::atomic<int> failures{0};
    const auto work = [&] {
        for (int number = next++; number < users; number = next++) {
            auto client = server.udp_client(user_name(number), "sesame");
            const auto answer = client.allocate();
            if (!answer || !answer->success() || !client.refresh(0s)) ++failures;
        }
    };
    const auto began = Clock::now();
    std::vector<std::thread> threads;
    for (int count = 0; count < clients; ++count) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
    return {users / std::chrono::duration<double>(Clock::now() - began).count(), failures};
}

// A packet through the relay and back each millisecond, until it is told to stop; in microseconds.
class Pulse {
public:
    explicit Pulse(const test::RunningServer& server)
        : client_{server.udp_client()}, peer_{test::endpoint("127.0.0.3:0")} {
        if (!client_.allocate()->success() || !client_.bind(0x4000, peer_.bound())) {
            throw std::runtime_error{"no relay for the pulse"};
        }
        thread_ = std::thread{[this] { beat(); }};
    }
    std::vector<double> stop() {
        is_over_ = true;
        thread_.join();
        std::ranges::sort(times_);
        return times_;
    }
    [[nodiscard]] int lost() const { return lost_; }

private:
    void beat() {
        for (auto at = Clock::now(); !is_over_; at += 1ms) {
            std::this_thread::sleep_until(at);
            const auto sent = Clock::now();
            client_.send(0x4000, "a packet");
            const auto there = peer_.receive(500ms);
            if (there) {
                times_.push_back(
                    std::chrono::duration<double, std::micro>(Clock::now() - sent).count());
            } else {
                ++lost_;
            }
        }
    }

    test::SocketClient client_;
    test::UdpSocket peer_;
    std::atomic<bool> is_over_{false};
    std::vector<double> times_;
    int lost_ = 0;
    std::thread thread_;
};

double percentile(const std::vector<double>& sorted, double share) {
    return sorted.empty()
               ? 0
               : sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void measure(const Backend& backend, int users, const test::Folder& folder) {
    if (!backend.url.empty()) fill(backend, users);
    test::RunningServer server{configured(backend, users, folder)};
    for (const char* pass : {"first", "again"}) {  // unknown to the cache, and known
        Pulse pulse{server};
        const Rate rate = everybody_allocates(server, users);
        const auto times = pulse.stop();
        fmt::print(
            "{{\"backend\":\"{}\",\"pass\":\"{}\",\"users\":{},\"allocations_per_second\":{:.0f},"
            "\"failures\":{},\"packet_us\":{{\"p50\":{:.0f},\"p99\":{:.0f},\"p99.9\":{:.0f},"
            "\"max\":{:.0f},\"lost\":{}}},\"lookups\":{}}}\n",
            backend.name, pass, users, rate.per_second, rate.failures, percentile(times, 0.5),
            percentile(times, 0.99), percentile(times, 0.999), percentile(times, 1), pulse.lost(),
            server.count(telemetry::Counter::storage_lookups));
        std::fflush(stdout);
    }
}

int run(int users) {
    const char* cluster = std::getenv("TURNPIKE_TEST_POSTGRES");
    if (cluster == nullptr) throw std::runtime_error{"run it by tests/support/with-postgres"};
    const test::Folder folder;
    const auto postgres = [&](const std::string& name) {
        administer(std::string{cluster} + " dbname=postgres", "CREATE DATABASE " + name);
        return std::string{cluster} + " dbname=" + name;
    };
    for (const Backend& backend :
         {Backend{"none", ""}, Backend{"sqlite", "sqlite:" + folder.file("turnpike.db")},
          Backend{"postgresql", postgres("prompt")}, Backend{"slow", postgres("slow"), 0.01}}) {
        measure(backend, users, folder);
    }
    return 0;
}

}  // namespace
}  // namespace turnpike

int main(int argc, char** argv) {
    try {
        return turnpike::run(argc > 1 ? std::atoi(argv[1]) : 10'000);
    } catch (const std::exception& failure) {
        fmt::print(stderr, "error: {}\n", failure.what());
        return 1;
    }
}
