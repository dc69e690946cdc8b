// SPDX-License-Identifier: BSD-3-Clause
//
// Whether clients will take the certificates, today and for the next weeks, and whether the server
// can read them again when they are renewed.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "protocol/time.hpp"
#include "server/config/config.hpp"
#include "server/doctor/account.hpp"
#include "server/doctor/finding.hpp"
#include "server/net/certificate.hpp"

namespace turnpike::doctor {

struct CertificateFacts {
    net::CertificateFiles files;
    std::string problem{};  // why it cannot be used; empty: it can
    std::string names{};
    std::optional<std::string> objection{};  // it has expired, or is not good yet
    protocol::WallTime expiry{};
    bool covers_host = false;
    std::optional<std::string> distrust{};  // why this machine's list of authorities says nothing
    // For whom the server runs as, as errno; none: not known.
    std::optional<int> certificate_access{};
    std::optional<int> key_access{};
};

struct CertificateQuestion {
    std::string host;  // by which clients reach us; empty: by address
    protocol::WallTime now;
    std::optional<Account> account{};
    bool asks_authorities = true;  // reads their list, which takes a while
};

[[nodiscard]] std::vector<CertificateFacts> gather_certificates(
    const config::Listen& listen, const CertificateQuestion& question);
[[nodiscard]] Findings judge_certificates(const std::vector<CertificateFacts>& facts,
                                          const CertificateQuestion& question);

}  // namespace turnpike::doctor
