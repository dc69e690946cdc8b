// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/openssl.hpp"

#include <openssl/err.h>

#include "tests/support/catch.hpp"

namespace turnpike::net {
namespace {

TEST_CASE("an error of OpenSSL becomes words, and is told once") {
    ERR_clear_error();
    ERR_raise(ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH);
    ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
    CHECK(openssl_error() == "key values mismatch");
    CHECK(openssl_error() == "no reason given");
}

TEST_CASE("an error of the system, or one without words, is told too") {
    ERR_raise(ERR_LIB_SYS, EACCES);
    CHECK(openssl_error() == "Permission denied");
    ERR_raise(ERR_LIB_USER, 77);
    CHECK(openssl_error().starts_with("error "));
}

}  // namespace
}  // namespace turnpike::net
