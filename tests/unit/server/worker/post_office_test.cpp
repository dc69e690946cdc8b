// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/post_office.hpp"

#include <unistd.h>

#include <fcntl.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::worker {
namespace {

using test::endpoint;

relay::PeerBound datagram(std::string_view payload) {
    return {endpoint("192.0.2.1:1"), endpoint("192.0.2.2:2"), protocol::as_octets(payload)};
}

std::vector<std::string> collected(PostOffice& office, WorkerIndex own) {
    std::vector<std::string> texts;
    office.collect(
        own,
        [&](const relay::PeerBound& mail) { texts.emplace_back(protocol::as_text(mail.payload)); },
        [](HandedConnection&&) {});
    return texts;
}

HandedConnection connection(int descriptor, const char* client) {
    return {.socket = net::FileDescriptor{::dup(descriptor)},
            .connection = {descriptor, protocol::ChannelRange::rfc5766, 1000},
            .five_tuple = {endpoint(client), endpoint("192.0.2.9:3478"), protocol::Transport::tcp},
            .place = {}};
}

TEST_CASE("what found a mailbox full is counted by mailbox, over all workers") {
    PostOffice office{2};
    for (std::size_t count = 0; count < PostOffice::capacity; ++count) {
        REQUIRE(office.post(0, datagram("x")));
        REQUIRE(office.post(1, datagram("x")));
    }
    CHECK(office.dropped() == std::array<std::uint64_t, 5>{0, 0, 0, 0, 0});
    CHECK_FALSE(office.post(0, datagram("x")));
    CHECK_FALSE(office.post(1, datagram("x")));
    for (std::size_t count = 0; count <= PostOffice::notices_capacity; ++count) {
        office.tell(0, accounts::Changed{});
    }
    CHECK(office.dropped() == std::array<std::uint64_t, 5>{2, 0, 0, 0, 1});
}

TEST_CASE("a datagram arrives as it was posted, at whom it was posted to", "[H12]") {
    PostOffice office{2};
    const std::string large(65507, 'x');
    REQUIRE(office.post(1, datagram("hello")));
    REQUIRE(office.post(1, datagram(large)));
    CHECK(collected(office, 0).empty());
    office.collect(
        1,
        [&, first = true](const relay::PeerBound& mail) mutable {
            CHECK(mail.source == endpoint("192.0.2.1:1"));
            CHECK(mail.peer == endpoint("192.0.2.2:2"));
            CHECK(protocol::as_text(mail.payload) ==
                  (std::exchange(first, false) ? "hello" : large));
        },
        [](HandedConnection&&) {});
}

TEST_CASE("the bell rings while there is something to collect") {
    PostOffice office{1};
    const auto bell = office.bell(0);
    CHECK_FALSE(test::wait_for(bell.get(), POLLIN, std::chrono::milliseconds{0}));
    REQUIRE(office.post(0, datagram("one")));
    REQUIRE(office.post(0, datagram("two")));
    CHECK(test::wait_for(bell.get(), POLLIN));
    CHECK(collected(office, 0) == std::vector<std::string>{"one", "two"});
    CHECK_FALSE(test::wait_for(bell.get(), POLLIN, std::chrono::milliseconds{0}));
}

TEST_CASE("a full mailbox refuses and keeps what it has", "[threats]") {
    PostOffice office{1};
    for (std::size_t index = 0; index < PostOffice::capacity; ++index) {
        REQUIRE(office.post(0, datagram("kept")));
    }
    CHECK_FALSE(office.post(0, datagram("one too many")));
    CHECK(collected(office, 0).size() == PostOffice::capacity);
    CHECK(office.post(0, datagram("room again")));
}

TEST_CASE("a connection arrives where it was handed to, and its bell rings", "[J15]") {
    PostOffice office{2};
    const auto bell = office.bell(1);
    REQUIRE(office.hand_over(1, connection(bell.get(), "192.0.2.1:1")));
    CHECK(test::wait_for(bell.get(), POLLIN));
    int arrived = 0;
    office.collect(
        1, [](const relay::PeerBound&) {},
        [&](HandedConnection&& handed) {
            CHECK(handed.five_tuple.client == endpoint("192.0.2.1:1"));
            CHECK(handed.socket);
            ++arrived;
        });
    CHECK(arrived == 1);
}

TEST_CASE("connections have room of their own, and one too many is closed", "[threats]") {
    PostOffice office{1};
    const auto bell = office.bell(0);
    for (std::size_t index = 0; index < PostOffice::capacity; ++index) {
        REQUIRE(office.post(0, datagram("kept")));
    }
    for (std::size_t index = 0; index < PostOffice::connections_capacity; ++index) {
        REQUIRE(office.hand_over(0, connection(bell.get(), "192.0.2.1:1")));
    }
    const auto last = ::fcntl(bell.get(), F_DUPFD_CLOEXEC, 0);
    HandedConnection refused = connection(bell.get(), "192.0.2.1:2");
    refused.socket = net::FileDescriptor{last};
    CHECK_FALSE(office.hand_over(0, std::move(refused)));
    CHECK(::fcntl(last, F_GETFD) == -1);
}

TEST_CASE("every message of several senders arrives, in the order of its sender") {
    PostOffice office{1};
    const auto bell = office.bell(0);
    constexpr int senders = 3;
    constexpr int messages = 300;
    std::vector<std::thread> threads;
    for (int sender = 0; sender < senders; ++sender) {
        threads.emplace_back([&office, sender] {
            for (int number = 0; number < messages;) {
                const std::string text = std::to_string(sender) + " " + std::to_string(number);
                if (office.post(0, datagram(text))) {
                    ++number;
                } else {
                    std::this_thread::yield();
                }
            }
        });
    }
    std::vector<int> next(senders, 0);
    int received = 0;
    while (received < senders * messages && test::wait_for(bell.get(), POLLIN)) {
        for (const std::string& text : collected(office, 0)) {
            const auto sender = static_cast<std::size_t>(text[0] - '0');
            REQUIRE(text == std::to_string(sender) + " " + std::to_string(next[sender]++));
            ++received;
        }
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(received == senders * messages);
}

}  // namespace
}  // namespace turnpike::worker
