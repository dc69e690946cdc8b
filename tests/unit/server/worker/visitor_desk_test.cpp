// SPDX-License-Identifier: BSD-3-Clause
//
// What one worker does with what is another's; that it arrives and is answered is told in
// mobility_test.cpp.
#include "server/worker/visitor_desk.hpp"

#include "protocol/message_builder.hpp"
#include "server/worker/allocation_owner.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/running_workers.hpp"

namespace turnpike::worker {
namespace {

using protocol::Bytes;
using protocol::FiveTuple;
using telemetry::Counter;
using test::endpoint;

config::Config mobile_config() {
    auto config = test::loopback_config();
    config.relay.mobility = true;
    return config;
}

// The desk of worker 0 of three.
struct Desk {
    // Whether the message is taken care of.
    bool pass_on(const FiveTuple& from, Bytes octets, bool passed_on = false) {
        const auto decoded = protocol::Message::decode(octets);
        const ClientMessage message{.five_tuple = from,
                                    .link = link,
                                    .octets = octets,
                                    .packet = nullptr,
                                    .now = {},
                                    .passed_on = passed_on};
        return desk.pass_on(message, decoded ? &*decoded : nullptr);
    }
    // A Refresh with a ticket for an allocation of this worker.
    test::Octets refresh(WorkerIndex owner) {
        test::Octets buffer(200);
        protocol::MessageBuilder builder{
            buffer, protocol::MessageClass::request, protocol::Method::refresh, {}};
        builder.bytes(
            protocol::AttributeType::mobility_ticket,
            *workers.rules.get()->settings.turn.mobility->make({name_allocation(owner, 1), 0}));
        buffer.resize(builder.finish().size());
        return buffer;
    }
    std::vector<VisitorMail> mail_for(WorkerIndex worker) {
        std::vector<VisitorMail> mail;
        post_office.collect_visitors(
            worker, [&](VisitorMail&& each) { mail.push_back(std::move(each)); },
            [](const Dismissal&) {});
        return mail;
    }
    std::vector<Dismissal> dismissals_for(WorkerIndex worker) {
        std::vector<Dismissal> dismissals;
        post_office.collect_visitors(
            worker, [](VisitorMail&&) {},
            [&](const Dismissal& each) { dismissals.push_back(each); });
        return dismissals;
    }

    test::RunningWorkers workers{1, mobile_config()};
    telemetry::WorkerCounters counters;
    Context context{.index = 0, .shared = workers.shared, .counters = counters};
    PostOffice post_office{3};
    ClientLink link;
    bool associated = false;
    VisitorDesk desk{context, post_office, [this](const FiveTuple&) { return associated; }};
};

const FiveTuple cafe{endpoint("192.0.2.99:1234"), endpoint("192.0.2.1:3478")};
const test::Octets channel_data(8, std::byte{0x40});

TEST_CASE("whoever shows another worker's ticket is that worker's from then on", "[N3][N8]") {
    Desk zero;
    CHECK_FALSE(zero.pass_on(cafe, channel_data));
    const auto refresh = zero.refresh(2);
    CHECK(zero.pass_on(cafe, refresh));
    CHECK(zero.pass_on(cafe, channel_data));
    const auto mail = zero.mail_for(2);
    REQUIRE(mail.size() == 2);
    CHECK(mail[0].five_tuple == cafe);
    CHECK(mail[0].from == 0);
    CHECK(std::ranges::equal(mail[0].octets, refresh));
    CHECK(std::ranges::equal(mail[1].octets, channel_data));
    CHECK(zero.counters.read(Counter::passed_on) == 2);

    // The other worker knows nothing of it, as of the first message and then as of the last.
    zero.desk.dismiss({cafe, mail[0].number});
    CHECK(zero.pass_on(cafe, channel_data));
    zero.desk.dismiss({cafe, zero.mail_for(2).front().number});
    CHECK_FALSE(zero.pass_on(cafe, channel_data));
}

TEST_CASE("what is one's own, comes by a connection or has come a long way is not passed on",
          "[N3][threats]") {
    Desk zero;
    CHECK_FALSE(zero.pass_on(cafe, zero.refresh(0)));
    FiveTuple connection = cafe;
    connection.transport = protocol::Transport::tcp;
    CHECK_FALSE(zero.pass_on(connection, zero.refresh(2)));
    CHECK_FALSE(zero.pass_on(cafe, channel_data, true));
    CHECK_FALSE(zero.pass_on(cafe, zero.refresh(0), true));
    // Gone astray: dropped, and sent the right way when it is sent again.
    CHECK(zero.pass_on(cafe, zero.refresh(2), true));
    CHECK(zero.counters.read(Counter::drop_no_allocation) == 1);
    CHECK(zero.counters.read(Counter::passed_on) == 0);
    CHECK(zero.mail_for(2).empty());
}

TEST_CASE("a worker that falls behind costs messages, and each is counted", "[P7][threats]") {
    Desk zero;
    const auto refresh = zero.refresh(1);
    for (std::size_t count = 0; count < PostOffice::capacity + 5; ++count) {
        CHECK(zero.pass_on(cafe, refresh));
    }
    CHECK(zero.counters.read(Counter::passed_on) == PostOffice::capacity);
    CHECK(zero.counters.read(Counter::drop_mailbox_full) == 5);
    CHECK(zero.mail_for(1).size() == PostOffice::capacity);
}

TEST_CASE("whose first message finds no room is nobody's visitor", "[P7][threats]") {
    Desk zero;
    const auto refresh = zero.refresh(1);
    FiveTuple stranger = cafe;
    while (zero.counters.read(Counter::drop_mailbox_full) < 100) {
        ++stranger.client.port;
        CHECK(zero.pass_on(stranger, refresh));
    }
    CHECK(zero.desk.visitors() == PostOffice::capacity);
    CHECK(zero.pass_on(cafe, refresh));
    CHECK_FALSE(zero.pass_on(cafe, channel_data));
    // A message that is lost does not count: what was served before it is the last.
    const FiveTuple last = zero.mail_for(1).back().five_tuple;
    for (std::size_t count = 0; count < PostOffice::capacity + 1; ++count) {
        CHECK(zero.pass_on(last, channel_data));
    }
    const auto mail = zero.mail_for(1);
    REQUIRE(mail.size() == PostOffice::capacity);
    zero.desk.dismiss({last, mail.back().number});
    CHECK(zero.desk.visitors() == PostOffice::capacity - 1);
}

TEST_CASE("an association's datagrams follow it to its owner", "[N3][N12]") {
    Desk zero;
    FiveTuple cafe_dtls = cafe;
    cafe_dtls.transport = protocol::Transport::dtls;
    CHECK_FALSE(zero.pass_on(cafe_dtls, channel_data));
    const auto refresh = zero.refresh(2);
    const ClientMessage first{
        .five_tuple = cafe_dtls, .link = zero.link, .octets = refresh, .now = {}};
    REQUIRE(zero.desk.hand_over(2, first, {}));
    CHECK(zero.pass_on(cafe_dtls, channel_data));
    CHECK_FALSE(zero.pass_on(cafe, channel_data));  // the same address without DTLS
    const auto mail = zero.mail_for(2);
    REQUIRE(mail.size() == 2);
    CHECK(mail[0].association != nullptr);
    CHECK(std::ranges::equal(mail[0].octets, refresh));
    CHECK(mail[1].association == nullptr);
}

TEST_CASE("who comes by another worker is remembered as long as it is known here",
          "[N8][threats]") {
    Desk zero;
    zero.associated = true;
    zero.desk.served({.five_tuple = cafe, .from = 2, .number = 4, .octets = {}, .association = {}});
    zero.desk.served({.five_tuple = cafe, .from = 2, .number = 9, .octets = {}, .association = {}});
    zero.desk.sweep({});
    CHECK(zero.desk.guests() == 1);
    CHECK(zero.dismissals_for(2).empty());
    // It has gone without a word; its worker is told, now or when there is room to tell it.
    zero.associated = false;
    std::size_t filled = 0;
    while (zero.post_office.dismiss(2, {})) ++filled;
    zero.desk.sweep({});
    CHECK(zero.desk.guests() == 1);
    CHECK(zero.dismissals_for(2).size() == filled);
    zero.desk.sweep({});
    CHECK(zero.desk.guests() == 0);
    const auto dismissals = zero.dismissals_for(2);
    REQUIRE(dismissals.size() == 1);
    CHECK(dismissals[0].five_tuple == cafe);
    CHECK(dismissals[0].number == 9);
}

TEST_CASE("who passes messages on in vain is told", "[N5]") {
    Desk zero;
    zero.desk.served({.five_tuple = cafe, .from = 1, .number = 9, .octets = {}, .association = {}});
    CHECK(zero.desk.guests() == 0);
    const auto dismissals = zero.dismissals_for(1);
    REQUIRE(dismissals.size() == 1);
    CHECK(dismissals[0].five_tuple == cafe);
    CHECK(dismissals[0].number == 9);
}

}  // namespace
}  // namespace turnpike::worker
