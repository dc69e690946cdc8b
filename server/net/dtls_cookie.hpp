// SPDX-License-Identifier: BSD-3-Clause
//
// Cookies for DTLS clients that have proved nothing yet (RFC 6347 section 4.2.1): a MAC over the
// addresses of both ends, what the client must repeat of its hello, and the current span of time.
// None is remembered, none serves another client, and each is good for one span to two, as if the
// secret changed with every span. The same in every worker. Safe to use from any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "protocol/address.hpp"
#include "protocol/dtls_hello.hpp"
#include "protocol/time.hpp"

namespace turnpike::net {

inline constexpr std::size_t dtls_cookie_octets = 16;
using DtlsCookie = std::array<std::byte, dtls_cookie_octets>;

static_assert(protocol::hello_verify_request_octets + dtls_cookie_octets <
                  protocol::client_hello_octets_min,
              "an answer to a forged sender is smaller than what it answers");

class DtlsCookies {
public:
    using Secret = std::array<std::byte, 32>;
    static constexpr std::chrono::seconds span{60};

    explicit DtlsCookies(const Secret& secret) noexcept : secret_{secret} {}

    // None where OpenSSL is out of memory.
    [[nodiscard]] std::optional<DtlsCookie> make(const protocol::FiveTuple& five_tuple,
                                                 const protocol::ClientHello& hello,
                                                 protocol::TimePoint now) const noexcept;
    // The hello returns a cookie that this client was given. Constant time.
    [[nodiscard]] bool valid(const protocol::FiveTuple& five_tuple,
                             const protocol::ClientHello& hello,
                             protocol::TimePoint now) const noexcept;

private:
    [[nodiscard]] std::optional<DtlsCookie> compute(const protocol::FiveTuple& five_tuple,
                                                    const protocol::ClientHello& hello,
                                                    std::uint64_t number) const noexcept;

    Secret secret_;
};

}  // namespace turnpike::net
