// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/post_office.hpp"

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
    office.collect(own, [&](const relay::PeerBound& mail) {
        texts.emplace_back(protocol::as_text(mail.payload));
    });
    return texts;
}

TEST_CASE("a datagram arrives as it was posted, at whom it was posted to", "[H12]") {
    PostOffice office{2};
    const std::string large(65507, 'x');
    REQUIRE(office.post(1, datagram("hello")));
    REQUIRE(office.post(1, datagram(large)));
    CHECK(collected(office, 0).empty());
    office.collect(1, [&, first = true](const relay::PeerBound& mail) mutable {
        CHECK(mail.source == endpoint("192.0.2.1:1"));
        CHECK(mail.peer == endpoint("192.0.2.2:2"));
        CHECK(protocol::as_text(mail.payload) == (std::exchange(first, false) ? "hello" : large));
    });
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
