// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/integrity.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <memory>

#include "protocol/writer.hpp"

namespace turnpike::protocol {
namespace {

constexpr std::size_t attribute_header_octets = 4;

constexpr std::size_t mac_octets(Integrity kind) noexcept {
    return kind == Integrity::sha1 ? 20 : 32;
}

constexpr AttributeType type_of(Integrity kind) noexcept {
    return kind == Integrity::sha1 ? AttributeType::message_integrity
                                   : AttributeType::message_integrity_sha256;
}

const unsigned char* octets_of(Bytes bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

struct Release {
    void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};
using Mac = std::unique_ptr<EVP_MAC, Release>;
using Context = std::unique_ptr<EVP_MAC_CTX, Release>;

// One for each thread and kind: fetching the algorithm and its digest costs more than a MAC.
Context make_context(const char* digest) {
    const Mac mac{EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr)};
    Context context{mac ? EVP_MAC_CTX_new(mac.get()) : nullptr};
    if (!context) return context;
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
        OSSL_PARAM_construct_end()};
    if (EVP_MAC_CTX_set_params(context.get(), parameters.data()) != 1) context.reset();
    return context;
}

EVP_MAC_CTX* context_of(Integrity kind) {
    thread_local const Context sha1 = make_context("SHA1");
    thread_local const Context sha256 = make_context("SHA256");
    return kind == Integrity::sha1 ? sha1.get() : sha256.get();
}

// None when OpenSSL is out of memory: a constant in place of a MAC would be one that anybody can
// send.
std::optional<MacOctets> compute(Bytes message, std::size_t offset, Integrity kind,
                                 Bytes key) noexcept {
    std::array<std::byte, header_octets> header;
    std::ranges::copy(message.first(header_octets), header.begin());
    Writer length{MutableBytes{header}.subspan(2, 2)};
    length.integer(static_cast<std::uint16_t>(offset + attribute_header_octets + mac_octets(kind) -
                                              header_octets));
    const Bytes body = message.subspan(header_octets, offset - header_octets);

    // To OpenSSL a null key means the one before: an empty key must not borrow another's.
    const unsigned char* const start = key.empty() ? octets_of(header) : octets_of(key);
    MacOctets mac{};
    std::size_t size = 0;
    EVP_MAC_CTX* const context = context_of(kind);
    const bool computed =
        context != nullptr && EVP_MAC_init(context, start, key.size(), nullptr) == 1 &&
        EVP_MAC_update(context, octets_of(header), header.size()) == 1 &&
        EVP_MAC_update(context, octets_of(body), body.size()) == 1 &&
        EVP_MAC_final(context, reinterpret_cast<unsigned char*>(mac.data()), &size, mac.size()) ==
            1;
    if (!computed || size != mac_octets(kind)) return std::nullopt;
    return mac;
}

}  // namespace

std::optional<MacOctets> hmac_sha256(Bytes key, std::initializer_list<Bytes> parts) noexcept {
    MacOctets mac{};
    std::size_t size = 0;
    EVP_MAC_CTX* const context = context_of(Integrity::sha256);
    bool computed = !key.empty() && context != nullptr &&
                    EVP_MAC_init(context, octets_of(key), key.size(), nullptr) == 1;
    for (const Bytes part : parts) {
        computed = computed && EVP_MAC_update(context, octets_of(part), part.size()) == 1;
    }
    computed = computed && EVP_MAC_final(context, reinterpret_cast<unsigned char*>(mac.data()),
                                         &size, mac.size()) == 1;
    if (!computed) return std::nullopt;
    return mac;
}

Key::Key(Bytes octets) noexcept
    : size_{static_cast<std::uint8_t>(std::min(octets.size(), octets_.size()))} {
    std::ranges::copy(octets.first(size_), octets_.begin());
}

MacOctets compute_integrity(Bytes message, std::size_t offset, Integrity kind, Bytes key) noexcept {
    return compute(message, offset, kind, key).value_or(MacOctets{});
}

bool verify_integrity(const Message& message, Integrity kind, Bytes key) noexcept {
    const auto attribute = message.find(type_of(kind));
    if (!attribute || attribute->value.size() != mac_octets(kind)) return false;
    const auto mac = compute(message.octets(), attribute->offset, kind, key);
    return mac && equal_in_constant_time(attribute->value, Bytes{*mac}.first(mac_octets(kind)));
}

bool equal_in_constant_time(Bytes left, Bytes right) noexcept {
    return left.size() == right.size() &&
           CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace turnpike::protocol
