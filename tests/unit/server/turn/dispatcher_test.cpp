// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/dispatcher.hpp"

#include "tests/support/turn_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

constexpr std::array turn_methods{Method::allocate,     Method::refresh, Method::create_permission,
                                  Method::channel_bind, Method::connect, Method::connection_bind};

// The types of an answer's attributes, in order.
std::vector<int> shape(const Answer& answer) {
    std::vector<int> types;
    const protocol::Message message = answer.message();
    for (const protocol::Attribute attribute : message) types.push_back(attribute.type);
    return types;
}

Octets bare(MessageClass message_class, Method method) {
    Octets room(100);
    MessageBuilder builder{room, message_class, method, {}};
    const auto written = builder.finish();
    return {written.begin(), written.end()};
}

TEST_CASE("unknown methods are met with silence, before authentication", "[A10][X20]") {
    Scenario s;
    for (const unsigned method :
         {0x000U, 0x002U, 0x005U, 0x00CU, 0x00DU, 0x07FU, 0x080U, 0x0FFU, 0x100U, 0xFFFU}) {
        for (const auto message_class : {MessageClass::request, MessageClass::indication,
                                         MessageClass::success, MessageClass::error}) {
            CHECK(s.deliver(s.alice.five_tuple, bare(message_class, static_cast<Method>(method)))
                      .silent());
        }
    }
}

TEST_CASE("a class that the method lacks is met with silence", "[A11][A12][A13]") {
    Scenario s;
    for (const Method method : turn_methods) {
        for (const auto message_class :
             {MessageClass::indication, MessageClass::success, MessageClass::error}) {
            CHECK(s.deliver(s.alice.five_tuple, bare(message_class, method)).silent());
        }
    }
    CHECK(s.deliver(s.alice.five_tuple, bare(MessageClass::request, Method::send)).silent());
    CHECK(s.deliver(s.alice.five_tuple, bare(MessageClass::request, Method::data)).silent());
    CHECK(s.deliver(s.alice.five_tuple, bare(MessageClass::indication, Method::data)).silent());
    CHECK(s.deliver(s.alice.five_tuple, bare(MessageClass::success, Method::binding)).silent());
    CHECK(s.deliver(s.alice.five_tuple, bare(MessageClass::error, Method::binding)).silent());
}

TEST_CASE("every TURN request needs credentials", "[B1][B2][P2][X8]") {
    Scenario s;
    for (const Method method : turn_methods) {
        const Answer answer = s.alice.asks_plainly(method);
        CHECK(answer.code() == 401);
        CHECK(answer.counted_code() == 401);
        CHECK(answer.message().method() == method);
        CHECK(s.last_effects.empty());
    }
}

TEST_CASE("unknown user, wrong password and missing user look alike", "[P6][B4][B5][B6]") {
    Scenario s;
    const Answer missing = s.alice.asks_plainly(Method::allocate);
    s.alice.password = "wrong";
    const Answer wrong_password = s.alice.allocates();
    Client nobody{s, "nobody", "192.0.2.10:50000"};
    const Answer unknown_user = nobody.allocates();
    for (const Answer& answer : {missing, wrong_password, unknown_user}) {
        CHECK(answer.code() == 401);
        CHECK_FALSE(answer.authenticated());
        CHECK(answer.octets().size() == missing.octets().size());
        CHECK(shape(answer) == shape(missing));
    }
    CHECK(shape(missing) == std::vector<int>{0x0009, 0x0014, 0x0015, 0x8002});
}

TEST_CASE("strangers cost nothing that lasts and are never answered from memory", "[P2][A36]") {
    Scenario s;
    for (int count = 0; count < 100; ++count) s.alice.asks_plainly(Method::allocate);
    CHECK(s.dispatcher.allocations().size() == 0);
    CHECK(s.worker.last_opened() == AllocationId{0});
}

TEST_CASE("a broken proof is a bad request and says nothing more", "[B3]") {
    Scenario s;
    const Answer answer = s.alice.asks_plainly(Method::allocate, [](MessageBuilder& request) {
        request.integrity(protocol::Integrity::sha1, protocol::as_octets("key"));
    });
    CHECK(answer.code() == 400);
    CHECK(shape(answer) == std::vector<int>{0x0009});
}

TEST_CASE("a stale nonce is answered with a fresh one, unsigned", "[B7][B26]") {
    Scenario s;
    s.alice.allocates();
    s.alice.refreshes(3600s);
    s.time_passes(3000s);
    CHECK(s.alice.refreshes(3600s).success());
    s.time_passes(700s);  // the nonce is older than an hour
    const Answer stale = s.alice.repeats();
    CHECK(stale.code() == 438);
    CHECK(stale.has(AttributeType::nonce));
    CHECK_FALSE(stale.has(AttributeType::message_integrity));
    CHECK(s.alice.refreshes().success());  // as a client does: with the nonce of the answer
}

TEST_CASE("another user cannot touch an allocation", "[B30][rfc8656-5]") {
    Scenario s;
    s.alice.allocates();
    Client thief{s, "bob", "192.0.2.10:50000"};
    CHECK(thief.refreshes(0s).code() == 441);
    CHECK(thief.permits({peer_v4}).code() == 441);
    CHECK(thief.binds(0x4000, peer_v4).code() == 441);
    CHECK(thief.allocates().code() == 441);
    CHECK(s.allocation_of(s.alice)->grant().username == "alice");
    CHECK(s.routes_of(s.alice) == 0);
}

TEST_CASE("wrong or missing credentials leave the allocation alone", "[B31][rfc8656-21.3.3]") {
    Scenario s;
    s.alice.allocates();
    CHECK(
        s.alice.asks_plainly(Method::refresh, [](MessageBuilder& request) { request.lifetime(0s); })
            .code() == 401);
    s.alice.password = "wrong";
    CHECK(s.alice.refreshes(0s).code() == 401);
    s.alice.password = "secret";
    CHECK(s.alice.refreshes().success());
}

TEST_CASE("after a refusal the same five-tuple may try another user", "[B9]") {
    Scenario s;
    Client nobody{s, "nobody", "192.0.2.10:50000"};
    CHECK(nobody.allocates().code() == 401);
    CHECK(s.alice.allocates().success());
}

// Step by step: each request is wrong in every later way too.
TEST_CASE("the first thing that is wrong decides the code", "[B30][D2][E1][A14][D3]") {
    Scenario s;
    const Write unknown_and_malformed =
        all({attribute(AttributeType{0x7FFF}, {}), attribute(AttributeType::lifetime, {1})});
    CHECK(s.alice.asks_plainly(Method::refresh, unknown_and_malformed).code() == 401);
    CHECK(s.alice.asks(Method::refresh, unknown_and_malformed).code() == 437);
    CHECK(s.alice.asks(Method::allocate, unknown_and_malformed).code() == 420);
    s.alice.allocates();
    CHECK(s.alice.asks(Method::allocate, unknown_and_malformed).code() == 437);
    CHECK(s.alice.asks(Method::refresh, unknown_and_malformed).code() == 420);
    Client thief{s, "bob", "192.0.2.10:50000"};
    CHECK(thief.asks(Method::refresh, unknown_and_malformed).code() == 441);
}

TEST_CASE("an answer about unknown attributes is signed for who proved himself", "[A14][B15]") {
    Scenario s;
    const Answer answer = s.alice.allocates(attribute(AttributeType{0x7ABC}, {1, 2, 3}));
    CHECK(answer.code() == 420);
    CHECK(answer.authenticated());
    CHECK(answer.value(AttributeType::unknown_attributes) == std::vector<int>{0x7A, 0xBC});
}

TEST_CASE("attributes after the integrity count for nothing", "[B13]") {
    Scenario s;
    const Answer answer = s.alice.asks(Method::allocate, [](MessageBuilder& request) {
        request.requested_transport(protocol::protocol_udp);
    });
    CHECK(answer.success());
    Octets room(200);
    MessageBuilder builder{room, MessageClass::request, Method::allocate, s.fresh_id()};
    builder.integrity(protocol::Integrity::sha1, protocol::as_octets("key"));
    builder.flag(AttributeType{0x7FFF});
    CHECK(s.deliver(s.bob.five_tuple, builder.finish()).code() == 400);  // not 420
}

TEST_CASE("a time-limited name may not allocate after its expiry", "[B36][B38]") {
    Scenario s;
    const auto expiry = s.now.wall + 100s;
    s.alice.username = auth::timed_username(expiry, "carol", "");
    s.alice.password = auth::timed_password("sesame", s.alice.username);
    CHECK(s.alice.allocates().success());
    s.time_passes(99s);
    CHECK(s.alice.allocates().code() == 437);
    s.time_passes(1s);

    SECTION("though what it has goes on") {
        CHECK(s.alice.refreshes(3600s).lifetime() == 3600s);
        CHECK(s.alice.permits({peer_v4}).success());
        CHECK(s.alice.binds(0x4000, peer_v4).success());
    }
    SECTION("and is challenged like anyone else") {
        s.alice.refreshes(0s);
        const Answer answer = s.alice.allocates();
        CHECK(answer.code() == 401);
        CHECK_FALSE(answer.authenticated());
        CHECK(answer.has(AttributeType::nonce));
    }
}

TEST_CASE("where the expiry is a deadline it ends the relay on its second", "[B38][D20][B55]") {
    Scenario s{{.secrets = {{.secret = "sesame", .expiry_ends_relay = true}}}};
    s.alice.username = auth::timed_username(s.now.wall + 700s, "carol", "");
    s.alice.password = auth::timed_password("sesame", s.alice.username);
    CHECK(s.alice.allocates().lifetime() == 600s);
    const AllocationId id = s.allocation_of(s.alice)->id();
    s.time_passes(200s);
    CHECK(s.alice.refreshes(3600s).lifetime() == 500s);
    s.time_passes(500s - 1ms);
    CHECK(s.allocation_of(s.alice) != nullptr);
    s.time_passes(1ms);
    CHECK(s.allocation_of(s.alice) == nullptr);
    CHECK(s.worker.end_of(id) == EndReason::deadline);
    CHECK(s.alice.allocates().code() == 401);
}

TEST_CASE("a grant with less than a second left opens nothing", "[B38][D20][D30]") {
    Scenario s{{.secrets = {{.secret = "sesame", .expiry_ends_relay = true}}}};
    s.alice.username = auth::timed_username(s.now.wall + 10s, "carol", "");
    s.alice.password = auth::timed_password("sesame", s.alice.username);
    s.clock_jumps(9s + 1ms);
    CHECK(s.alice.allocates().code() == 401);
    CHECK(s.worker.last_opened() == AllocationId{0});
}

TEST_CASE("whom a limit keeps out is told which, and one whom it ended too") {
    std::optional<auth::Limit> refusal;
    Scenario s{{.grants = [&refusal](auth::Grant& grant) { grant.refusal = refusal; }}};
    CHECK(s.alice.allocates().lifetime() == 600s);
    const AllocationId id = s.allocation_of(s.alice)->id();
    refusal = auth::Limit::account_disabled;
    CHECK(s.alice.refreshes(600s).lifetime() == 600s);  // until the worker hears of the change
    Effects effects;
    s.dispatcher.end(id, EndReason::withdrawn, effects, refusal);
    s.worker.carry_out(effects);
    const auto refreshed = s.alice.refreshes();
    CHECK(refreshed.code() == 437);
    CHECK(refreshed.reason() == "Account Is Disabled");
    const auto again = s.alice.allocates();
    CHECK(again.code() == 403);
    CHECK(again.reason() == "Account Is Disabled");
    CHECK(again.authenticated());
    refusal.reset();
    CHECK(s.alice.allocates().lifetime() == 600s);
}

TEST_CASE("a deadline that has come keeps its user out, and says whose it was") {
    std::optional<TimePoint> deadline;
    Scenario s{{.grants = [&deadline](auth::Grant& grant) {
        grant.deadline = deadline;
        grant.deadline_by = auth::Limit::call_time;
    }}};
    deadline = s.now.steady + 40s;
    CHECK(s.alice.allocates().lifetime() == 40s);
    s.time_passes(40s);
    CHECK(s.alice.refreshes().code() == 437);
    CHECK(s.alice.allocates().code() == 403);
    CHECK(s.alice.allocates().reason() == "Call Time Is Over");
}

TEST_CASE("a session's limit ends it, and the next session is a new one", "[D20][B55]") {
    Settings settings;
    settings.session_limit = 900s;
    Scenario s{{.settings = settings}};
    CHECK(s.alice.allocates([](MessageBuilder& request) { request.lifetime(3600s); }).lifetime() ==
          900s);
    const AllocationId id = s.allocation_of(s.alice)->id();
    s.time_passes(899s);
    CHECK(s.alice.refreshes(3600s).lifetime() == 1s);
    s.time_passes(1s);
    CHECK(s.worker.end_of(id) == EndReason::deadline);
    CHECK(s.alice.refreshes().code() == 437);
    CHECK(s.alice.allocates().lifetime() == 600s);
}

// LIFETIME 0 would read like a deletion, and the client give up what is left.
TEST_CASE("in the last second a refresh over datagrams is answered when it is over") {
    Settings settings;
    settings.session_limit = 900s;
    Scenario s{{.settings = settings}};
    SECTION("which asks again") {
        s.alice.allocates();
        s.time_passes(500s);
        s.alice.refreshes(600s);
        s.time_passes(399500ms);
        CHECK(s.alice.refreshes(600s).silent());
        CHECK(s.allocation_of(s.alice) != nullptr);
        CHECK(s.alice.refreshes(0s).success());
        CHECK(s.allocation_of(s.alice) == nullptr);
    }
    SECTION("but over a stream at once, which asks but once") {
        s.alice.five_tuple.transport = protocol::Transport::tcp;
        s.alice.allocates();
        s.time_passes(500s);
        s.alice.refreshes(600s);
        s.time_passes(399500ms);
        CHECK(s.alice.refreshes(600s).lifetime() == 0s);
    }
}

TEST_CASE("a lost connection ends its allocation and no other", "[D37][I18][X27]") {
    Scenario s;
    s.alice.five_tuple.transport = protocol::Transport::tcp;
    s.alice.allocates();
    s.bob.allocates();
    const AllocationId id = s.allocation_of(s.alice)->id();
    s.alice.disconnects();
    CHECK(s.worker.end_of(id) == EndReason::disconnected);
    CHECK(s.allocation_of(s.bob) != nullptr);
    s.alice.disconnects();
    CHECK(s.alice.allocates().success());
}

TEST_CASE("UDP and TCP with equal numbers are different five-tuples", "[D33]") {
    Scenario s;
    s.alice.allocates();
    s.alice.five_tuple.transport = protocol::Transport::tcp;
    CHECK(s.alice.refreshes().code() == 437);
    CHECK(s.alice.allocates().success());
    CHECK(s.dispatcher.allocations().size() == 2);
}

TEST_CASE("the worker may end one allocation or all of them", "[P7]") {
    Scenario s;
    s.alice.allocates();
    s.bob.allocates();
    const AllocationId first = s.allocation_of(s.alice)->id();
    Effects effects;
    s.dispatcher.end(first, EndReason::deadline, effects);
    s.dispatcher.end(first, EndReason::deadline, effects);
    s.dispatcher.end_all(EndReason::shutdown, effects);
    s.worker.carry_out(effects);
    s.check_truth();
    CHECK(s.worker.held().empty());
    CHECK(s.worker.end_of(first) == EndReason::deadline);
    s.dispatcher.on_time(first, s.now.steady, effects);
}

}  // namespace
}  // namespace turnpike::turn
