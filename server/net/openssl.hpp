// SPDX-License-Identifier: BSD-3-Clause
//
// What owns OpenSSL's objects, and its errors as words.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace turnpike::net {

struct OpensslFree {
    void operator()(SSL_CTX* unused) const noexcept { SSL_CTX_free(unused); }
    void operator()(SSL* unused) const noexcept { SSL_free(unused); }
    void operator()(BIO* unused) const noexcept { BIO_free(unused); }
    void operator()(X509* unused) const noexcept { X509_free(unused); }
    void operator()(EVP_PKEY* unused) const noexcept { EVP_PKEY_free(unused); }
    void operator()(STACK_OF(X509) * unused) const noexcept { sk_X509_pop_free(unused, X509_free); }
};

template <typename Object>
using OpensslPtr = std::unique_ptr<Object, OpensslFree>;

// The first error that this thread's calls have left, in OpenSSL's words; the queue is empty then.
[[nodiscard]] std::string openssl_error();

}  // namespace turnpike::net
