// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/dialogue.hpp"

#include "protocol/attributes.hpp"
#include "protocol/message.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

using protocol::AttributeType;
using protocol::Message;
using protocol::MessageBuilder;

// A server that answers what it is told to.
struct Talk {
    Message request(protocol::Bytes octets) {
        const auto message = Message::decode(octets);
        REQUIRE(message.has_value());
        return *message;
    }
    Dialogue::Answer challenge(const Message& request, protocol::ErrorCode code,
                               std::string_view nonce) {
        MessageBuilder builder = MessageBuilder::error(answer, request, code);
        builder.text(AttributeType::realm, "example.org");
        builder.text(AttributeType::nonce, nonce);
        return dialogue.take(builder.finish());
    }
    Dialogue::Answer succeed(const Message& request) {
        MessageBuilder builder = MessageBuilder::success(answer, request);
        return dialogue.take(builder.finish());
    }
    protocol::Bytes allocate(std::uint8_t number) {
        return dialogue.allocate(buffer, {{std::byte{number}}});
    }

    Identity identity{{"alice", "wonderland"}};
    Dialogue dialogue{identity};
    RequestBuffer buffer{};
    RequestBuffer answer{};
};

TEST_CASE("a challenge is taken up, and the request made again is signed", "[rfc8489-9.2]") {
    Talk talk;
    const Message first = talk.request(talk.allocate(1));
    CHECK_FALSE(first.has(AttributeType::username));
    CHECK(talk.challenge(first, protocol::ErrorCode::unauthenticated, "nonce-1") ==
          Dialogue::Answer::challenged);
    const Message second = talk.request(talk.allocate(2));
    CHECK(*protocol::username(second) == "alice");
    CHECK(*protocol::nonce(second) == "nonce-1");
    CHECK(protocol::verify_integrity(second, protocol::Integrity::sha1,
                                     talk.identity.key().octets()));
    CHECK(talk.succeed(second) == Dialogue::Answer::success);
}

TEST_CASE("a stale nonce is replaced, a wrong password ends it") {
    Talk talk;
    (void)talk.challenge(talk.request(talk.allocate(1)), protocol::ErrorCode::unauthenticated, "a");
    CHECK(talk.challenge(talk.request(talk.allocate(2)), protocol::ErrorCode::stale_nonce, "b") ==
          Dialogue::Answer::challenged);
    CHECK(*protocol::nonce(talk.request(talk.allocate(3))) == "b");
    CHECK(talk.challenge(talk.request(talk.allocate(4)), protocol::ErrorCode::unauthenticated,
                         "c") == Dialogue::Answer::refused);
    CHECK(talk.dialogue.refusal() == "401 Unauthenticated");
}

TEST_CASE("a server that only ever challenges is refused in the end") {
    Talk talk;
    (void)talk.challenge(talk.request(talk.allocate(1)), protocol::ErrorCode::unauthenticated, "a");
    (void)talk.challenge(talk.request(talk.allocate(2)), protocol::ErrorCode::stale_nonce, "b");
    CHECK(talk.challenge(talk.request(talk.allocate(3)), protocol::ErrorCode::stale_nonce, "c") ==
          Dialogue::Answer::refused);
}

TEST_CASE("a refusal says its code and reason") {
    Talk talk;
    const Message request = talk.request(talk.allocate(1));
    MessageBuilder builder =
        MessageBuilder::error(talk.answer, request, protocol::ErrorCode::allocation_quota_reached);
    CHECK(talk.dialogue.take(builder.finish()) == Dialogue::Answer::refused);
    CHECK(talk.dialogue.refusal() == "486 Allocation Quota Reached");
}

TEST_CASE("an answer to an earlier request, or none at all, is passed over") {
    Talk talk;
    RequestBuffer earlier{};
    const auto old = talk.request(talk.dialogue.allocate(earlier, {{std::byte{1}}}));
    (void)talk.allocate(2);
    CHECK(talk.succeed(old) == Dialogue::Answer::unrelated);
    CHECK(talk.dialogue.take(protocol::as_octets("no STUN")) == Dialogue::Answer::unrelated);
}

TEST_CASE("each request has what its method asks for") {
    Talk talk;
    const auto peer = protocol::Endpoint::parse("192.0.2.7:9").value();
    const auto bind = talk.request(talk.dialogue.bind_channel(talk.buffer, {}, 0x4000, peer));
    CHECK(*protocol::channel_number(bind) == 0x4000);
    CHECK(*protocol::xor_peer_address(bind) == peer);
    const auto permit = talk.request(talk.dialogue.permit(talk.answer, {}, peer));
    CHECK(*protocol::xor_peer_address(permit) == peer);
    const auto refresh =
        talk.request(talk.dialogue.refresh(talk.buffer, {}, std::chrono::seconds{0}));
    CHECK(*protocol::lifetime(refresh) == std::chrono::seconds{0});
}

}  // namespace
}  // namespace turnpike::bench
