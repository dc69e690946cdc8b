// SPDX-License-Identifier: BSD-3-Clause
//
// A folder of PEM files for tests: certificates that sign themselves, with the names and the times
// that a test wants, and their keys. Removed with its scope.
#pragma once

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "server/net/certificate.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::test {

struct Issue {
    std::vector<std::string> names{"turn.example.org"};  // the first is the CN too
    std::chrono::hours from{-1};
    std::chrono::hours until{24 * 90};
    bool rsa = false;
    bool alternative_names = true;  // else the CN alone
    unsigned bits = 2048;           // of RSA
};

class CertificateFolder {
public:
    [[nodiscard]] std::string file(std::string_view name) const { return folder_.file(name); }

    // <name>.pem and <name>.key, written anew where they are there already.
    net::CertificateFiles issue(const std::string& name, const Issue& wish = {}) const {
        const PrivateKey key{wish.rsa ? EVP_RSA_gen(wish.bits) : EVP_EC_gen("P-256")};
        const Certificate certificate = make(key.get(), wish);
        net::CertificateFiles files{file(name + ".pem"), file(name + ".key")};
        write(files.certificate, [&](BIO* to) { PEM_write_bio_X509(to, certificate.get()); });
        write(files.private_key, [&](BIO* to) {
            PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
        return files;
    }
    std::string write_text(const std::string& name, std::string_view text) const {
        std::ofstream{file(name)} << text;
        return file(name);
    }
    [[nodiscard]] static std::string text_of(const std::string& path) {
        std::ifstream stream{path};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }

private:
    template <typename Write>
    static void write(const std::string& path, Write&& write_to) {
        // In place of the old one, as certbot does it: a reader sees one or the other.
        const std::string draft = path + ".new";
        BIO* const bio = BIO_new_file(draft.c_str(), "w");
        if (bio == nullptr) throw std::runtime_error{"cannot write " + draft};
        write_to(bio);
        BIO_free(bio);
        std::filesystem::rename(draft, path);
    }

    static Certificate make(EVP_PKEY* key, const Issue& wish) {
        Certificate certificate{X509_new()};
        X509* const made = certificate.get();
        X509_set_version(made, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
        X509_gmtime_adj(X509_getm_notBefore(made), std::chrono::seconds{wish.from}.count());
        X509_gmtime_adj(X509_getm_notAfter(made), std::chrono::seconds{wish.until}.count());
        X509_set_pubkey(made, key);
        X509_NAME* const name = X509_get_subject_name(made);
        const auto* text = reinterpret_cast<const unsigned char*>(wish.names.front().c_str());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
        X509_set_issuer_name(made, name);
        if (wish.alternative_names) {
            std::string names;
            for (const std::string& each : wish.names) {
                names += (names.empty() ? "DNS:" : ",DNS:") + each;
            }
            X509_EXTENSION* const extension =
                X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
            X509_add_ext(made, extension, -1);
            X509_EXTENSION_free(extension);
        }
        if (X509_sign(made, key, EVP_sha256()) == 0) throw std::runtime_error{"no certificate"};
        return certificate;
    }

    Folder folder_;
};

}  // namespace turnpike::test
