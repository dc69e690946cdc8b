// SPDX-License-Identifier: BSD-3-Clause
//
// The rows of [listen] in the table of options.
#pragma once

#include <array>

#include "server/config/option.hpp"

namespace turnpike::config {

inline constexpr std::array listen_options{
    at<&Config::listen, &Listen::udp>({
        .key = "listen.udp",
        .fallback = R"(["0.0.0.0:3478", "[::]:3478"])",
        .help = "Where clients reach us over UDP",
    }),
    at<&Config::listen, &Listen::tcp>({
        .key = "listen.tcp",
        .fallback = R"(["0.0.0.0:3478", "[::]:3478"])",
        .help = "Where clients reach us over TCP",
    }),
    at<&Config::listen, &Listen::tls>({
        .key = "listen.tls",
        .fallback = "[]",
        .help = "Where clients reach us over TLS; needs a certificate and its key",
        .example = R"(["0.0.0.0:5349"])",
    }),
    at<&Config::listen, &Listen::dtls>({
        .key = "listen.dtls",
        .fallback = "[]",
        .help = "Where clients reach us over DTLS; needs a certificate and its key",
        .example = R"(["0.0.0.0:5349"])",
    }),
    at<&Config::listen, &Listen::automatic>({
        .key = "listen.auto",
        .fallback = "[]",
        .help = "Where clients reach us over all of UDP, TCP, TLS and DTLS on one port, told apart "
                "by their first octet; needs a certificate and its key",
        .example = R"(["0.0.0.0:443"])",
    }),
    at<&Config::listen, &Listen::certificate>({
        .key = "listen.certificate",
        .fallback = R"("")",
        .help = "PEM file with the certificate for TLS and DTLS, followed by those that issued it; "
                "looked at again when it changes and on SIGHUP, so server.user must be able to "
                "read it (give it to a group of that user)",
        .max = 4096,
        .example = R"("/etc/turnpike/cert.pem")",
    }),
    at<&Config::listen, &Listen::private_key>({
        .key = "listen.private_key",
        .fallback = R"("")",
        .help = "PEM file with the private key of the certificate, without a passphrase; read "
                "again like the certificate",
        .max = 4096,
        .example = R"("/etc/turnpike/key.pem")",
    }),
    at<&Config::listen, &Listen::certificates>({
        .key = "listen.certificates",
        .fallback = "[]",
        .help = "More certificates, each with its key, for clients that ask for a name that one "
                "of them has (SNI)",
        .max = 4096,
        .example = R"([{ certificate = "/etc/ssl/b.pem", private_key = "/etc/ssl/b.key" }])",
    }),
    at<&Config::listen, &Listen::proxies>({
        .key = "listen.proxies",
        .fallback = "[]",
        .help = "Proxies in front of us: their connections begin with a PROXY header (version 1 or "
                "2) that names the client, and are closed where they do not; from anybody else "
                "such a header is not understood",
        .example = R"(["10.0.0.0/8"])",
    }),
};

}  // namespace turnpike::config
