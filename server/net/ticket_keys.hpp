// SPDX-License-Identifier: BSD-3-Clause
//
// The keys of the tickets by which a client resumes a session (RFC 5077, RFC 8446 section 4.6.1):
// the same in every worker, never on disk, and kept when certificates are loaded anew. A value:
// turned over from time to time, so that who takes a key reads little with it.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <optional>

namespace turnpike::net {

class TicketKeys {
public:
    enum class Use : std::uint8_t { good, renew, unknown, failed };
    using Name = std::array<unsigned char, 16>;

    // New ones. Throws std::runtime_error where the system has no random octets.
    [[nodiscard]] static TicketKeys make();
    // A new key makes tickets, and what the present one made is still understood; the one before it
    // is forgotten.
    [[nodiscard]] TicketKeys turned_over() const;

    // Prepare to make a ticket, or to open the one that this key's name stands on.
    [[nodiscard]] bool seal(Name& name, unsigned char* vector, EVP_CIPHER_CTX* cipher,
                            EVP_MAC_CTX* mac) const noexcept;
    [[nodiscard]] Use open(const Name& name, const unsigned char* vector, EVP_CIPHER_CTX* cipher,
                           EVP_MAC_CTX* mac) const noexcept;

private:
    struct Key {
        Name name{};
        std::array<unsigned char, 32> cipher{};
        std::array<unsigned char, 32> mac{};

        Key() = default;
        Key(const Key&) = default;
        Key& operator=(const Key&) = default;
        ~Key();
    };

    [[nodiscard]] static bool set_mac(EVP_MAC_CTX* mac, const Key& key) noexcept;

    Key present_;
    std::optional<Key> previous_;
};

}  // namespace turnpike::net
