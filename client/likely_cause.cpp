// SPDX-License-Identifier: BSD-3-Clause
#include "client/likely_cause.hpp"

#include <fmt/core.h>

#include <array>
#include <string_view>

#include "auth/timed_secret.hpp"

namespace turnpike::client {
namespace {

std::string cause_of_denial(const Login& login, std::chrono::system_clock::time_point now) {
    const auto timed = auth::parse_timed_username(login.username);
    if (!timed)
        return "unknown user, wrong password, or a server that derives keys of another realm";
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(timed->expiry - now);
    if (left.count() <= 0) {
        return fmt::format("the username expired {} s ago by this machine's clock; mint a new one",
                           -left.count());
    }
    return fmt::format(
        "the secret differs from the server's, or the server's clock is more than {} s ahead",
        left.count());
}

// Another phrase than the registry's is the server's own.
bool gives_reason(const Failure& failure) {
    return failure.text.starts_with("403 ") && failure.text.find("Forbidden") == std::string::npos;
}

struct Words {
    std::string_view seen;
    std::string_view cause;
};
constexpr std::array causes{
    Words{"no answer", "a firewall drops this port or transport, or nothing listens on it"},
    Words{"Connection refused", "nothing listens on this port; is the server running?"},
    Words{"timed out", "a firewall drops TCP to this port, or the host is down"},
    Words{"unreachable", "this machine has no route there: no IPv6, or another network"},
    Words{"closed the connection", "the server, or something between, takes this for abuse"},
};

}  // namespace

std::string likely_cause(const Failure& failure, const std::optional<Login>& login,
                         std::chrono::system_clock::time_point now) {
    if (!failure.cause.empty()) return failure.cause;
    switch (failure.code.value_or(0)) {
        case 401:
            return login ? cause_of_denial(*login, now) : "the server asks for a login";
        case 403:
            return gives_reason(failure)
                       ? "the server knows this user and lets them relay no more, as it says"
                       : "the server's policy forbids its own relayed address as a peer";
        case 437:
            return "an allocation of an earlier client with this address and port is still there";
        case 440:
            return "the server relays from no address of this family";
        case 441:
            return "another user holds the allocation of this address and port";
        case 486:
            return "this user holds as many allocations as the limit allows";
        case 508:
            return "the server is out of relay ports or descriptors";
        default:
            break;
    }
    for (const Words& words : causes) {
        if (failure.text.find(words.seen) != std::string::npos) return std::string{words.cause};
    }
    return {};
}

}  // namespace turnpike::client
