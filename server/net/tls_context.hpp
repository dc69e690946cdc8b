// SPDX-License-Identifier: BSD-3-Clause
//
// What a TLS or DTLS handshake needs: the certificates, chosen by the name that the client asks for
// (RFC 6066 section 3), versions and cipher suites (BCP 195), ALPN (RFC 7443) and ticket keys. One
// immutable snapshot: a reload makes another, and a session keeps alive what it began with. Safe to
// use from any thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "server/net/certificate.hpp"
#include "server/net/ticket_keys.hpp"

namespace turnpike::net {

// A ticket is good for so long at most; keys are turned over as often.
inline constexpr std::chrono::seconds ticket_lifetime{3600};

struct TlsMaterial;

class TlsContexts {
public:
    // Shared by the slot that hands it out and by whoever has just taken it from there.
    using Pointer = std::shared_ptr<const TlsContexts>;
    using Loaded = protocol::Result<Pointer, CertificateProblem>;

    // The first pair serves clients that ask for no name that a certificate has.
    [[nodiscard]] static Loaded load(std::span<const CertificateFiles> files,
                                     const TicketKeys& keys);
    // The same certificates with other keys.
    [[nodiscard]] Loaded with(const TicketKeys& keys) const;

    // SSL_new() shares it; it is never changed.
    [[nodiscard]] SSL_CTX& tls() const noexcept { return *tls_; }
    // prepared for DtlsSession
    [[nodiscard]] SSL_CTX& dtls() const noexcept { return *dtls_; }

    [[nodiscard]] std::vector<std::string> objections(protocol::WallTime now) const;
    [[nodiscard]] const TicketKeys& ticket_keys() const noexcept;
    // Whether the leaves are the same, one by one.
    [[nodiscard]] bool has_certificates_of(const TlsContexts& other) const noexcept;
    // When the first of the certificates expires.
    [[nodiscard]] std::chrono::system_clock::time_point expiry() const noexcept;

private:
    using Certificates = std::shared_ptr<const std::vector<Certificate>>;

    [[nodiscard]] static Loaded make(Certificates certificates, const TicketKeys& keys);

    std::shared_ptr<const TlsMaterial> material_;
    OpensslPtr<SSL_CTX> tls_;
    OpensslPtr<SSL_CTX> dtls_;
};

}  // namespace turnpike::net
