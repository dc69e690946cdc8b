// SPDX-License-Identifier: BSD-3-Clause
//
// A certificate that signs itself, made when a test begins, and contexts of both sides for it.
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace turnpike::test {

struct Release {
    void operator()(EVP_PKEY* unused) const noexcept { EVP_PKEY_free(unused); }
    void operator()(X509* unused) const noexcept { X509_free(unused); }
    void operator()(SSL_CTX* unused) const noexcept { SSL_CTX_free(unused); }
    void operator()(SSL* unused) const noexcept { SSL_free(unused); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, Release>;
using Certificate = std::unique_ptr<X509, Release>;
using TlsContext = std::unique_ptr<SSL_CTX, Release>;

inline PrivateKey make_key() {
    PrivateKey key{EVP_EC_gen("P-256")};
    if (!key) throw std::runtime_error{"no key"};
    return key;
}

// `padding` octets of text make it as large as a chain.
inline Certificate make_certificate(EVP_PKEY* key, std::size_t padding = 0) {
    Certificate certificate{X509_new()};
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    const auto* text = reinterpret_cast<const unsigned char*>("turn.example.org");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    if (padding != 0) {
        const std::string comment(padding, 'x');
        X509_EXTENSION* const extension =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_netscape_comment, comment.c_str());
        X509_add_ext(certificate.get(), extension, -1);
        X509_EXTENSION_free(extension);
    }
    if (X509_sign(certificate.get(), key, EVP_sha256()) == 0) {
        throw std::runtime_error{"no certificate"};
    }
    return certificate;
}

inline TlsContext make_server_context(const SSL_METHOD* method, std::size_t padding = 0) {
    TlsContext context{SSL_CTX_new(method)};
    const PrivateKey key = make_key();
    const Certificate certificate = make_certificate(key.get(), padding);
    if (!context || SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
        throw std::runtime_error{"no context"};
    }
    return context;
}

// Trusts anybody.
inline TlsContext make_client_context(const SSL_METHOD* method) {
    TlsContext context{SSL_CTX_new(method)};
    if (!context) throw std::runtime_error{"no context"};
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    return context;
}

}  // namespace turnpike::test
