// SPDX-License-Identifier: BSD-3-Clause
#include "client/client.hpp"

#include "auth/password.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/loopback_server.hpp"

namespace turnpike::client {
namespace {

using namespace std::chrono_literals;
using protocol::AttributeType;
using protocol::Endpoint;
using protocol::ErrorCode;
using protocol::Message;
using protocol::MessageBuilder;
using test::LoopbackServer;

const Endpoint relayed = *Endpoint::parse("192.0.2.1:50000");
const Endpoint mapped = *Endpoint::parse("198.51.100.7:40000");

// Answers like a server of realm example.org whose user alice has the password "secret".
class Script {
public:
    std::vector<std::byte> operator()(protocol::Bytes octets) {
        const auto request = Message::decode(octets);
        if (!request) return {};
        if (lose_first_ && !std::exchange(lost_, true)) return {};
        std::array<std::byte, 512> buffer;
        const auto answer = request->method() == protocol::Method::binding
                                ? binding(buffer, *request)
                                : allocate(buffer, *request);
        return {answer.begin(), answer.end()};
    }
    void lose_first() { lose_first_ = true; }

private:
    static protocol::Bytes binding(protocol::MutableBytes buffer, const Message& request) {
        auto builder = MessageBuilder::success(buffer, request);
        builder.xor_address(AttributeType::xor_mapped_address, mapped);
        return builder.finish();
    }
    static protocol::Bytes allocate(protocol::MutableBytes buffer, const Message& request) {
        const auto key = auth::derive_md5("alice", "example.org", "secret");
        if (!protocol::verify_integrity(request, protocol::Integrity::sha1, key.octets())) {
            auto builder = MessageBuilder::error(buffer, request, ErrorCode::unauthenticated);
            builder.text(AttributeType::realm, "example.org");
            builder.text(AttributeType::nonce, "once");
            return builder.finish();
        }
        auto builder = MessageBuilder::success(buffer, request);
        builder.xor_address(AttributeType::xor_relayed_address, relayed);
        builder.xor_address(AttributeType::xor_mapped_address, mapped);
        builder.lifetime(600s);
        builder.integrity(protocol::Integrity::sha1, key.octets());
        return builder.finish();
    }

    bool lose_first_ = false;
    bool lost_ = false;
};

Client connect(const LoopbackServer& server) {
    const auto uri = protocol::Uri::parse("turn:" + server.host_and_port());
    REQUIRE(uri.has_value());
    auto connection = Connection::open(*uri, {});
    REQUIRE(connection.has_value());
    return Client{std::move(*connection), 5s};
}

TEST_CASE("a challenge is answered with the credential", "[B2][B10]") {
    const LoopbackServer server{SOCK_DGRAM, Script{}};
    auto client = connect(server);
    client.log_in({"alice", "secret"});
    const auto allocation = client.allocate();
    REQUIRE(allocation.has_value());
    CHECK(allocation->relayed == relayed);
    CHECK(allocation->mapped == mapped);
    CHECK(allocation->lifetime == 600s);
    CHECK(client.realm() == "example.org");
}

TEST_CASE("a wrong password fails with the server's code", "[B5]") {
    const LoopbackServer server{SOCK_DGRAM, Script{}};
    auto client = connect(server);
    client.log_in({"alice", "guess"});
    const auto allocation = client.allocate();
    REQUIRE_FALSE(allocation.has_value());
    CHECK(allocation.error().code == 401);
}

TEST_CASE("a 300 says where to go", "[R4][rfc8489-10]") {
    const Endpoint elsewhere = *Endpoint::parse("192.0.2.9:3479");
    const LoopbackServer server{SOCK_DGRAM, [&](protocol::Bytes octets) {
                                    std::array<std::byte, 512> buffer{};
                                    auto builder = MessageBuilder::error(
                                        buffer, *Message::decode(octets), ErrorCode::try_alternate);
                                    builder.address(AttributeType::alternate_server, elsewhere);
                                    const auto answer = builder.finish();
                                    return std::vector<std::byte>{answer.begin(), answer.end()};
                                }};
    auto client = connect(server);
    const auto allocation = client.allocate();
    REQUIRE_FALSE(allocation.has_value());
    CHECK(allocation.error().code == 300);
    REQUIRE(allocation.error().alternate.has_value());
    CHECK(*allocation.error().alternate == elsewhere);
}

TEST_CASE("who has given up waits no longer, however long the timeout", "[client]") {
    const LoopbackServer server{SOCK_DGRAM,
                                [](protocol::Bytes) { return std::vector<std::byte>{}; }};
    auto client = connect(server);
    client.give_up_at(Clock::now());
    const auto address = client.binding();
    REQUIRE(address.has_error());
    CHECK(address.error().text == "no answer");
}

TEST_CASE("an allocation can be asked for by family", "[client][rfc8656-7.1]") {
    std::optional<std::uint8_t> asked;
    const LoopbackServer server{SOCK_DGRAM, [&asked](protocol::Bytes octets) {
                                    const auto request = *Message::decode(octets);
                                    asked = *protocol::requested_address_family(request);
                                    std::array<std::byte, 512> buffer{};
                                    auto builder = MessageBuilder::error(
                                        buffer, request, ErrorCode::address_family_not_supported);
                                    const auto answer = builder.finish();
                                    return std::vector<std::byte>{answer.begin(), answer.end()};
                                }};
    auto client = connect(server);
    CHECK(client.allocate(protocol::Family::ipv6).error().code == 440);
    CHECK(asked == static_cast<std::uint8_t>(protocol::Family::ipv6));
}

TEST_CASE("a request that is lost is sent again", "[rfc8489-6.2.1]") {
    Script script;
    script.lose_first();
    const LoopbackServer server{SOCK_DGRAM, script};
    auto client = connect(server);
    const auto address = client.binding();
    REQUIRE(address.has_value());
    CHECK(*address == mapped);
}

TEST_CASE("a request for who takes the answers himself is signed as the last challenge asks") {
    const LoopbackServer server{SOCK_DGRAM, Script{}};
    auto client = connect(server);
    client.log_in({"alice", "secret"});
    const auto refresh = [](MessageBuilder& builder) { builder.lifetime(600s); };
    const auto before = client.prepare(protocol::Method::refresh, refresh);
    CHECK_FALSE(Message::decode(before)->has(AttributeType::username));
    REQUIRE(client.allocate().has_value());
    const auto octets = client.prepare(protocol::Method::refresh, refresh);
    const auto key = auth::derive_md5("alice", "example.org", "secret");
    CHECK(protocol::verify_integrity(*Message::decode(octets), protocol::Integrity::sha1,
                                     key.octets()));
    std::array<std::byte, 512> buffer;
    auto builder = MessageBuilder::error(buffer, *Message::decode(octets), ErrorCode::stale_nonce);
    builder.text(AttributeType::realm, "example.org");
    builder.text(AttributeType::nonce, "twice");
    CHECK(client.take_up(builder.finish()));
    const auto again = client.prepare(protocol::Method::refresh, refresh);
    CHECK(*protocol::nonce(*Message::decode(again)) == "twice");
    CHECK_FALSE(client.take_up(octets));
}

}  // namespace
}  // namespace turnpike::client
