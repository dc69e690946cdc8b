// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/certificate.hpp"

#include <sys/stat.h>

#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"

namespace turnpike::net {
namespace {

using namespace std::chrono_literals;
using test::CertificateFolder;
using test::Issue;
using Wildcards = Certificate::Wildcards;

std::string problem_of(const CertificateFiles& files) {
    const auto loaded = Certificate::load(files);
    return loaded ? "none" : loaded.error().what;
}

TEST_CASE("a pair is loaded with the chain behind it") {
    const CertificateFolder folder;
    const bool rsa = GENERATE(false, true);
    const auto files = folder.issue("one", {.rsa = rsa});
    const auto other = folder.issue("other");
    folder.write_text("chain.pem", CertificateFolder::text_of(files.certificate) +
                                       "some words between\n" +
                                       CertificateFolder::text_of(other.certificate));
    const auto loaded = Certificate::load({folder.file("chain.pem"), files.private_key});
    REQUIRE(loaded.has_value());
    CHECK(loaded->files().certificate == folder.file("chain.pem"));
    const OpensslPtr<SSL_CTX> context{SSL_CTX_new(TLS_server_method())};
    REQUIRE(loaded->add_to(*context));
    STACK_OF(X509)* chain = nullptr;
    SSL_CTX_get0_chain_certs(context.get(), &chain);
    CHECK(sk_X509_num(chain) == 1);
    CHECK(SSL_CTX_check_private_key(context.get()) == 1);
}

TEST_CASE("a file that is not there, or not readable, is named with what to do") {
    const CertificateFolder folder;
    const auto files = folder.issue("one");
    CHECK(problem_of({folder.file("none.pem"), files.private_key}) ==
          folder.file("none.pem") +
              ": cannot be read: No such file or directory (correct the path in [listen])");
    CHECK(problem_of({files.certificate, folder.file("none.key")})
              .starts_with(folder.file("none.key") + ": cannot be read"));
    CHECK(problem_of({folder.file(""), files.private_key}).find(": cannot be read: Is a dir") !=
          std::string::npos);
}

TEST_CASE("a file that holds something else is named") {
    const CertificateFolder folder;
    const auto files = folder.issue("one");
    const std::string empty = folder.write_text("empty", "");
    const std::string words = folder.write_text("words", "-----BEGIN CERTIFICATE-----\nnonsense");
    CHECK(problem_of({empty, files.private_key}) ==
          empty + ": holds no certificate (-----BEGIN CERTIFICATE-----)");
    CHECK(problem_of({words, files.private_key}).starts_with(words + ": cannot be understood: "));
    CHECK(problem_of({files.private_key, files.certificate}) ==
          files.private_key + ": holds no certificate (-----BEGIN CERTIFICATE-----)");
    CHECK(problem_of({files.certificate, files.certificate}) ==
          files.certificate + ": holds no private key (-----BEGIN PRIVATE KEY-----)");
    const std::string large = folder.write_text("large", std::string((1U << 20U) + 1, 'x'));
    CHECK(problem_of({large, files.private_key}) == large + ": is larger than a mebibyte");
}

TEST_CASE("a key of another certificate is refused") {
    const CertificateFolder folder;
    const auto one = folder.issue("one");
    const auto two = folder.issue("two");
    CHECK(problem_of({one.certificate, two.private_key}) ==
          two.private_key + ": is not the key of the first certificate in " + one.certificate +
              " (give both of one pair, the server's own certificate first)");
}

TEST_CASE("a key with a passphrase is refused, and nobody is asked for it") {
    const CertificateFolder folder;
    const auto files = folder.issue("one");
    const OpensslPtr<BIO> from{BIO_new_file(files.private_key.c_str(), "r")};
    const OpensslPtr<EVP_PKEY> key{PEM_read_bio_PrivateKey(from.get(), nullptr, nullptr, nullptr)};
    const std::string locked = folder.file("locked.key");
    {
        const OpensslPtr<BIO> to{BIO_new_file(locked.c_str(), "w")};
        const auto* word = reinterpret_cast<const unsigned char*>("word");
        PEM_write_bio_PrivateKey(to.get(), key.get(), EVP_aes_128_cbc(), word, 4, nullptr, nullptr);
    }
    CHECK(problem_of({files.certificate, locked})
              .starts_with(locked + ": holds no private key that can be used: "));
}

TEST_CASE("a certificate covers its names, and with a wildcard one label each") {
    const CertificateFolder folder;
    const auto files = folder.issue("one", {.names = {"turn.example.org", "*.example.net"}});
    const auto certificate = Certificate::load(files);
    REQUIRE(certificate.has_value());
    CHECK(certificate->covers("turn.example.org", Wildcards::no));
    CHECK(certificate->covers("TURN.example.ORG", Wildcards::yes));
    CHECK_FALSE(certificate->covers("other.example.org", Wildcards::yes));
    CHECK_FALSE(certificate->covers("one.example.net", Wildcards::no));
    CHECK(certificate->covers("one.example.net", Wildcards::yes));
    CHECK_FALSE(certificate->covers("two.one.example.net", Wildcards::yes));
    CHECK_FALSE(certificate->covers("example.net", Wildcards::yes));
    CHECK_FALSE(certificate->covers("", Wildcards::yes));
}

TEST_CASE("a certificate of the old kind has its name in the CN") {
    const CertificateFolder folder;
    const auto old = Certificate::load(folder.issue("old", {.alternative_names = false}));
    REQUIRE(old.has_value());
    CHECK(old->covers("turn.example.org", Wildcards::no));
}

TEST_CASE("a certificate out of its time is loaded with an objection") {
    const CertificateFolder folder;
    const auto now = std::chrono::system_clock::now();
    const auto loaded = Certificate::load(folder.issue("one", {.until = 48h}));
    REQUIRE(loaded.has_value());
    CHECK_FALSE(loaded->objection(now));
    CHECK(loaded->objection(now + 49h)->starts_with(folder.file("one.pem") + ": expired on "));
    CHECK(loaded->objection(now - 2h)->find(": is good from ") != std::string::npos);
    const auto left = loaded->expiry() - now;
    CHECK(left > 47h);
    CHECK(left < 49h);
}

}  // namespace
}  // namespace turnpike::net
