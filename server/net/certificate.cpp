// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/certificate.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <ctime>
#include <fstream>
#include <system_error>
#include <utility>

namespace turnpike::net {
namespace {

using Text = protocol::Result<std::string, CertificateProblem>;
using Problem = CertificateProblem;

constexpr std::size_t file_octets_max = 1U << 20U;

std::string advice(int error) {
    switch (error) {
        case EACCES:
            return " (it must be readable for server.user, also after the start: give it to a "
                   "group of that user)";
        case ENOENT:
            return " (correct the path in [listen])";
        default:
            return "";
    }
}

Text read_file(const std::string& file) {
    errno = 0;
    std::ifstream stream{file, std::ios::binary};
    std::string text(file_octets_max + 1, '\0');
    if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    const int error = errno;
    if (!stream.is_open() || stream.bad() ||
        (stream.fail() && stream.gcount() == 0 && error != 0)) {
        return Problem{file + ": cannot be read: " + std::generic_category().message(error) +
                       advice(error)};
    }
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > file_octets_max) return Problem{file + ": is larger than a mebibyte"};
    return Text{boost::system::in_place_value, std::move(text)};
}

OpensslPtr<BIO> as_bio(const std::string& text) {
    return OpensslPtr<BIO>{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

// A server has nobody to ask.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) {
    return 0;
}

// The end of the file is reported like an error.
bool is_end_of_pem() noexcept {
    const unsigned long code = ERR_peek_last_error();
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

protocol::Result<OpensslPtr<EVP_PKEY>, Problem> read_key(const std::string& file) {
    Text text = read_file(file);
    if (!text) return std::move(text).error();
    const auto bio = as_bio(*text);
    ERR_clear_error();
    OpensslPtr<EVP_PKEY> key{PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr)};
    const bool has_one = text->find("PRIVATE KEY-----") != std::string::npos;
    OPENSSL_cleanse(text->data(), text->size());
    if (key) return key;
    if (!has_one) {
        return Problem{file + ": holds no private key (-----BEGIN PRIVATE KEY-----)"};
    }
    return Problem{file + ": holds no private key that can be used: " + openssl_error()};
}

bool has_passed(const ASN1_TIME* time, std::time_t now) noexcept {
    return X509_cmp_time(time, &now) < 0;
}

std::string printed(const ASN1_TIME* time) {
    const OpensslPtr<BIO> bio{BIO_new(BIO_s_mem())};
    char* text = nullptr;
    if (!bio || ASN1_TIME_print(bio.get(), time) != 1) return "an unknown time";
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace

protocol::Result<Certificate, CertificateProblem> Certificate::load(const CertificateFiles& files) {
    const std::string& file = files.certificate;
    const Text text = read_file(file);
    if (!text) return text.error();
    const auto bio = as_bio(*text);
    Certificate loaded;
    loaded.files_ = files;
    loaded.chain_.reset(sk_X509_new_null());
    ERR_clear_error();
    while (OpensslPtr<X509> next{PEM_read_bio_X509(bio.get(), nullptr, &no_passphrase, nullptr)}) {
        if (!loaded.leaf_) {
            loaded.leaf_ = std::move(next);
        } else if (sk_X509_push(loaded.chain_.get(), next.get()) > 0) {
            (void)next.release();
        }
    }
    if (!is_end_of_pem()) return Problem{file + ": cannot be understood: " + openssl_error()};
    ERR_clear_error();
    if (!loaded.leaf_)
        return Problem{file + ": holds no certificate (-----BEGIN CERTIFICATE-----)"};
    auto key = read_key(files.private_key);
    if (!key) return std::move(key).error();
    loaded.private_key_ = *std::move(key);
    if (X509_check_private_key(loaded.leaf_.get(), loaded.private_key_.get()) != 1) {
        ERR_clear_error();
        return Problem{files.private_key + ": is not the key of the first certificate in " + file +
                       " (give both of one pair, the server's own certificate first)"};
    }
    return loaded;
}

bool Certificate::covers(std::string_view name, Wildcards wildcards) const noexcept {
    const unsigned flags = wildcards == Wildcards::yes ? X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS
                                                       : X509_CHECK_FLAG_NO_WILDCARDS;
    return X509_check_host(leaf_.get(), name.data(), name.size(), flags, nullptr) == 1;
}

std::optional<std::string> Certificate::objection(protocol::WallTime now) const {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    const ASN1_TIME* const from = X509_get0_notBefore(leaf_.get());
    const ASN1_TIME* const until = X509_get0_notAfter(leaf_.get());
    if (has_passed(until, seconds)) {
        return files_.certificate + ": expired on " + printed(until) + "; clients refuse it";
    }
    if (!has_passed(from, seconds)) {
        return files_.certificate + ": is good from " + printed(from) +
               " on only; clients refuse it until then";
    }
    return std::nullopt;
}

std::chrono::system_clock::time_point Certificate::expiry() const noexcept {
    std::tm until{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(leaf_.get()), &until) != 1) return {};
    return std::chrono::system_clock::from_time_t(::timegm(&until));
}

bool Certificate::add_to(SSL_CTX& context) const noexcept {
    ERR_clear_error();
    return SSL_CTX_use_cert_and_key(&context, leaf_.get(), private_key_.get(), chain_.get(), 1) ==
           1;
}

bool Certificate::add_to(SSL& session) const noexcept {
    return SSL_use_cert_and_key(&session, leaf_.get(), private_key_.get(), chain_.get(), 1) == 1;
}

}  // namespace turnpike::net
