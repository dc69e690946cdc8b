// SPDX-License-Identifier: BSD-3-Clause
//
// A certificate, the chain above it and its private key, as they stand in two PEM files. Immutable;
// whoever uses it in a context or session shares what it holds. Safe to use from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/result.hpp"
#include "protocol/time.hpp"
#include "server/net/openssl.hpp"

namespace turnpike::net {

struct CertificateFiles {
    std::string certificate;  // the server's own first, then those that issued it
    std::string private_key;
    bool operator==(const CertificateFiles&) const = default;
};

// Names the file, what is wrong with it, and what to do.
struct CertificateProblem {
    std::string what;
};

class Certificate {
public:
    enum class Wildcards : std::uint8_t { no, yes };

    [[nodiscard]] static protocol::Result<Certificate, CertificateProblem> load(
        const CertificateFiles& files);

    // A name of the certificate is this one, or stands for it: "*.example.org" for one label.
    [[nodiscard]] bool covers(std::string_view name, Wildcards wildcards) const noexcept;
    // What a client will hold against it at this time, in words.
    [[nodiscard]] std::optional<std::string> objection(protocol::WallTime now) const;
    [[nodiscard]] std::chrono::system_clock::time_point expiry() const noexcept;
    [[nodiscard]] const CertificateFiles& files() const noexcept { return files_; }
    // For those who examine it; they live as long as this does.
    [[nodiscard]] X509& leaf() const noexcept { return *leaf_; }
    [[nodiscard]] STACK_OF(X509) & chain() const noexcept { return *chain_; }

    // False where OpenSSL does not take it; openssl_error() says why.
    [[nodiscard]] bool add_to(SSL_CTX& context) const noexcept;
    [[nodiscard]] bool add_to(SSL& session) const noexcept;

private:
    Certificate() = default;

    CertificateFiles files_;
    OpensslPtr<X509> leaf_;
    OpensslPtr<STACK_OF(X509)> chain_;
    OpensslPtr<EVP_PKEY> private_key_;
};

}  // namespace turnpike::net
