// SPDX-License-Identifier: BSD-3-Clause
//
// What it costs to know who asks: a nonce, a key, and the whole of an authenticated request.
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "auth/authenticator.hpp"
#include "auth/nonce.hpp"
#include "auth/password.hpp"
#include "auth/user_directory.hpp"
#include "protocol/message_builder.hpp"

namespace turnpike::auth {
namespace {

using benchmark::DoNotOptimize;
using benchmark::State;
using protocol::AttributeType;
using protocol::Integrity;

constexpr std::string_view realm = "example.org";
constexpr std::string_view user = "alice";
constexpr std::string_view password = "wonderland";
constexpr Arrival arrival{{protocol::IpAddress::v4(0xC0000202), 40000},
                          {protocol::TimePoint{std::chrono::hours{1}},
                           protocol::WallTime{std::chrono::seconds{1'700'000'000}}}};

Nonces nonces() {
    return Nonces{NonceSecret{}, {}, std::chrono::seconds{3600}};
}

void make_nonce(State& state) {
    const Nonces made = nonces();
    for (auto _ : state) {
        auto nonce = made.make(arrival.client, arrival.now.wall);
        DoNotOptimize(nonce);
    }
}
BENCHMARK(make_nonce);

void judge_nonce(State& state) {
    const Nonces made = nonces();
    const NonceText nonce = made.make(arrival.client, arrival.now.wall);
    for (auto _ : state) {
        bool is_valid = made.valid({nonce.data(), nonce.size()}, arrival.client, arrival.now.wall);
        DoNotOptimize(is_valid);
    }
}
BENCHMARK(judge_nonce);

void derive_key(State& state) {
    const bool sha256 = state.range(0) != 0;
    for (auto _ : state) {
        auto key =
            sha256 ? derive_sha256(user, realm, password) : derive_md5(user, realm, password);
        DoNotOptimize(key);
    }
}
BENCHMARK(derive_key)->ArgName("sha256")->Arg(0)->Arg(1);

std::vector<std::byte> signed_allocate() {
    std::vector<std::byte> buffer(512);
    const NonceText nonce = nonces().make(arrival.client, arrival.now.wall);
    protocol::MessageBuilder builder{
        buffer, protocol::MessageClass::request, protocol::Method::allocate, {}};
    builder.requested_transport(protocol::protocol_udp);
    builder.text(AttributeType::username, user);
    builder.text(AttributeType::realm, realm);
    builder.text(AttributeType::nonce, {nonce.data(), nonce.size()});
    builder.integrity(Integrity::sha1, derive_md5(user, realm, password).octets());
    buffer.resize(builder.finish().size());
    return buffer;
}

// Decoding, the look-up of a fixed user, the MAC and the nonce.
void authenticate_allocate(State& state) {
    const UserDirectory users{
        {.realm = std::string{realm}, .users = {{std::string{user}, std::string{password}}}}};
    const Authenticator authenticator{{.realm = std::string{realm}, .offer_sha256 = false},
                                      nonces()};
    const auto octets = signed_allocate();
    for (auto _ : state) {
        const auto request = protocol::Message::decode(octets);
        const auto claim = authenticator.examine(*request);
        if (!std::holds_alternative<Claim>(claim)) {
            state.SkipWithError("the request is refused");
            break;
        }
        const auto credentials = users.find(std::get<Claim>(claim).user, arrival.now);
        auto verdict = authenticator.verify(*request, std::get<Claim>(claim), credentials, arrival);
        if (!std::holds_alternative<Identity>(verdict)) {
            state.SkipWithError("the request is not taken for alice's");
            break;
        }
        DoNotOptimize(verdict);
    }
}
BENCHMARK(authenticate_allocate);

}  // namespace
}  // namespace turnpike::auth
