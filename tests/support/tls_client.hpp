// SPDX-License-Identifier: BSD-3-Clause
//
// A TLS client as OpenSSL makes one, without a socket: it takes what the server sent and yields
// what is to be sent. Trusts anybody.
#pragma once

#include <openssl/err.h>

#include <string>
#include <string_view>
#include <vector>

#include "protocol/bytes.hpp"
#include "server/net/openssl.hpp"
#include "tests/support/certificate.hpp"

namespace turnpike::test {

class TlsClient {
public:
    explicit TlsClient(int version = 0)
        : context_{make_client_context(TLS_client_method())}, ssl_{SSL_new(context_.get())} {
        in_ = BIO_new(BIO_s_mem());
        out_ = BIO_new(BIO_s_mem());
        SSL_set_bio(ssl_.get(), in_, out_);
        SSL_set_connect_state(ssl_.get());
        if (version != 0) {
            SSL_set_min_proto_version(ssl_.get(), version);
            SSL_set_max_proto_version(ssl_.get(), version);
        }
    }

    void receive(protocol::Bytes ciphertext) {
        BIO_write(in_, ciphertext.data(), static_cast<int>(ciphertext.size()));
        ERR_clear_error();
        if (!open()) {
            const int done = SSL_do_handshake(ssl_.get());
            over_ = done != 1 && SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ;
        }
        if (open()) read();
    }
    // Begins the handshake.
    void begin() { receive({}); }
    void send(std::string_view plaintext) {
        SSL_write(ssl_.get(), plaintext.data(), static_cast<int>(plaintext.size()));
    }
    void close() { SSL_shutdown(ssl_.get()); }
    // What is to be sent, once.
    [[nodiscard]] std::vector<std::byte> output() {
        std::vector<std::byte> octets(BIO_ctrl_pending(out_));
        BIO_read(out_, octets.data(), static_cast<int>(octets.size()));
        return octets;
    }
    // What the server has sent, a text for each record.
    [[nodiscard]] std::vector<std::string>& records() { return records_; }
    [[nodiscard]] bool open() const { return SSL_is_init_finished(ssl_.get()) == 1; }
    [[nodiscard]] bool over() const { return over_; }  // closed by the server, or failed
    [[nodiscard]] SSL* ssl() { return ssl_.get(); }
    [[nodiscard]] SSL_CTX* context() { return context_.get(); }

private:
    void read() {
        std::string buffer(20000, '\0');
        for (;;) {
            // A call yields what one record holds, and no more.
            const int size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
            if (size <= 0) {
                over_ = SSL_get_error(ssl_.get(), size) != SSL_ERROR_WANT_READ;
                return;
            }
            records_.push_back(buffer.substr(0, static_cast<std::size_t>(size)));
        }
    }

    TlsContext context_;
    std::unique_ptr<SSL, Release> ssl_;
    BIO* in_ = nullptr;   // ssl_'s
    BIO* out_ = nullptr;  // ssl_'s
    std::vector<std::string> records_;
    bool over_ = false;
};

}  // namespace turnpike::test
