// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/ticket_keys.hpp"

#include <memory>

#include "tests/support/catch.hpp"

namespace turnpike::net {
namespace {

using Use = TicketKeys::Use;

// The contexts that OpenSSL hands to a callback.
struct Contexts {
    Contexts() {
        EVP_MAC* const method = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
        mac = EVP_MAC_CTX_new(method);
        EVP_MAC_free(method);
    }
    ~Contexts() {
        EVP_CIPHER_CTX_free(cipher);
        EVP_MAC_CTX_free(mac);
    }
    Contexts(const Contexts&) = delete;
    Contexts& operator=(const Contexts&) = delete;

    EVP_CIPHER_CTX* cipher = EVP_CIPHER_CTX_new();
    EVP_MAC_CTX* mac = nullptr;
};

struct Ticket {
    TicketKeys::Name name{};
    std::array<unsigned char, 16> vector{};
};

Ticket seal(const TicketKeys& keys) {
    Ticket ticket;
    const Contexts contexts;
    REQUIRE(keys.seal(ticket.name, ticket.vector.data(), contexts.cipher, contexts.mac));
    return ticket;
}

Use open(const TicketKeys& keys, const Ticket& ticket) {
    const Contexts contexts;
    return keys.open(ticket.name, ticket.vector.data(), contexts.cipher, contexts.mac);
}

TEST_CASE("a ticket is opened by the keys that sealed it, and by no others") {
    const TicketKeys keys = TicketKeys::make();
    const Ticket ticket = seal(keys);
    CHECK(open(keys, ticket) == Use::good);
    CHECK(open(TicketKeys::make(), ticket) == Use::unknown);
    CHECK(seal(keys).name == ticket.name);
    CHECK(seal(keys).vector != ticket.vector);
}

TEST_CASE("a key that was turned over opens its tickets once more, and then no more") {
    const TicketKeys keys = TicketKeys::make();
    const Ticket ticket = seal(keys);
    const TicketKeys next = keys.turned_over();
    CHECK(open(next, ticket) == Use::renew);
    CHECK(open(next, seal(next)) == Use::good);
    CHECK(open(next.turned_over(), ticket) == Use::unknown);
}

}  // namespace
}  // namespace turnpike::net
