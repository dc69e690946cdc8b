// SPDX-License-Identifier: BSD-3-Clause
#include "client/certificate_judgement.hpp"

#include <fmt/core.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <span>

#include "protocol/address.hpp"

namespace turnpike::client {
namespace {

std::string text_of(const ASN1_STRING& string) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&string)),
            static_cast<std::size_t>(ASN1_STRING_length(&string))};
}

std::string common_name(const X509_NAME& name) {
    const int place = X509_NAME_get_index_by_NID(&name, NID_commonName, -1);
    if (place < 0) return "nobody";
    return text_of(*X509_NAME_ENTRY_get_data(X509_NAME_get_entry(&name, place)));
}

std::string address_text(const ASN1_OCTET_STRING& octets) {
    const std::span<const unsigned char> raw{ASN1_STRING_get0_data(&octets),
                                             static_cast<std::size_t>(ASN1_STRING_length(&octets))};
    if (raw.size() == 4) {
        return protocol::IpAddress::v4(static_cast<std::uint32_t>(raw[0]) << 24U |
                                       static_cast<std::uint32_t>(raw[1]) << 16U |
                                       static_cast<std::uint32_t>(raw[2]) << 8U | raw[3])
            .to_string();
    }
    if (raw.size() != 16) return "?";
    return protocol::IpAddress::v6(std::as_bytes(raw).first<16>()).to_string();
}

std::string now_text() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min);
}

}  // namespace

std::string names_of(const X509& certificate) {
    struct Free {
        void operator()(GENERAL_NAMES* unused) const noexcept { GENERAL_NAMES_free(unused); }
    };
    const std::unique_ptr<GENERAL_NAMES, Free> names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr))};
    std::string text;
    for (int index = 0; names && index < sk_GENERAL_NAME_num(names.get()); ++index) {
        int type = 0;
        const void* value =
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), index), &type);
        if (type != GEN_DNS && type != GEN_IPADD) continue;
        const auto& string = *static_cast<const ASN1_STRING*>(value);
        if (!text.empty()) text += ", ";
        text += type == GEN_DNS ? text_of(string) : address_text(string);
    }
    return text.empty() ? common_name(*X509_get_subject_name(&certificate)) : text;
}

std::string day_of(const ASN1_TIME& time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(&time, &parts) != 1) return "?";
    return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

Failure judge_certificate(int error, const X509& certificate, const std::string& host) {
    switch (error) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return {
                .text = fmt::format("the certificate of {} expired on {}", names_of(certificate),
                                    day_of(*X509_get0_notAfter(&certificate))),
                .cause = fmt::format("nobody renewed it, or the server was not told; this "
                                     "machine's clock says {}",
                                     now_text())};
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return {.text = fmt::format("the certificate of {} is valid from {} on only",
                                        names_of(certificate),
                                        day_of(*X509_get0_notBefore(&certificate))),
                    .cause = fmt::format("this machine's clock, which says {}", now_text())};
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return {.text = fmt::format("the certificate is for {}, not for {}",
                                        names_of(certificate), host),
                    .cause =
                        "a URI with another name than the certificate's, or a server that has "
                        "no certificate for this one"};
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return {.text = fmt::format("the certificate of {} ends in {}, whom nobody here knows",
                                        names_of(certificate),
                                        common_name(*X509_get_issuer_name(&certificate))),
                    .cause =
                        "an authority of your own: name its file with --ca, and browsers have "
                        "to trust it too"};
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return {.text = fmt::format("the issuer of the certificate of {} is missing: {}",
                                        names_of(certificate),
                                        common_name(*X509_get_issuer_name(&certificate))),
                    .cause =
                        "the server's file lacks the intermediate certificates (use the full "
                        "chain), or the authority is your own (name its file with --ca)"};
        default:
            return {.text =
                        fmt::format("the certificate of {} is not good: {}", names_of(certificate),
                                    X509_verify_cert_error_string(error))};
    }
}

}  // namespace turnpike::client
