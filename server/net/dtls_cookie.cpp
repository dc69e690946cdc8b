// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/dtls_cookie.hpp"

#include <algorithm>

#include "protocol/integrity.hpp"
#include "protocol/writer.hpp"

namespace turnpike::net {

using protocol::ClientHello;
using protocol::Endpoint;
using protocol::FiveTuple;
using protocol::TimePoint;

namespace {

std::uint64_t span_at(TimePoint now) noexcept {
    return static_cast<std::uint64_t>(now.time_since_epoch() / DtlsCookies::span);
}

}  // namespace

std::optional<DtlsCookie> DtlsCookies::compute(const FiveTuple& five_tuple,
                                               const ClientHello& hello,
                                               std::uint64_t number) const noexcept {
    std::array<std::byte, 64> buffer{};
    protocol::Writer writer{buffer};
    writer.integer(number);
    for (const Endpoint& end : {five_tuple.client, five_tuple.server}) {
        writer.integer(static_cast<std::uint8_t>(end.address.family()));
        writer.integer(end.port);
        writer.bytes(end.address.octets());
    }
    const auto mac =
        protocol::hmac_sha256(secret_, {writer.written(), hello.before_cookie, hello.after_cookie});
    if (!mac) return std::nullopt;
    DtlsCookie cookie{};
    std::copy_n(mac->begin(), cookie.size(), cookie.begin());
    return cookie;
}

std::optional<DtlsCookie> DtlsCookies::make(const FiveTuple& five_tuple, const ClientHello& hello,
                                            TimePoint now) const noexcept {
    return compute(five_tuple, hello, span_at(now));
}

bool DtlsCookies::valid(const FiveTuple& five_tuple, const ClientHello& hello,
                        TimePoint now) const noexcept {
    if (hello.cookie.size() != dtls_cookie_octets) return false;
    const std::uint64_t current = span_at(now);
    const auto fresh = compute(five_tuple, hello, current);
    const auto older = compute(five_tuple, hello, current - 1);
    return (fresh && protocol::equal_in_constant_time(hello.cookie, *fresh)) ||
           (older && protocol::equal_in_constant_time(hello.cookie, *older));
}

}  // namespace turnpike::net
