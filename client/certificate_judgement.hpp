// SPDX-License-Identifier: BSD-3-Clause
//
// What is the matter with a certificate, in words: names, dates, and what to do.
#pragma once

#include <openssl/x509.h>

#include <string>

#include "client/failure.hpp"

namespace turnpike::client {

// "turn.example.org, 192.0.2.1": of the subject alternative names, or else the common name.
[[nodiscard]] std::string names_of(const X509& certificate);
// "2027-01-31", UTC.
[[nodiscard]] std::string day_of(const ASN1_TIME& time);

// `error` is a code of X509_verify_cert_error_string(3) about `certificate`; `host` is whom the
// client meant to reach.
[[nodiscard]] Failure judge_certificate(int error, const X509& certificate,
                                        const std::string& host);

}  // namespace turnpike::client
