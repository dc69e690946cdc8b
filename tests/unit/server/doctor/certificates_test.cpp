// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/certificates.hpp"

#include <unistd.h>

#include <cerrno>

#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"

namespace turnpike::doctor {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_days today{2027y / 5 / 4};
const CertificateQuestion question{.host = "turn.example.org", .now = today};

CertificateFacts healthy() {
    return {.files = {"cert.pem", "key.pem"},
            .names = "turn.example.org",
            .expiry = today + std::chrono::days{60},
            .covers_host = true,
            .certificate_access = 0,
            .key_access = 0};
}

Finding only(const CertificateFacts& facts) {
    const auto findings = judge_certificates({facts}, question);
    REQUIRE(findings.size() == 1);
    return findings[0];
}

TEST_CASE("a certificate for our name and the next weeks is well") {
    CHECK(only(healthy()) ==
          well("certificates", "cert.pem, of turn.example.org, is good until 2027-07-03"));
    CHECK(judge_certificates({}, question) ==
          Findings{well("certificates", "nothing listens for TLS or DTLS")});
}

TEST_CASE("one that ends within two weeks is a warning, one that has ended a problem") {
    CertificateFacts facts = healthy();
    facts.expiry = today + std::chrono::days{13} + 5h;
    CHECK(only(facts).grade == Grade::warning);
    CHECK(only(facts).seen.ends_with("expires on 2027-05-17, in 13 days"));
    facts.expiry = today - 1h;
    facts.objection = "cert.pem: expired on May  3 23:00:00 2027 GMT; clients refuse it";
    CHECK(only(facts).grade == Grade::problem);
    CHECK(only(facts).seen == *facts.objection);
    // Whoever has said it already leaves it out.
    facts.objection.reset();
    CHECK(judge_certificates({facts}, question).empty());
}

TEST_CASE("what cannot be loaded is a problem in its own words, and nothing else is said of it") {
    CertificateFacts facts{.files = {"cert.pem", "key.pem"}, .problem = "key.pem: is not the key"};
    CHECK(only(facts).grade == Grade::problem);
    CHECK(only(facts).seen == "key.pem: is not the key");
}

TEST_CASE("a name that no certificate is for is a problem, with the names that they have") {
    CertificateFacts other = healthy();
    other.covers_host = false;
    other.names = "b.example.org";
    auto findings = judge_certificates({other}, question);
    REQUIRE(findings.size() == 2);
    CHECK(findings[1].grade == Grade::problem);
    CHECK(findings[1].seen.ends_with("they are for b.example.org"));
    CHECK(judge_certificates({other, healthy()}, question).size() == 2);  // one is enough
    CertificateQuestion nameless = question;
    nameless.host.clear();
    CHECK(judge_certificates({other}, nameless).size() == 1);
}

TEST_CASE("files that the server's user cannot read are problems: a start or a reload fails") {
    CertificateFacts facts = healthy();
    facts.key_access = EACCES;
    CertificateQuestion asked = question;
    asked.account = Account{.name = "turnpike"};
    const auto findings = judge_certificates({facts}, asked);
    REQUIRE(findings.size() == 2);
    CHECK(findings[1].grade == Grade::problem);
    CHECK(findings[1].seen.starts_with("turnpike cannot read key.pem: Permission denied"));
    CHECK(findings[1].advice.find("chgrp turnpike key.pem") != std::string::npos);
    facts.key_access.reset();  // not known
    CHECK(judge_certificates({facts}, asked).size() == 1);
}

TEST_CASE("a chain that leads nowhere is a warning") {
    CertificateFacts facts = healthy();
    facts.distrust = "the issuer of the certificate of turn.example.org is missing: R3";
    const auto findings = judge_certificates({facts}, question);
    REQUIRE(findings.size() == 2);
    CHECK(findings[1].grade == Grade::warning);
    CHECK(findings[1].seen.ends_with("is missing: R3"));
    CHECK(findings[1].advice.find("fullchain.pem") != std::string::npos);
}

TEST_CASE("what is gathered is what stands in the files") {
    const test::CertificateFolder folder;
    const auto [good, good_key] = folder.issue("good");
    const auto [old, old_key] =
        folder.issue("old", {.names = {"b.example.org"}, .from = -48h, .until = -24h});
    config::Listen listen;
    listen.certificate = good;
    listen.private_key = good_key;
    listen.certificates = {{old, old_key}, {good, old_key}, {folder.file("none"), old_key}};
    const CertificateQuestion now{.host = "turn.example.org",
                                  .now = std::chrono::system_clock::now()};
    CHECK(gather_certificates(listen, now).empty());  // nobody listens for them
    listen.tls = {*protocol::Endpoint::parse("127.0.0.1:5349")};
    const auto facts = gather_certificates(listen, now);
    REQUIRE(facts.size() == 4);
    CHECK(facts[0].problem.empty());
    CHECK(facts[0].names == "turn.example.org");
    CHECK(facts[0].covers_host);
    CHECK_FALSE(facts[0].objection);
    CHECK(facts[0].certificate_access == 0);
    CHECK(facts[0].distrust.value().find("whom nobody here knows") != std::string::npos);
    CHECK(facts[1].objection.value().find("expired on") != std::string::npos);
    CHECK_FALSE(facts[1].covers_host);
    CHECK(facts[2].problem.find("is not the key") != std::string::npos);
    CHECK(facts[3].problem.find("cannot be read") != std::string::npos);
    CertificateQuestion quick = now;
    quick.asks_authorities = false;
    CHECK_FALSE(gather_certificates(listen, quick)[0].distrust);
}

}  // namespace
}  // namespace turnpike::doctor
