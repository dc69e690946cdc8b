// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/certificates.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/x509_vfy.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "client/certificate_judgement.hpp"
#include "server/worker/assemble.hpp"

namespace turnpike::doctor {
namespace {

constexpr std::string_view check = "certificates";
// certbot renews thirty days before the end: by then something has failed for weeks.
constexpr std::chrono::days soon{14};

struct Free {
    void operator()(X509_STORE* unused) const noexcept { X509_STORE_free(unused); }
    void operator()(X509_STORE_CTX* unused) const noexcept { X509_STORE_CTX_free(unused); }
};

// By the authorities of this machine, which are about those of a browser. Names and times are
// judged apart.
std::optional<std::string> distrust_of(const net::Certificate& certificate,
                                       const std::string& host) {
    const std::unique_ptr<X509_STORE, Free> store{X509_STORE_new()};
    const std::unique_ptr<X509_STORE_CTX, Free> context{X509_STORE_CTX_new()};
    if (X509_STORE_set_default_paths(store.get()) != 1 ||
        X509_STORE_CTX_init(context.get(), store.get(), &certificate.leaf(),
                            &certificate.chain()) != 1) {
        return std::nullopt;
    }
    X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_NO_CHECK_TIME);
    if (X509_verify_cert(context.get()) == 1) return std::nullopt;
    const X509& leaf = certificate.leaf();
    const X509* at = X509_STORE_CTX_get_current_cert(context.get());
    return client::judge_certificate(X509_STORE_CTX_get_error(context.get()),
                                     at != nullptr ? *at : leaf, host)
        .text;
}

CertificateFacts gather_one(const net::CertificateFiles& files,
                            const CertificateQuestion& question) {
    CertificateFacts facts{.files = files};
    const auto loaded = net::Certificate::load(files);
    if (!loaded) {
        facts.problem = loaded.error().what;
        return facts;
    }
    facts.names = client::names_of(loaded->leaf());
    facts.objection = loaded->objection(question.now);
    facts.expiry = loaded->expiry();
    facts.covers_host = loaded->covers(question.host, net::Certificate::Wildcards::yes);
    if (question.asks_authorities) facts.distrust = distrust_of(*loaded, question.host);
    facts.certificate_access = access_as(question.account, files.certificate, R_OK);
    facts.key_access = access_as(question.account, files.private_key, R_OK);
    return facts;
}

void judge_access(const CertificateFacts& facts, const CertificateQuestion& question,
                  Findings& findings) {
    const std::string who = question.account ? question.account->name : "the server's user";
    const auto judge = [&](const std::string& file, const std::optional<int>& error) {
        if (error.value_or(0) == 0) return;
        findings.push_back(
            {.grade = Grade::problem,
             .check = check,
             .seen = fmt::format("{} cannot read {}: {}; neither a start as {} nor a reload "
                                 "succeeds, and a renewed one is not seen",
                                 who, file, std::strerror(*error), who),
             .advice = fmt::format("give it to a group of {0}: `chgrp {0} {1} && chmod 640 {1}`, "
                                   "and let {0} enter its folder",
                                   who, file)});
    };
    judge(facts.files.certificate, facts.certificate_access);
    judge(facts.files.private_key, facts.key_access);
}

void judge_time(const CertificateFacts& facts, protocol::WallTime now, Findings& findings) {
    const auto left = std::chrono::floor<std::chrono::days>(facts.expiry - now);
    const std::string until =
        fmt::format("{:%Y-%m-%d}", std::chrono::floor<std::chrono::seconds>(facts.expiry));
    if (facts.objection) {
        findings.push_back({.grade = Grade::problem,
                            .check = check,
                            .seen = *facts.objection,
                            .advice = "renew it, and `systemctl reload turnpike`; or set this "
                                      "machine's clock right"});
    } else if (left < soon && left.count() >= 0) {
        findings.push_back(
            {.grade = Grade::warning,
             .check = check,
             .seen = fmt::format("{}, of {}, expires on {}, in {} days", facts.files.certificate,
                                 facts.names, until, left.count()),
             .advice = "see why nothing has renewed it yet (`certbot renew --dry-run`)"});
    } else if (left.count() >= 0) {
        findings.push_back(well(check, fmt::format("{}, of {}, is good until {}",
                                                   facts.files.certificate, facts.names, until)));
    }
}

void judge_one(const CertificateFacts& facts, const CertificateQuestion& question,
               Findings& findings) {
    if (!facts.problem.empty()) {
        findings.push_back({.grade = Grade::problem,
                            .check = check,
                            .seen = facts.problem,
                            .advice = "the server does not start without it: correct "
                                      "listen.certificate and listen.private_key"});
        return;
    }
    judge_time(facts, question.now, findings);
    judge_access(facts, question, findings);
    if (!facts.distrust) return;
    findings.push_back({.grade = Grade::warning,
                        .check = check,
                        .seen = fmt::format("{}: {}", facts.files.certificate, *facts.distrust),
                        .advice = "use the file with the full chain (certbot: fullchain.pem); with "
                                  "an authority of your own, clients have to know it"});
}

}  // namespace

std::vector<CertificateFacts> gather_certificates(const config::Listen& listen,
                                                  const CertificateQuestion& question) {
    std::vector<CertificateFacts> facts;
    for (const net::CertificateFiles& files : worker::certificate_files(listen)) {
        facts.push_back(gather_one(files, question));
    }
    return facts;
}

Findings judge_certificates(const std::vector<CertificateFacts>& facts,
                            const CertificateQuestion& question) {
    if (facts.empty()) return {well(check, "nothing listens for TLS or DTLS")};
    Findings findings;
    for (const CertificateFacts& each : facts) judge_one(each, question, findings);
    const bool is_usable =
        std::ranges::all_of(facts, [](const auto& each) { return each.problem.empty(); });
    if (question.host.empty() || !is_usable ||
        std::ranges::any_of(facts, &CertificateFacts::covers_host)) {
        return findings;
    }
    findings.push_back({.grade = Grade::problem,
                        .check = check,
                        .seen = fmt::format("no certificate is for {}, by which clients reach us: "
                                            "they are for {}",
                                            question.host, facts.front().names),
                        .advice = "get one for it, or correct server.hostname"});
    return findings;
}

}  // namespace turnpike::doctor
