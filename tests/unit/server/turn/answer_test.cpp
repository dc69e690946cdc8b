// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/answer.hpp"

#include "tests/support/turn_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

TEST_CASE("the answer to a stranger is small", "[P1][rfc8489-16.1.2]") {
    Scenario s;
    SECTION("a challenge of an Allocate of 28 octets is at most three times that") {
        const Answer answer = s.alice.asks_plainly(Method::allocate, [](MessageBuilder& request) {
            request.requested_transport(protocol::protocol_udp);
        });
        CHECK(answer.code() == 401);
        CHECK(answer.octets().size() <= 3 * 28);
        CHECK_FALSE(answer.has(AttributeType::software));
        CHECK_FALSE(answer.authenticated());
    }
    SECTION("a Binding of 20 octets is answered with at most twice that") {
        CHECK(s.alice.asks_plainly(Method::binding).octets().size() <= 2 * 20);
    }
    SECTION("a list of unknown attributes is at most twice its request") {
        const Answer answer = s.alice.asks_plainly(
            Method::binding, [](MessageBuilder& request) { request.flag(AttributeType{0x7FFF}); });
        CHECK(answer.code() == 420);
        CHECK(answer.octets().size() <= 2 * 24);
    }
    SECTION("a request with a broken proof gets less than it sent") {
        const Answer answer = s.alice.asks_plainly(Method::allocate, [](MessageBuilder& request) {
            request.integrity(protocol::Integrity::sha1, protocol::as_octets("0123456789abcdef"));
        });
        CHECK(answer.code() == 400);
        CHECK(answer.octets().size() <= 44);
    }
}

TEST_CASE("no reason phrase is spent on a stranger", "[P1][P9]") {
    Scenario s;
    const Answer answer = s.alice.asks_plainly(Method::refresh);
    CHECK(protocol::error_code(answer.message())->reason.empty());
}

TEST_CASE("success and error alike are signed for who proved himself", "[B15][rfc8489-9.2.4]") {
    Scenario s;
    s.alice.negotiates_sha256 = GENERATE(false, true);
    const Answer success = s.alice.allocates();  // the client checks the signature
    const Answer error = s.alice.allocates();
    const auto expected = s.alice.negotiates_sha256 ? AttributeType::message_integrity_sha256
                                                    : AttributeType::message_integrity;
    const auto never = s.alice.negotiates_sha256 ? AttributeType::message_integrity
                                                 : AttributeType::message_integrity_sha256;
    CHECK(success.success());
    CHECK(error.code() == 437);
    for (const Answer& answer : {success, error}) {
        CHECK(answer.authenticated());
        CHECK(answer.has(expected));
        CHECK_FALSE(answer.has(never));
    }
}

TEST_CASE("what signs an answer is not repeated in it", "[B16]") {
    Scenario s;
    const Answer success = s.alice.allocates();
    for (const auto type : {AttributeType::username, AttributeType::userhash, AttributeType::realm,
                            AttributeType::nonce}) {
        CHECK_FALSE(success.has(type));
    }
}

TEST_CASE("SOFTWARE names the program unless it is switched off", "[A27][P9]") {
    CHECK(protocol::as_text(
              Scenario{}.alice.allocates().message().find(AttributeType::software)->value) ==
          "Turnpike");
    Settings settings;
    settings.software.clear();
    Scenario quiet{{.settings = settings}};
    const Answer answer = quiet.alice.allocates();
    CHECK(answer.success());
    CHECK_FALSE(answer.has(AttributeType::software));
}

TEST_CASE("FINGERPRINT is answered with FINGERPRINT", "[A28][A30]") {
    Scenario s;
    s.alice.fingerprints = GENERATE(false, true);
    CHECK(s.alice.asks_plainly(Method::binding).has(AttributeType::fingerprint) ==
          s.alice.fingerprints);
    CHECK(s.alice.asks_plainly(Method::allocate).has(AttributeType::fingerprint) ==
          s.alice.fingerprints);
    CHECK(s.alice.allocates().has(AttributeType::fingerprint) == s.alice.fingerprints);
    CHECK(s.alice.allocates().has(AttributeType::fingerprint) == s.alice.fingerprints);
}

TEST_CASE("every answer carries its request's id and every error its code", "[A2][A26]") {
    Scenario s;
    const Answer first = s.alice.allocates();
    const Answer second = s.alice.allocates();
    CHECK(first.message().transaction_id() != second.message().transaction_id());
    CHECK(second.message().message_class() == MessageClass::error);
    CHECK(second.code() == second.counted_code());
    CHECK(second.message().method() == Method::allocate);
}

TEST_CASE("an answer that does not fit is not sent", "[A33]") {
    Scenario s;
    s.fault.reply_octets = 30;
    CHECK(s.alice.asks_plainly(Method::binding).silent());
    CHECK(s.alice.asks_plainly(Method::binding).success());
}

}  // namespace
}  // namespace turnpike::turn
