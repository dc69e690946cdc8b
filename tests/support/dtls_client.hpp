// SPDX-License-Identifier: BSD-3-Clause
//
// A DTLS client as OpenSSL makes one, without a socket: what it sends is handed to a function, what
// it gets is given to it.
#pragma once

#include <openssl/err.h>
#include <sys/time.h>

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "server/net/datagram_bio.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::test {

class DtlsClient {
public:
    explicit DtlsClient(net::DatagramBio::Send send,
                        TlsContext context = make_client_context(DTLS_client_method()))
        : context_{std::move(context)},
          bio_{std::make_unique<net::DatagramBio>(std::move(send))},
          ssl_{SSL_new(context_.get())} {
        BIO* const bio = bio_->make();
        SSL_set_bio(ssl_.get(), bio, bio);
        SSL_set_options(ssl_.get(), SSL_OP_NO_QUERY_MTU);
        SSL_set_mtu(ssl_.get(), 1200);
        SSL_set_connect_state(ssl_.get());
    }

    // Sends its first hello, or goes on.
    void shake_hands() {
        ERR_clear_error();
        const int done = SSL_do_handshake(ssl_.get());
        if (done == 1) open_ = true;
        if (done != 1 && SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ) over_ = true;
    }
    void receive(protocol::Bytes datagram) {
        if (over_) return;
        bio_->offer(datagram);
        if (!open_) shake_hands();
        if (open_) read();
        bio_->clear();
    }
    void send(std::string_view message) {
        ERR_clear_error();
        SSL_write(ssl_.get(), message.data(), static_cast<int>(message.size()));
    }
    void close() { SSL_shutdown(ssl_.get()); }

    [[nodiscard]] std::optional<std::chrono::microseconds> until_retransmission() {
        timeval left{};
        if (open_ || over_ || DTLSv1_get_timeout(ssl_.get(), &left) != 1) return std::nullopt;
        return std::chrono::seconds{left.tv_sec} + std::chrono::microseconds{left.tv_usec};
    }
    void on_time() {
        if (!open_ && !over_) (void)DTLSv1_handle_timeout(ssl_.get());
    }

    [[nodiscard]] bool open() const { return open_ && !over_; }
    [[nodiscard]] bool over() const { return over_; }  // closed by the server, or failed
    [[nodiscard]] std::deque<std::string>& messages() { return messages_; }
    [[nodiscard]] SSL* ssl() { return ssl_.get(); }

private:
    void read() {
        std::string buffer(20000, '\0');
        for (;;) {
            ERR_clear_error();
            const int size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
            if (size <= 0) {
                over_ = SSL_get_error(ssl_.get(), size) != SSL_ERROR_WANT_READ;
                return;
            }
            messages_.push_back(buffer.substr(0, static_cast<std::size_t>(size)));
        }
    }

    TlsContext context_;
    std::unique_ptr<net::DatagramBio> bio_;  // outlives ssl_
    std::unique_ptr<SSL, Release> ssl_;
    std::deque<std::string> messages_;
    bool open_ = false;
    bool over_ = false;
};

}  // namespace turnpike::test
