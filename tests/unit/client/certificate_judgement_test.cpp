// SPDX-License-Identifier: BSD-3-Clause
#include "client/certificate_judgement.hpp"

#include <openssl/x509v3.h>

#include "tests/support/catch.hpp"
#include "tests/support/certificate.hpp"

namespace turnpike::client {
namespace {

test::Certificate certificate(const char* alternatives) {
    const auto key = test::make_key();
    auto made = test::make_certificate(key.get());
    if (alternatives != nullptr) {
        X509_EXTENSION* extension =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternatives);
        X509_add_ext(made.get(), extension, -1);
        X509_EXTENSION_free(extension);
    }
    return made;
}

TEST_CASE("a certificate is called by its alternative names, or else by its common name", "[R6]") {
    CHECK(names_of(*certificate(nullptr)) == "turn.example.org");
    CHECK(names_of(*certificate("DNS:a.example,DNS:*.b.example,IP:192.0.2.1,IP:2001:db8::1")) ==
          "a.example, *.b.example, 192.0.2.1, 2001:db8::1");
}

TEST_CASE("a day is written year first", "[client]") {
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> time{ASN1_TIME_new(),
                                                                     &ASN1_TIME_free};
    ASN1_TIME_set_string(time.get(), "20270131235959Z");
    CHECK(day_of(*time) == "2027-01-31");
}

TEST_CASE("each fault of a certificate is told with a cause", "[R6]") {
    const auto judged = certificate("DNS:a.example");
    const auto [error, words] = GENERATE(
        table<int, std::string>({{X509_V_ERR_CERT_HAS_EXPIRED, "expired on"},
                                 {X509_V_ERR_CERT_NOT_YET_VALID, "valid from"},
                                 {X509_V_ERR_HOSTNAME_MISMATCH, "for a.example, not for b.example"},
                                 {X509_V_ERR_IP_ADDRESS_MISMATCH, "not for b.example"},
                                 {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "whom nobody here knows"},
                                 {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "is missing"}}));
    const Failure failure = judge_certificate(error, *judged, "b.example");
    CHECK(failure.text.find(words) != std::string::npos);
    CHECK_FALSE(failure.cause.empty());
}

TEST_CASE("a rare fault is told in the library's words", "[client]") {
    const auto judged = certificate("DNS:a.example");
    CHECK(judge_certificate(X509_V_ERR_CERT_REVOKED, *judged, "a.example").text.find("revoked") !=
          std::string::npos);
}

}  // namespace
}  // namespace turnpike::client
