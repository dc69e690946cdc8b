// SPDX-License-Identifier: BSD-3-Clause
#include "client/secure_channel.hpp"

#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "client/certificate_judgement.hpp"

namespace turnpike::client {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using protocol::Endpoint;
using protocol::Result;

// What the check of the certificate saw first; OpenSSL forgets it when the handshake fails.
struct Verdict {
    std::string host;
    std::optional<Failure> failure;
};

int keep_verdict(int good, X509_STORE_CTX* store) {
    const auto* ssl = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* verdict = static_cast<Verdict*>(SSL_get_app_data(ssl));
    if (good != 1 && verdict != nullptr && !verdict->failure) {
        if (const X509* certificate = X509_STORE_CTX_get_current_cert(store)) {
            verdict->failure =
                judge_certificate(X509_STORE_CTX_get_error(store), *certificate, verdict->host);
        }
    }
    return good;
}

std::string library_error() {
    const unsigned long error = ERR_peek_last_error();
    const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
    return reason == nullptr ? "the server closed the connection" : reason;
}

std::string cause_of(std::string_view reason) {
    const auto says = [&](std::string_view words) { return reason.find(words) != reason.npos; };
    if (says("wrong version number") || says("packet length too long") || says("http request")) {
        return "this port does not speak TLS: try turn: instead of turns:, or another port";
    }
    if (says("protocol version")) return "the server offers neither TLS 1.2 nor TLS 1.3";
    if (says("handshake failure")) return "no cipher suite in common, or no certificate for it";
    if (says("unrecognized name")) return "the server has no certificate for this name";
    return "something between that ends TLS, or a server without a certificate";
}

BIO_ADDR* address_for_bio(const Endpoint& endpoint) {
    BIO_ADDR* address = BIO_ADDR_new();
    const bool v6 = endpoint.address.family() == protocol::Family::ipv6;
    const auto octets = endpoint.address.octets();
    BIO_ADDR_rawmake(address, v6 ? AF_INET6 : AF_INET, octets.data(), octets.size(),
                     htons(endpoint.port));
    return address;
}

BIO* make_bio(int socket, const SecureChannel::Peer& peer) {
    if (!peer.datagrams) return BIO_new_socket(socket, BIO_NOCLOSE);
    BIO* bio = BIO_new_dgram(socket, BIO_NOCLOSE);
    BIO_ADDR* address = address_for_bio(peer.endpoint);
    BIO_ctrl_set_connected(bio, address);
    BIO_ADDR_free(address);
    return bio;
}

// Waits for the socket, or for the time to send a flight again.
bool wait(SSL& ssl, int socket, short events, Clock::time_point until) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    timeval resend{};
    if (SSL_is_dtls(&ssl) == 1 && DTLSv1_get_timeout(&ssl, &resend) == 1) {
        left = std::min(
            left, std::chrono::milliseconds{resend.tv_sec * 1000 + resend.tv_usec / 1000 + 1});
    }
    if (Clock::now() >= until) return false;
    pollfd waiting{socket, events, 0};
    if (::poll(&waiting, 1, static_cast<int>(std::max(left, 0ms).count())) == 0 &&
        SSL_is_dtls(&ssl) == 1) {
        DTLSv1_handle_timeout(&ssl);
    }
    return true;
}

}  // namespace

Result<SecureChannel, Failure> SecureChannel::open(int socket, const Peer& peer, const Trust& trust,
                                                   Clock::time_point until) {
    SecureChannel channel;
    ERR_clear_error();
    if (const auto prepared = channel.prepare(socket, peer, trust); !prepared) {
        return prepared.error();
    }
    if (const auto shaken = channel.shake_hands(socket, peer, until); !shaken) {
        return shaken.error();
    }
    return channel;
}

Result<void, Failure> SecureChannel::prepare(int socket, const Peer& peer, const Trust& trust) {
    context_.reset(SSL_CTX_new(peer.datagrams ? DTLS_client_method() : TLS_client_method()));
    SSL_CTX_set_min_proto_version(context_.get(),
                                  peer.datagrams ? DTLS1_2_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_verify(context_.get(), trust.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                       &keep_verdict);
    const bool loaded =
        trust.authorities.empty()
            ? SSL_CTX_set_default_verify_paths(context_.get()) == 1
            : SSL_CTX_load_verify_file(context_.get(), trust.authorities.c_str()) == 1;
    if (!loaded) {
        return Failure{.text = "cannot read the authorities of " + trust.authorities + ": " +
                               library_error()};
    }
    ssl_.reset(SSL_new(context_.get()));
    // Who writes again what had no room may have moved it meanwhile.
    SSL_set_mode(ssl_.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    BIO* bio = make_bio(socket, peer);
    SSL_set_bio(ssl_.get(), bio, bio);
    if (protocol::IpAddress::parse(peer.host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), peer.host.c_str());
    } else {
        SSL_set1_host(ssl_.get(), peer.host.c_str());
        // SSL_set_tlsext_host_name() without its cast.
        std::string name = peer.host;
        SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    }
    return {};
}

Result<void, Failure> SecureChannel::shake_hands(int socket, const Peer& peer,
                                                 Clock::time_point until) {
    Verdict verdict{.host = peer.host, .failure = {}};
    SSL_set_app_data(ssl_.get(), &verdict);
    int done = 0;
    while ((done = SSL_connect(ssl_.get())) != 1) {
        const int error = SSL_get_error(ssl_.get(), done);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
            const short events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
            if (wait(*ssl_, socket, events, until)) continue;
            return Failure{.text = "no answer to the handshake",
                           .cause = peer.datagrams
                                        ? "a firewall drops UDP here, or this port speaks no DTLS"
                                        : "this port speaks no TLS, or something between holds it"};
        }
        if (verdict.failure) return *verdict.failure;
        if (error == SSL_ERROR_SYSCALL && errno == ECONNREFUSED) {
            return Failure{.text = peer.endpoint.to_string() + ": Connection refused"};
        }
        const std::string reason = library_error();
        return Failure{.text = "the handshake failed: " + reason, .cause = cause_of(reason)};
    }
    SSL_set_app_data(ssl_.get(), nullptr);
    return {};
}

bool SecureChannel::write(protocol::Bytes octets) {
    ERR_clear_error();
    std::size_t written = 0;
    return SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &written) == 1;
}

std::optional<std::size_t> SecureChannel::read(protocol::MutableBytes buffer) {
    ERR_clear_error();
    std::size_t octets = 0;
    const int done = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &octets);
    if (done == 1) return octets;
    const int error = SSL_get_error(ssl_.get(), done);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return std::nullopt;
    return 0;
}

void SecureChannel::close() noexcept {
    // A moved-from channel has nobody to say it to.
    if (ssl_) (void)SSL_shutdown(ssl_.get());
}

bool SecureChannel::holds_input() const noexcept {
    return SSL_pending(ssl_.get()) > 0;
}

std::string SecureChannel::description() const {
    std::string text = std::string{SSL_get_version(ssl_.get())} + " " +
                       SSL_CIPHER_get_name(SSL_get_current_cipher(ssl_.get()));
    if (const X509* certificate = SSL_get0_peer_certificate(ssl_.get())) {
        text += ", certificate of " + names_of(*certificate) + " until " +
                day_of(*X509_get0_notAfter(certificate));
    }
    return text;
}

}  // namespace turnpike::client
