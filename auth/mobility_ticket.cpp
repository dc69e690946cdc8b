// SPDX-License-Identifier: BSD-3-Clause
#include "auth/mobility_ticket.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "protocol/reader.hpp"
#include "protocol/writer.hpp"

namespace turnpike::auth {
namespace {

constexpr std::size_t tag_octets = 16;
constexpr std::size_t plain_octets = ticket_octets - tag_octets;
using Plain = std::array<std::byte, plain_octets>;

struct Release {
    void operator()(EVP_CIPHER* cipher) const noexcept { EVP_CIPHER_free(cipher); }
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Release>;

const unsigned char* octets_of(protocol::Bytes bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* octets_of(protocol::MutableBytes bytes) noexcept {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

enum class Direction : int { decrypt = 0, encrypt = 1 };

// The key of SIV is two: 256 bits are AES-128.
Context begin(const MobilityKey& key, Direction direction) noexcept {
    const std::unique_ptr<EVP_CIPHER, Release> cipher{
        EVP_CIPHER_fetch(nullptr, "AES-128-SIV", nullptr)};
    Context context{cipher ? EVP_CIPHER_CTX_new() : nullptr};
    if (!context || EVP_CipherInit_ex2(context.get(), cipher.get(), octets_of(protocol::Bytes{key}),
                                       nullptr, static_cast<int>(direction), nullptr) != 1) {
        context.reset();
    }
    return context;
}

bool transform(EVP_CIPHER_CTX* context, protocol::Bytes from, protocol::MutableBytes to) noexcept {
    int size = 0;
    int rest = 0;
    return EVP_CipherUpdate(context, octets_of(to), &size, octets_of(from),
                            static_cast<int>(from.size())) == 1 &&
           static_cast<std::size_t>(size) == to.size() &&
           EVP_CipherFinal_ex(context, octets_of(to), &rest) == 1 && rest == 0;
}

std::optional<TicketOctets> seal(const MobilityKey& key, const Plain& plain) noexcept {
    TicketOctets sealed{};
    const protocol::MutableBytes octets{sealed};
    const Context context = begin(key, Direction::encrypt);
    const bool made =
        context && transform(context.get(), plain, octets.subspan(tag_octets)) &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_octets, sealed.data()) == 1;
    return made ? std::optional{sealed} : std::nullopt;
}

}  // namespace

std::optional<TicketOctets> MobilityTickets::make(const MobilityTicket& ticket) const noexcept {
    // One try in ten has an octet that is zero.
    for (unsigned filler = 0; filler <= 0xFF; ++filler) {
        Plain plain{};
        protocol::Writer writer{plain};
        writer.integer(static_cast<std::uint64_t>(ticket.allocation));
        writer.integer(ticket.number);
        writer.integer(static_cast<std::uint8_t>(filler));
        const auto sealed = seal(key_, plain);
        if (!sealed || std::ranges::find(*sealed, std::byte{}) == sealed->end()) return sealed;
    }
    return std::nullopt;
}

std::optional<MobilityTicket> MobilityTickets::read(protocol::Bytes octets) const noexcept {
    if (octets.size() != ticket_octets) return std::nullopt;
    std::array<std::byte, tag_octets> tag;
    std::copy_n(octets.begin(), tag_octets, tag.begin());
    Plain plain{};
    const Context context = begin(key_, Direction::decrypt);
    const bool authentic =
        context &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_octets, tag.data()) == 1 &&
        transform(context.get(), octets.subspan(tag_octets), plain);
    if (!authentic) return std::nullopt;
    protocol::Reader reader{plain};
    MobilityTicket ticket;
    ticket.allocation = static_cast<protocol::AllocationId>(reader.integer<std::uint64_t>());
    ticket.number = reader.integer<std::uint32_t>();
    return ticket;
}

}  // namespace turnpike::auth
