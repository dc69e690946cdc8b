// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/ticket_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace turnpike::net {
namespace {

constexpr int vector_octets = 16;  // of AES-CBC

template <std::size_t Size>
void fill(std::array<unsigned char, Size>& octets) {
    if (RAND_bytes(octets.data(), static_cast<int>(Size)) != 1) {
        throw std::runtime_error{"the system has no random numbers to make ticket keys of"};
    }
}

}  // namespace

TicketKeys::Key::~Key() {
    OPENSSL_cleanse(cipher.data(), cipher.size());
    OPENSSL_cleanse(mac.data(), mac.size());
}

TicketKeys TicketKeys::make() {
    TicketKeys keys;
    fill(keys.present_.name);
    fill(keys.present_.cipher);
    fill(keys.present_.mac);
    return keys;
}

TicketKeys TicketKeys::turned_over() const {
    TicketKeys keys = make();
    keys.previous_ = present_;
    return keys;
}

bool TicketKeys::set_mac(EVP_MAC_CTX* mac, const Key& key) noexcept {
    auto& octets = const_cast<Key&>(key).mac;  // OSSL_PARAM knows no const; it is read only
    std::array digest{'S', 'H', 'A', '2', '5', '6', '\0'};
    const std::array parameters{
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, octets.data(), octets.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

bool TicketKeys::seal(Name& name, unsigned char* vector, EVP_CIPHER_CTX* cipher,
                      EVP_MAC_CTX* mac) const noexcept {
    name = present_.name;
    return RAND_bytes(vector, vector_octets) == 1 &&
           EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, present_.cipher.data(), vector) ==
               1 &&
           set_mac(mac, present_);
}

TicketKeys::Use TicketKeys::open(const Name& name, const unsigned char* vector,
                                 EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) const noexcept {
    const bool is_present = name == present_.name;
    if (!is_present && (!previous_ || name != previous_->name)) return Use::unknown;
    const Key& key = is_present ? present_ : *previous_;
    const bool ready = set_mac(mac, key) && EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr,
                                                               key.cipher.data(), vector) == 1;
    if (!ready) return Use::failed;
    return is_present ? Use::good : Use::renew;
}

}  // namespace turnpike::net
