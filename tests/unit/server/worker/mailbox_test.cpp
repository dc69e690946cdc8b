// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/mailbox.hpp"

#include <atomic>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using Letter = std::unique_ptr<int>;

std::vector<int> read(Mailbox<Letter>& mailbox) {
    std::vector<int> letters;
    mailbox.drain([&letters](Letter&& letter) { letters.push_back(*letter); });
    return letters;
}

TEST_CASE("messages come in order, and the first of them wakes") {
    int woken = 0;
    Mailbox<Letter> mailbox{8, [&woken] { ++woken; }};
    CHECK(read(mailbox).empty());
    for (int number = 0; number < 3; ++number) CHECK(mailbox.push(std::make_unique<int>(number)));
    CHECK(woken == 1);
    CHECK(read(mailbox) == std::vector{0, 1, 2});
    CHECK(mailbox.push(std::make_unique<int>(3)));
    CHECK(woken == 2);
    CHECK(read(mailbox) == std::vector{3});
}

TEST_CASE("a full mailbox drops what comes, counts it, and takes again when it is drained") {
    Mailbox<Letter> mailbox{2, [] {}};
    CHECK(mailbox.push(std::make_unique<int>(1)));
    CHECK(mailbox.push(std::make_unique<int>(2)));
    CHECK_FALSE(mailbox.push(std::make_unique<int>(3)));
    CHECK_FALSE(mailbox.push(std::make_unique<int>(4)));
    CHECK(mailbox.dropped() == 2);
    CHECK(read(mailbox) == std::vector{1, 2});
    CHECK(mailbox.push(std::make_unique<int>(5)));
    CHECK(read(mailbox) == std::vector{5});
    CHECK(mailbox.dropped() == 2);
}

TEST_CASE("what is sent while the mailbox is drained waits for the next time, and wakes") {
    int woken = 0;
    Mailbox<Letter> mailbox{4, [&woken] { ++woken; }};
    CHECK(mailbox.push(std::make_unique<int>(1)));
    const std::size_t handled = mailbox.drain(
        [&mailbox](Letter&& letter) { CHECK(mailbox.push(std::make_unique<int>(*letter + 1))); });
    CHECK(handled == 1);
    CHECK(woken == 2);
    CHECK(read(mailbox) == std::vector{2});
}

TEST_CASE("many senders lose nothing but what is counted, and no wake-up is missed") {
    constexpr std::size_t senders = 4;
    constexpr int each = 5000;
    struct Message {
        std::size_t sender = 0;
        int number = 0;
    };
    std::counting_semaphore<> bell{0};
    Mailbox<Message> mailbox{64, [&bell] { bell.release(); }};
    std::atomic<std::size_t> refused = 0;
    std::atomic<std::size_t> sending = senders;
    std::vector<std::thread> threads;
    for (std::size_t sender = 0; sender < senders; ++sender) {
        threads.emplace_back([&, sender] {
            for (int number = 0; number < each; ++number) {
                if (!mailbox.push({sender, number})) ++refused;
            }
            --sending;
            bell.release();
        });
    }
    std::vector<int> last(senders, -1);
    std::size_t received = 0;
    bool ordered = true;
    for (bool open = true; open;) {
        bell.acquire();
        open = sending != 0;
        received += mailbox.drain([&](Message&& message) {
            ordered = ordered && last[message.sender] < message.number;
            last[message.sender] = message.number;
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(ordered);
    CHECK(received + refused == senders * each);
    CHECK(mailbox.dropped() == refused);
    CHECK(mailbox.drain([](Message&&) {}) == 0);
}

}  // namespace
}  // namespace turnpike::worker
